package gewu.client

import gewu.Contact
import gewu.DraftInput
import gewu.OpenOptions
import gewu.PublicStage
import gewu.SdkException
import gewu.SyncOutcome
import gewu.docs.signedIn
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.ServerSocket
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTimedValue

/** The report screen in somebody else's app. */
class CitizenTest {
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
                val unused = GewuCitizen(city.url, folder.path).apply { close() }
                assertTrue(runCatching { unused.consent("1") }.exceptionOrNull() is IllegalStateException)
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

    /** What the city has of this screen's reports after another sync. */
    private suspend fun arrived(screen: GewuCitizen): Int {
        assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
        assertTrue(screen.waiting().isEmpty())
        return screen.myReports().first().rows.size
    }

    private fun onWire(work: suspend CoroutineScope.(GewuCitizen, Wire) -> Unit) = test {
        Folder().use { folder ->
            val wire = Wire()
            val options = OpenOptions(folder = folder.path, transport = wire)
            GewuCitizen(city.url, options).use { screen ->
                screen.consent("2026-01")
                work(screen, wire)
            }
        }
    }

    @Test
    fun `a report that fails has saved nothing`() = test {
        Folder().use { folder ->
            GewuCitizen(city.url, folder.path).use { screen ->
                screen.consent("2026-01")
                screen.sync()
                val photos = listOf(photo(), photo("bad/text.jpg"))
                assertEquals("photo", (attempt { screen.report(hole(), photos) } as Outcome.Failed).field)
                val report = async { runCatching { screen.report(hole(), List(8) { photo() }) } }
                delay(100)
                screen.close()
                assertTrue(report.await().isFailure)
            }
            GewuCitizen(city.url, folder.path).use { again -> assertEquals(0, arrived(again)) }
        }
    }

    @Test
    fun `a report that is cancelled has saved nothing`() = onWire { screen, wire ->
        wire.hold()
        val early = launch { screen.report(hole(), listOf(photo())) }
        wire.reached.await()
        early.cancel()
        wire.release()
        early.join()
        assertEquals(0, arrived(screen))
        val amid = launch { screen.report(hole(), List(8) { photo() }) }
        delay(100)
        amid.cancelAndJoin()
        assertEquals(0, arrived(screen))
    }

    @Test
    fun `a sync beside a report hands in nothing that is unfinished`() = onWire { screen, _ ->
        screen.sync()
        val report = async { screen.report(hole(), listOf(photo(), photo("manhole-after.jpg"))) }
        while (report.isActive) screen.sync()
        val done = report.await() as Reported.Done
        assertEquals(1, arrived(screen))
        assertEquals(2, screen.show(done.saved.case).entries.single().photos.size)
    }

    @Test
    fun `what no city takes is refused without one`() = onWire { screen, wire ->
        wire.away = true
        val wrong = listOf(
            hole().copy(`class` = null) to "class",
            hole().copy(position = null) to "position",
            hole().copy(position = atTheMarket().copy(lon = Double.NaN)) to "position",
            hole().copy(text = "字".repeat(4_001)) to "text",
            hole().copy(text = " ") to "text",
            hole().copy(text = "a\u0000") to "text",
            hole().copy(text = "half \uD83D") to "text",
            hole().copy(selfHandled = true) to "selfHandled",
            hole().copy(contact = Contact(phone = "abc")) to "contact",
            hole().copy(contact = Contact(phone = "1".repeat(33))) to "contact",
            hole().copy(contact = Contact(name = "名".repeat(81))) to "contact",
            hole().copy(contact = Contact(name = "a\u0000")) to "contact",
            hole().copy(contact = Contact(idNumber = "123")) to "contact",
            hole().copy(component = "1".repeat(257)) to "component",
            hole().copy(component = "a\u0000") to "component",
            hole().copy(campaign = "") to "campaign",
            hole().copy(condition = "a\u0000") to "condition",
            hole().copy(language = "z".repeat(257)) to "language",
        )
        wrong.forEach { (input, field) ->
            assertEquals(field, (attempt { screen.report(input, listOf(photo())) } as Outcome.Failed).field)
        }
        assertTrue(screen.waiting().isEmpty())
        val widest = hole().copy(
            text = "😀".repeat(4_000), component = "1".repeat(256),
            contact = Contact(phone = "+86 (024) 6234-5678", name = "😀".repeat(80), idNumber = "2101-X"),
        )
        assertTrue(screen.report(widest) is Reported.Waiting)
        assertTrue(screen.report(hole().copy(contact = Contact())) is Reported.Waiting)
        wire.away = false
        assertEquals(2, arrived(screen))
    }

