package gewu.testing

import gewu.DraftInput
import gewu.SdkException
import gewu.StorageProblem
import gewu.SyncOutcome
import gewu.client.Reported
import gewu.client.WayOut
import gewu.client.liveStatus
import gewu.client.wayOut
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** The pages of errors and of threads against the code. */
class PagesTest {
    private val root = File(System.getProperty("gewu.fixtures")).parentFile
    private val errors = File(root, "docs/errors.md").readLines()

    /** The cells of every row of a table. */
    private val rows = errors.filter { it.startsWith("| `") || it.startsWith("| –") }
        .map { row -> row.split('|').drop(1).map { it.trim().trim('`') } }

    private fun kinds(type: Class<*>) = type.declaredClasses.filter { type.isAssignableFrom(it) }.map { it.simpleName }

    @Test
    fun `every error is on the page with its way out and none that there is not`() {
        val samples = listOf(
            SdkException.InvalidInput("f", "t"), SdkException.NotFound("t"), SdkException.NotPermitted("t"),
            SdkException.NotEnrolled("t"), SdkException.Storage(StorageProblem.Full, "t"), SdkException.Network("t"),
            SdkException.ServerRefused(403u, "t"), SdkException.TooOld("t"), SdkException.Busy("t"),
        )
        assertEquals(kinds(SdkException::class.java).toSet(), samples.map { it.javaClass.simpleName }.toSet())
        val shown = rows.filter { it.size >= 6 && it[0] != "–" }.associate { it[0] to it[2] }
        assertEquals(samples.associate { it.javaClass.simpleName to it.wayOut.name }, shown)
        assertEquals(WayOut.entries.map { it.name }.toSet(), shown.values.toSet())
    }

    @Test
    fun `every problem of storage is on the page`() {
        val shown = rows.filter { it.size < 6 }.map { it[0] }
        assertEquals(kinds(StorageProblem::class.java).toSet(), shown.toSet())
    }

    @Test
    fun `the snippets of the page are compiled and work`() {
        val page = File(root, "docs/howto/threads-and-lifecycle.md").readText()
        val snippets = page.split("```kotlin\n").drop(1).map { it.split("```")[0] }
        val code = File(root, "android/gewu-testing/src/test/kotlin/gewu/testing/Snippets.kt").readText()
        assertEquals(3, snippets.size)
        snippets.forEach { assertTrue(it in code, it) }
        testWithoutServer { client, city ->
            assertEquals(city.url, client.whoami().server)
            coroutineScope {
                val staying = staySynced(client, this)
                client.liveStatus().first { it.lastSync != null }
                staying.cancelAndJoin()
            }
        }
        testOfACitizensScreen { screen, city ->
            city.reachable = false
            val hole = DraftInput(`class` = manhole, position = atTheMarket(), text = "路上有个坑")
            assertTrue(screen.report(hole) is Reported.Waiting)
            city.reachable = true
            assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
            assertEquals(1, screen.myReports().first().rows.size)
        }
    }
}
