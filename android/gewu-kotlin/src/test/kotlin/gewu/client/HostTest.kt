package gewu.client

import gewu.HostException
import gewu.HostLog
import gewu.HostSecrets
import gewu.HttpAnswer
import gewu.HttpOrder
import gewu.LogRecord
import gewu.NetworkKind
import gewu.OpenOptions
import gewu.Over
import gewu.StorageProblem
import gewu.SyncOutcome
import gewu.UploadPolicy
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger

/** The app in the SDK's place: keys, requests, log, network. */
class HostTest {
    private class Keys : HostSecrets {
        val kept = ConcurrentHashMap<String, ByteArray>()
        @Volatile
        var locked = false

        private fun check() {
            if (locked) throw HostException.Locked()
        }

        override fun get(name: String): ByteArray? {
            check()
            return kept[name]
        }

        override fun put(name: String, secret: ByteArray) {
            check()
            kept[name] = secret
        }

        override fun remove(name: String) {
            check()
            kept.remove(name)
        }
    }

    private class Counted(val inner: UrlTransport = UrlTransport()) : gewu.HostTransport by inner {
        val sent = AtomicInteger()
        override fun send(order: HttpOrder): HttpAnswer {
            sent.incrementAndGet()
            return inner.send(order)
        }
    }

    private class Lines : HostLog {
        val all = ConcurrentLinkedQueue<LogRecord>()
        override fun log(line: LogRecord) {
            all += line
            error("a broken log stops nothing")
        }
    }

    private fun options(folder: Folder, keys: Keys? = null, wire: gewu.HostTransport? = null, log: HostLog? = null) =
        OpenOptions(folder = folder.path, secrets = keys, transport = wire, log = log, app = "test 1")

    @Test
    fun `the app's transport carries a whole day`() = test {
        Folder().use { folder ->
            val (keys, wire) = Keys() to Counted()
            GewuClient.open(options(folder, keys, wire)).use { client ->
                client.consent("1")
                client.enrol(city.url, city.code(name("li"), "inspector", dutyGrids = listOf(MARKET)))
                client.report(request(photos = listOf(photo())))
                val report = client.sync()
                assertEquals(SyncOutcome.Complete, report.outcome)
                assertTrue(client.status().synced)
                assertTrue(wire.sent.get() > 3, "${wire.sent}")
            }
            assertTrue(keys.kept.containsKey("device-key"))
            assertFalse(File(folder.child("secrets")).exists())
        }
    }

    @Test
    fun `a locked key store is said and nothing is lost`() = test {
        Folder().use { folder ->
            val keys = Keys()
            GewuClient.open(options(folder, keys)).use { client ->
                client.consent("1")
                client.enrol(city.url)
                client.report(request(photos = listOf(photo())))
            }
            keys.locked = true
            val why = attempt { GewuClient.open(options(folder, keys)) } as Outcome.Failed
            assertEquals(StorageProblem.Keys, why.problem)
            keys.locked = false
            GewuClient.open(options(folder, keys)).use { assertEquals(1, it.cases().rows.size) }
        }
    }

    @Test
    fun `a key store that was emptied asks to enrol again and keeps the work`() = test {
        Folder().use { folder ->
            val keys = Keys()
            GewuClient.open(options(folder, keys)).use { client ->
                client.consent("1")
                client.enrol(city.url)
                client.report(request(photos = listOf(photo())))
            }
            keys.kept.clear()
            GewuClient.open(options(folder, keys)).use { client ->
                assertEquals(WayOut.ENROL, (attempt { client.whoami() } as Outcome.Failed).wayOut)
                assertEquals(1, client.cases().rows.size)
            }
        }
    }

    @Test
    fun `a transport that throws anything is a network that is away`() = test {
        Folder().use { folder ->
            val broken = object : gewu.HostTransport {
                override fun send(order: HttpOrder): HttpAnswer = throw OutOfMemoryError("of the app")
                override fun cancel(line: ULong) = error("of the app")
            }
            GewuClient.open(options(folder, wire = broken)).use { client ->
                client.consent("1")
                val why = attempt { client.enrol(city.url) } as Outcome.Failed
                assertEquals(WayOut.TRY_LATER, why.wayOut)
            }
        }
    }

    @Test
    fun `closing ends a sync that hangs and the folder opens again`() = test {
        Folder().use { folder ->
            val wire = Wire()
            val options = OpenOptions(folder = folder.path, transport = wire, lockPatienceMs = 2_000u)
            val client = GewuClient.open(options)
            client.consent("2026-01")
            client.enrol(city.url)
            wire.hold()
            val sync = async { client.sync() }
            wire.reached.await()
            client.close()
            GewuClient.open(options).use { assertTrue(it.status().synced) }
            assertEquals(SyncOutcome.Cancelled, sync.await().outcome)
        }
    }