    @Test
    fun `a waiting report that the city refuses is named and holds nobody for ever`() = onWire { screen, wire ->
        wire.away = true
        val unknown = screen.report(hole().copy(`class` = manhole.copy(code = "99999")), listOf(photo())) as Reported.Waiting
        screen.report(hole())
        assertTrue("sync" in (attempt { screen.leave() } as Outcome.Failed).text)
        assertEquals(listOf(null, null), screen.waiting().map { it.refused })
        wire.away = false
        assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
        val left = screen.waiting().single()
        assertEquals(unknown.draft, left.id)
        assertEquals("class", (left.refused as SdkException.InvalidInput).`field`)
        assertEquals(1, left.photos.size)
        assertEquals(1, screen.myReports().first().rows.size)
        val held = attempt { screen.leave() } as Outcome.Failed
        assertTrue(held.wayOut == WayOut.GIVE_UP && left.id in held.text && "discardWaiting" in held.text, held.text)
        screen.discardWaiting(left.id)
        assertTrue(screen.waiting().isEmpty())
        screen.leave()
    }

    @Test
    fun `eight first reports at once are eight reports of one phone`() = onWire { screen, _ ->
        val all = List(8) { async { screen.report(hole(), listOf(photo())) } }.awaitAll()
        assertTrue(all.all { it is Reported.Done }, "$all")
        assertEquals(8, arrived(screen))
    }

    @Test
    fun `what waited goes under the account of whoever signs in meanwhile`() = test {
        val app = name("app").also(city::addHostApp)
        Folder().use { folder ->
            val wire = Wire()
            GewuCitizen(city.url, OpenOptions(folder = folder.path, transport = wire)).use { screen ->
                assertTrue(attempt { screen.signInRequest() } is Outcome.Failed)
                assertEquals(0, folder.file.list()!!.size)
                screen.consent("2026-01")
                wire.away = true
                assertTrue(screen.report(hole()) is Reported.Waiting)
                assertEquals(WayOut.TRY_LATER, (attempt { screen.signInRequest() } as Outcome.Failed).wayOut)
                assertNull(screen.account())
                wire.away = false
                assertTrue(signedIn(screen) { city.hostToken(app, "user-1", it) } is Outcome.Done)
                assertEquals(app, screen.account())
                assertEquals(1, arrived(screen))
                val case = screen.myReports().first().rows.single().case
                assertTrue("user-1" in city.op("account", case))
                screen.leave()
                assertNull(screen.account())
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

    /** Somebody who pressed a button does not wait until a network of the platform's gives up. */
    @Test
    fun `a first report at a silent server waits on the phone after ten seconds`() = test {
        Folder().use { folder ->
            ServerSocket(0).use { silent ->
                GewuCitizen("http://127.0.0.1:${silent.localPort}", folder.path).use { screen ->
                    screen.consent("2026-01")
                    val (reported, took) = measureTimedValue { screen.report(hole(), listOf(photo())) }
                    assertTrue(reported is Reported.Waiting, "$reported")
                    assertTrue(took < 20.seconds, "$took")
                    assertEquals(1, screen.waiting().single().photos.size)
                }
            }
        }
    }
}
