package gewu.client

import gewu.DraftInput
import gewu.HostException
import gewu.HostTransport
import gewu.HttpAnswer
import gewu.HttpOrder
import gewu.OpenOptions
import gewu.PublicStage
import gewu.SdkException
import gewu.SyncOutcome
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger

/** The report screen in somebody else's app. */
class CitizenTest {
    /** The app's network, which can be away. */
    private class Wire : HostTransport {
        private val inner = UrlTransport()
        val asked = AtomicInteger()
        @Volatile
        var away = false

        override fun send(order: HttpOrder): HttpAnswer {
            asked.incrementAndGet()
            if (away) throw HostException.Offline()
            return inner.send(order)
        }

        override fun cancel() = inner.cancel()
    }

    private fun hole() = DraftInput(`class` = manhole, position = atTheMarket(), text = "路上有个坑")

    @Test
    fun `nothing is written asked or kept before consent`() = test {
        Folder().use { folder ->
            val wire = Wire()
            GewuCitizen(city.url, OpenOptions(folder = folder.path, transport = wire)).use { screen ->
                assertFalse(screen.hasConsent())
                val early = runCatching { screen.report(hole()) }.exceptionOrNull()
                assertTrue(early is SdkException.NotPermitted, "$early")
                assertTrue(runCatching { screen.sync() }.isFailure)
                assertEquals(0, folder.file.list()!!.size)
                screen.consent("2026-01")
                assertTrue(screen.hasConsent())
                assertEquals(0, wire.asked.get())
            }
        }
    }

    @Test
    fun `a citizen reports follows and rates in a few lines`() = test {
        Folder().use { folder ->
            GewuCitizen(city.url, folder.path).use { screen ->
                screen.consent("2026-01")
                val done = screen.report(hole(), listOf(photo())) as Reported.Done
                assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
                city.op("verify-request", done.saved.case, "--person", "anybody", "--unknown-names")
                screen.sync()
                val row = screen.myReports().first().rows.single()
                assertEquals(PublicStage.VERIFYING, row.publicStage)
                screen.urge(done.saved.case)
                assertEquals(2, screen.show(done.saved.case).entries.size)
            }
            GewuCitizen(city.url, folder.path).use { again -> assertTrue(again.hasConsent()) }
        }
    }

    @Test
    fun `a report without a first network waits and goes up later`() = test {
        Folder().use { folder ->
            val wire = Wire().apply { away = true }
            GewuCitizen(city.url, OpenOptions(folder = folder.path, transport = wire)).use { screen ->
                screen.consent("2026-01")
                assertTrue(screen.report(hole(), listOf(photo())) is Reported.Waiting)
                assertNull(screen.sync())
                assertEquals(1, screen.waiting().size)
                wire.away = false
                assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
                assertTrue(screen.waiting().isEmpty())
                assertEquals(1, screen.myReports().first().rows.size)
            }
        }
    }

    @Test
    fun `what cannot be reported leaves nothing behind`() = test {
        Folder().use { folder ->
            GewuCitizen(city.url, folder.path).use { screen ->
                screen.consent("2026-01")
                val wrong = hole().copy(`class` = manhole.copy(code = "99999"))
                val why = attempt { screen.report(wrong) } as Outcome.Failed
                assertEquals("class", why.field)
                assertTrue(screen.waiting().isEmpty())
            }
        }
    }

    @Test
    fun `leaving takes everything along`() = test {
        Folder().use { folder ->
            GewuCitizen(city.url, folder.path).use { screen ->
                screen.consent("2026-01")
                screen.report(hole(), listOf(photo()))
                assertTrue(attempt { screen.leave() } is Outcome.Failed)
                screen.sync()
                screen.leave()
                assertTrue(screen.myReports().first().rows.isEmpty())
            }
        }
    }
}
