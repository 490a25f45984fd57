package gewu.testing

import gewu.MovedAside
import gewu.SdkException
import gewu.SetAsideNote
import gewu.SyncOutcome
import gewu.client.cases
import gewu.client.liveCases
import gewu.client.report
import gewu.client.status
import gewu.client.sync
import gewu.client.exportUnsent
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.util.concurrent.TimeUnit

/** What the fake has beside the real one: it does as a test tells it. */
class FakeTest {
    private val city = FakeCity()
    private val fake = FakeGewu(city)

    private fun wang(work: suspend (Owned) -> Unit) = runBlocking {
        fake.client().use { client ->
            client.consent("test")
            client.enrol(city.url, city.code("wang", "inspector", dutyGrids = listOf("990101Z01")))
            work(Owned(client, "wang"))
        }
    }

    @Test
    fun `a planned error comes once and in order`() = wang { wang ->
        fake.fail("report", SdkException.Busy("one"))
        fake.fail("report", SdkException.Storage(gewu.StorageProblem.Full, "two"))
        refused<SdkException.Busy> { wang.client.report(request()) }
        assertTrue(wang.client.cases().rows.isEmpty())
        refused<SdkException.Storage> { wang.client.report(request()) }
        wang.client.report(request())
        assertEquals(1, wang.client.cases().rows.size)
        assertThrows(IllegalArgumentException::class.java) { fake.fail("reprot", SdkException.Busy("x")) }
    }

    @Test
    fun `syncs end as a test likes`() = wang { wang ->
        wang.client.report(request())
        val stopped = SyncOutcome.Later(1_000u, "asked for")
        fake.endSyncs(stopped)
        assertEquals(stopped to 1u, wang.client.sync().run { outcome to unsent })
        assertFalse(wang.client.status().synced)
        fake.endSyncs(null)
        wang.synced()
        assertTrue(wang.client.status().synced)
    }

    @Test
    fun `a handle that was used stops a sync`() = wang { wang ->
        wang.client.report(request())
        val used = FakeHandle().apply { cancel() }
        assertEquals(SyncOutcome.Cancelled, fake.sync(used, null, null).outcome)
        assertEquals(1u, wang.client.status().changes)
    }

    @Test
    fun `what lies aside holds whoever leaves until it is discarded`() = wang { wang ->
        fake.moveAside(MovedAside("gewu.db.damaged-1", null, 7u))
        refused<SdkException.NotPermitted> { wang.client.signOut() }
        refused<SdkException.NotFound> { wang.client.discardMovedAside("other") }
        wang.client.discardMovedAside(wang.client.movedAside().single().name)
        wang.client.signOut()
    }

    @Test
    fun `what was set aside stands in the status`() = wang { wang ->
        val saved = wang.client.report(request())
        val note = SetAsideNote(saved.case, saved.change, "report", "rule", "words", null, 0, listOf("text"))
        fake.setAside(note)
        assertEquals(listOf(note), wang.client.status().setAside)
    }

    @Test
    fun `what it does not do says so`() = wang { wang ->
        val why = assertThrows(UnsupportedOperationException::class.java) {
            runBlocking { wang.client.exportUnsent("/nowhere") }
        }
        assertTrue("exportUnsent" in why.message!! && "GewuTestServer" in why.message!!)
    }

    /** In a process of its own that finds no library: JNA would say so. */
    @Test
    fun `it needs no native library`() {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val run = ProcessBuilder(java, "-cp", classes, "-Djna.nosys=true", "gewu.testing.WithoutLibraryKt", fixture("manhole-before.jpg"))
            .redirectErrorStream(true).start()
        val said = run.inputStream.bufferedReader().readText().trim()
        assertTrue(run.waitFor(60, TimeUnit.SECONDS))
        assertEquals("REPORTED true", said)
    }
}
