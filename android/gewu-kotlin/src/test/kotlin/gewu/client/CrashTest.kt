package gewu.client

import gewu.ListQuery
import gewu.OpenOptions
import gewu.SyncOutcome
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.util.concurrent.TimeUnit

/** A process that is killed while it saves, and opened again. */
class CrashTest {
    @Test
    fun `what a killed process said was saved is there`() = test {
        inspector().use { wang ->
            wang.client.close()
            var said = emptyList<String>()
            repeat(3) {
                val child = Child(wang.folder.path)
                said = said + child.saveUntilKilled(atLeast = 3)
            }
            assertTrue(said.size >= 9, "$said")
            GewuClient.open(wang.folder.path).use { client ->
                val kept = mutableSetOf<String>()
                client.allCases(ListQuery(mine = true)).collect { kept += it.case }
                assertTrue(kept.containsAll(said), "lost: ${said - kept}")
                // At most one save of each process was cut off after the commit and before the word.
                assertTrue(kept.size <= said.size + 3, "${kept.size} of ${said.size}")
                assertEquals(SyncOutcome.Complete, client.sync().outcome)
                assertTrue(client.status().synced)
            }
        }
    }

    @Test
    fun `drafts with photos survive a killed process`() = test {
        inspector().use { wang ->
            wang.client.close()
            val said = Child(wang.folder.path, "drafts").saveUntilKilled(atLeast = 2)
            GewuClient.open(wang.folder.path).use { client ->
                val drafts = client.drafts().associateBy { it.id }
                said.forEach { id -> assertEquals(1, drafts.getValue(id).photos.size) }
                client.reportDraft(said.first())
                assertEquals(SyncOutcome.Complete, client.sync().outcome)
            }
        }
    }

    /** A machine of its own that saves without end. */
    private class Child(folder: String, what: String = "reports") {
        private val said = File.createTempFile("gewu-said", ".txt").apply { deleteOnExit() }
        private val process: Process = ProcessBuilder(
            File(System.getProperty("java.home"), "bin/java").path,
            "-Xmx256m",
            "-cp", System.getProperty("java.class.path"),
            "-Djna.library.path=${System.getProperty("jna.library.path")}",
            "-Dgewu.fixtures=${System.getProperty("gewu.fixtures")}",
            "gewu.client.SaverKt", folder, what,
        ).redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(said).start()

        /** What it said it had saved, until SIGKILL hit it in the midst of the next. */
        fun saveUntilKilled(atLeast: Int): List<String> {
            while (lines().size < atLeast) {
                check(process.isAlive) { "the child ended by itself" }
                Thread.sleep(5)
            }
            Thread.sleep((5..40).random().toLong())
            process.destroyForcibly()
            check(process.waitFor(30, TimeUnit.SECONDS))
            assertEquals(128 + 9, process.exitValue())
            return lines()
        }

        /** Whole lines only: the last may be cut off. */
        private fun lines(): List<String> =
            said.readText().substringBeforeLast('\n', "").lines().filter { it.length == 32 }
    }
}