    @Test
    fun `every call that takes a text looks at it first`() {
        val root = File(System.getProperty("gewu.fixtures")).parentFile
        val generated = File(root, "bindings/generated/kotlin/gewu/gewu.kt").readText()
        val calls = generated.substringAfter("interface GewuInterface").substringBefore("companion object")
        val texty = Regex("String|Id\\b|Id\\?|Digest|FilePath|Hash|Input|Request|PhotoFile|ClassRef|ListQuery")
        val names = Regex("fun `(\\w+)`\\((.*)\\)").findAll(calls)
            .filter { texty.containsMatchIn(it.groupValues[2].substringBefore("): ").replace("PositionInput", "")) }
            .map { it.groupValues[1] }.toList()
        assertTrue(names.size > 50, "$names")
        val looked = File(root, "android/gewu-kotlin/src/main/kotlin/gewu/client/WholeTexts.kt").readText()
        val whole = names.filterNot { "override fun $it(" in looked }
        assertEquals(listOf("address", "locate").filter { it in whole }, whole)
    }

    @Test
    fun `a text that is none holds no folder`() = test {
        Folder().use { folder ->
            val options = OpenOptions(folder = folder.path, lockPatienceMs = 0u)
            val client = GewuClient.open(options)
            client.consent("2026-01")
            val half = "half \uD83D"
            val refused = listOf(
                attempt { client.newDraft(gewu.DraftInput(text = half)) },
                attempt { client.searchClasses(half) },
                attempt { client.case(half) },
                attempt { client.note("0".repeat(32), act(half)) },
                attempt { GewuClient.open(half) },
            )
            assertEquals(listOf("text", "text", "case", "text", "folder"), refused.map { (it as Outcome.Failed).field })
            client.close()
            GewuClient.open(options).close()
        }
    }

    @Test
    fun `the platform's transport ends a request that hangs when it is told to`() = test {
        java.net.ServerSocket(0).use { silent ->
            val wire = UrlTransport(readTimeoutMs = 60_000)
            val order = HttpOrder("GET", "http://127.0.0.1:${silent.localPort}/v1", emptyList(), ByteArray(0), 1u)
            val sending = async(kotlinx.coroutines.Dispatchers.IO) { runCatching { wire.send(order) } }
            // The request has arrived, and nobody answers it.
            silent.accept().use { taken ->
                taken.getInputStream().read()
                wire.cancel(2u)
                delay(100)
                assertTrue(sending.isActive, "another line's request")
                wire.cancel(1u)
                val why = sending.await().exceptionOrNull()
                assertTrue(why is HostException.Cancelled, "$why")
            }
            val refused = runCatching { UrlTransport(readTimeoutMs = 50).send(order) }.exceptionOrNull()
            assertTrue(refused is HostException.Timeout, "$refused")
        }
        val away = java.net.ServerSocket(0).use { it.localPort }
        val order = HttpOrder("GET", "http://127.0.0.1:$away/", emptyList(), ByteArray(0), 1u)
        val why = runCatching { UrlTransport().send(order) }.exceptionOrNull()
        assertTrue(why is HostException.Offline, "$why")
    }

    @Test
    fun `photos wait for the network that the user chose`() = test {
        inspector().use { wang ->
            val over = UploadPolicy(false, Over.ANY, Over.WIFI, Over.WIFI, 8_000_000u)
            wang.client.setUploadPolicy(over)
            wang.client.tellNetwork(NetworkKind.CELLULAR)
            wang.client.report(request(photos = listOf(photo())))
            wang.client.sync()
            val waiting = wang.client.status()
            assertTrue(waiting.heldBack == 1u && waiting.changes == 0u, "$waiting")
            wang.client.tellNetwork(NetworkKind.WIFI)
            wang.synced()
            assertTrue(wang.client.status().synced)
        }
    }

    @Test
    fun `an upload is handed to the platform and counts when the server has it`() = test {
        inspector().use { wang ->
            wang.client.setUploadPolicy(UploadPolicy(true, Over.ANY, Over.ANY, Over.ANY, 8_000_000u))
            wang.client.report(request(photos = listOf(photo())))
            wang.client.sync()
            wang.client.setUploadPolicy(UploadPolicy(false, Over.ANY, Over.ANY, Over.ANY, 8_000_000u))
            val handed = wang.client.handOverUploads(8)
            assertTrue(handed.isNotEmpty())
            handed.forEach { upload ->
                wang.client.handedUploadEnded(upload, sendHanded(upload))
            }
            wang.synced()
            assertTrue(wang.client.status().synced)
        }
    }

    @Test
    fun `the log of a restored database says so without a word of the user's`() = test {
        Folder().use { folder ->
            val (keys, log) = Keys() to Lines()
            GewuClient.open(options(folder, keys)).use { it.consent("1") }
            // A key store that remembers more openings than the database counts: a restored backup.
            val mark = keys.kept.getValue("install")
            keys.kept["install"] = mark.copyOf().also { it[15] = 9 }
            GewuClient.open(options(folder, keys, log = log)).use { assertTrue(it.hasConsent()) }
            assertTrue(log.all.any { "restored" in it.text }, "${log.all}")
        }
    }

    @Test
    fun `files are read again when the phone has time`() = test {
        inspector().use { wang ->
            wang.client.report(request(photos = listOf(photo())))
            val report = wang.client.scrub(Long.MAX_VALUE)
            assertTrue(report.done && report.files >= 2u && report.damaged.isEmpty(), "$report")
        }
    }
}
