package gewu.testing

import gewu.SignInRequest
import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/**
 * A server of a fictional district, for tests: a process of its own on a free port, with a policy,
 * classes and a map, that ends with [close].
 *
 * ```
 * GewuTestServer.start().use { server -> client.enrol(server.url, server.code("li", "inspector")) }
 * ```
 *
 * The program `gewu` is found by the system property `gewu.program`, the environment variable
 * `GEWU_PROGRAM`, or on the path.
 */
class GewuTestServer private constructor(
    private val program: String,
    private val folder: File,
    private var process: Process,
    url: String,
) : AutoCloseable {
    /** Where devices find it. It changes with [restart]. */
    var url: String = url
        private set

    /**
     * A one-time code with which [user] enrols a device. Duty grids of the district are `990101Z01`
     * to `990101Z04`, a unit is `drainage`.
     */
    fun code(
        user: String,
        role: String,
        units: List<String> = emptyList(),
        dutyGrids: List<String> = emptyList(),
    ): String {
        val words = mutableListOf("code", "--user", user, "--role", role)
        units.forEach { words += listOf("--unit", it) }
        dutyGrids.forEach { words += listOf("--duty-grid", it) }
        return field(op(*words.toTypedArray()), "code")
    }

    /**
     * Does what an operator does, by the words of `gewu op`, and gives back what it printed as JSON:
     * `op("dispatch", case, "--lead", "drainage")`.
     */
    fun op(vararg words: String): String {
        val token = File(folder, "city/operator.token").path
        return run("op ${words.joinToString(" ")}", "op", "--server", url, "--token-file", token, *words)
    }

    /** Registers an app with a key of its own, so that the city takes its tokens. */
    fun addHostApp(name: String) {
        run("host-key", "host-key", "--key", keyOf(name).path, "--public", publicOf(name).path)
        op("host-app", "add", name, "--key", publicOf(name).path)
    }

    /** A token as the backend of [app] makes one for its [user], by what the phone asked for. */
    fun hostToken(app: String, user: String, request: SignInRequest): String {
        val claims = arrayOf("--iss", app, "--sub", user, "--aud", request.city, "--nonce", request.device)
        return field(run("host-token", "host-token", "--key", keyOf(app).path, *claims), "token")
    }

    private fun keyOf(app: String) = File(folder, "$app.pem")

    private fun publicOf(app: String) = File(folder, "$app.pub.pem")

    private fun run(told: String, vararg words: String): String {
        val run = ProcessBuilder(listOf(program, "--json") + words).redirectErrorStream(true).start()
        val said = run.inputStream.bufferedReader().readText().trim()
        check(run.waitFor() == 0) { "gewu $told: $said" }
        return said
    }

    /** Ends the server as a crash does. */
    fun kill() {
        process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)
    }

    /** Starts it again on what it had stored, on another port unless the old one is free. */
    fun restart() {
        kill()
        val port = url.substringAfterLast(':')
        val started = launch(program, folder, port)
        process = started.first
        url = started.second
    }

    override fun close() {
        kill()
        folder.deleteRecursively()
    }

    companion object {
        /** Starts a server; it is ready when this returns. */
        fun start(program: String = foundProgram()): GewuTestServer {
            val folder = Files.createTempDirectory("gewu-test-server").toFile()
            val (process, url) = launch(program, folder, "0")
            return GewuTestServer(program, folder, process, url)
        }

        private fun foundProgram(): String =
            System.getProperty("gewu.program") ?: System.getenv("GEWU_PROGRAM") ?: "gewu"

        private fun launch(program: String, folder: File, port: String): Pair<Process, String> {
            val ready = File(folder, "ready").apply { delete() }
            val log = File(folder, "log")
            val process = ProcessBuilder(
                program, "serve",
                "--dir", File(folder, "city").path,
                "--listen", "127.0.0.1:$port",
                "--ready-file", ready.path,
                "--card-key", File(folder, "cards.key").path,
            ).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start()
            Runtime.getRuntime().addShutdownHook(Thread { process.destroyForcibly() })
            val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60)
            while (System.nanoTime() < end && process.isAlive) {
                val url = if (ready.exists()) ready.readText().trim() else ""
                if (url.isNotEmpty()) return process to url
                Thread.sleep(20)
            }
            process.destroyForcibly()
            error("the server did not start: ${log.readText()}")
        }

        /** The text of a field of a flat JSON object. */
        private fun field(json: String, name: String): String {
            val found = Regex("\"$name\"\\s*:\\s*\"([^\"]*)\"").find(json)
            return checkNotNull(found) { "no $name in $json" }.groupValues[1]
        }
    }
}
