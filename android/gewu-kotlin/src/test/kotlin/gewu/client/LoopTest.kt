package gewu.client

import gewu.Stage
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File
import java.util.concurrent.TimeUnit

/** A device in a process of Kotlin's and one in a process of Rust's, with one server between them. */
class LoopTest {
    @Test
    fun `a kotlin process reports and a rust process handles and both hold the same`() = test {
        val unit = name("unit")
        Folder().use { kotlin ->
            Folder().use { rust ->
                val (li, zhao) = name("li") to name("zhao")
                gewu(rust, "enroll", "--server", city.url, "--code", city.code(zhao, "crew", listOf(unit)))
                val code = city.code(li, "inspector", dutyGrids = listOf(MARKET))
                val case = child(kotlin, "report", city.url, code).last()
                dispatch(case, unit)
                gewu(rust, "sync")
                gewu(rust, "take", case)
                val photos = File(System.getProperty("gewu.fixtures"), "photos").path
                gewu(
                    rust, "handle", case,
                    "--before", "$photos/manhole-before.jpg", "--after", "$photos/manhole-after.jpg",
                )
                gewu(rust, "sync")
                city.op("check-request", case, "--person", li)
                child(kotlin, "check", case)
                city.op("close", case)
                gewu(rust, "sync")
                val (hash, stage) = child(kotlin, "hash", case).takeLast(2)
                assertEquals(Stage.CLOSED.name, stage)
                GewuClient.open(rust.path).use { other ->
                    assertEquals(Stage.CLOSED, other.case(case).row.stage)
                    assertEquals(other.stateHash(case), hash)
                }
            }
        }
    }

    private fun gewu(folder: Folder, vararg words: String): List<String> =
        said(listOf(System.getProperty("gewu.program"), *words, "--dir", folder.path))

    private fun child(folder: Folder, vararg words: String): List<String> =
        said(kotlinDevice() + folder.path + words)
}

/** The command that runs [main] of `LoopDevice.kt` in a process of its own. */
internal fun kotlinDevice(): List<String> = listOf(
    File(System.getProperty("java.home"), "bin/java").path,
    "-Xmx256m",
    "-cp", System.getProperty("java.class.path"),
    "-Djna.library.path=${System.getProperty("jna.library.path")}",
    "-Dgewu.fixtures=${System.getProperty("gewu.fixtures")}",
    "gewu.client.LoopDeviceKt",
)

/** The lines that a command printed; it has to succeed. */
internal fun said(command: List<String>): List<String> {
    val process = ProcessBuilder(command).redirectErrorStream(true).start()
    val text = process.inputStream.bufferedReader().readText()
    check(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0) { "$command: $text" }
    return text.trim().lines()
}
