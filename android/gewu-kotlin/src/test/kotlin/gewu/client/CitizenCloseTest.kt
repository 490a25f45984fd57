package gewu.client

import gewu.DraftInput
import gewu.OpenOptions
import gewu.SyncOutcome
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A citizen's screen that ends while it reports: what threw is never sent, what is kept is said to be. */
class CitizenCloseTest {
    private val hole = DraftInput(`class` = manhole, position = atTheMarket(), text = "路上有个坑")

    private suspend fun arrived(screen: GewuCitizen): Int {
        assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
        return screen.myReports().first().rows.size
    }

    @Test
    fun `what throws beside a close is not sent later`() = test {
        Folder().use { folder ->
            GewuCitizen(city.url, folder.path).use { screen ->
                screen.consent("2026-01")
                screen.sync()
            }
            var kept = 0
            repeat(60) { round ->
                val screen = GewuCitizen(city.url, folder.path)
                val reports = List(4) { async(Dispatchers.Default) { runCatching { screen.report(hole) } } }
                delay(round % 13L)
                screen.close()
                kept += reports.awaitAll().count { it.isSuccess }
            }
            GewuCitizen(city.url, folder.path).use { assertEquals(kept, arrived(it)) }
        }
    }

    @Test
    fun `a first report lies on the phone before the city is asked`() = test {
        Folder().use { folder ->
            val wire = Wire().apply { hold() }
            val screen = GewuCitizen(city.url, OpenOptions(folder = folder.path, transport = wire))
            screen.consent("2026-01")
            val report = async(Dispatchers.Default) { screen.report(hole, listOf(photo())) }
            wire.reached.await()
            val closing = async(Dispatchers.IO) { screen.close() }
            assertTrue(report.await() is Reported.Waiting)
            closing.await()
            GewuCitizen(city.url, folder.path).use { again ->
                assertEquals(listOf(1), again.waiting().map { it.photos.size })
                assertEquals(1, arrived(again))
            }
        }
    }
}
