package gewu.testing

import gewu.CaseId
import gewu.Contact
import gewu.DraftInput
import gewu.PhotoFile
import gewu.PublicStage
import gewu.SdkException
import gewu.SyncOutcome
import gewu.client.*
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What an app that embeds a report screen may count on, over the real library and over the fake alike. */
abstract class CitizenContract : InTown() {
    private fun hole() = DraftInput(`class` = manhole, position = atTheMarket(), text = "路上有个坑")

    private suspend fun screen() = GewuCitizen.over(town.url, town.untouched()).apply { consent("2026-01") }

    private suspend fun GewuCitizen.reported(): CaseId =
        assertInstanceOf(Reported.Done::class.java, report(hole(), listOf(photo()))).saved.case

    private suspend fun GewuCitizen.synced() = assertEquals(SyncOutcome.Complete, sync()?.outcome)

    private suspend fun GewuCitizen.mine() = myReports().first().rows.map { it.case }

    @Test
    fun `nothing is done before consent`() = test {
        GewuCitizen.over(town.url, town.untouched()).use { screen ->
            assertFalse(screen.hasConsent())
            refused<SdkException.NotPermitted> { screen.report(hole()) }
            refused<SdkException.NotPermitted> { screen.sync() }
            refused<SdkException.NotPermitted> { screen.waiting() }
            screen.consent("2026-01")
            assertTrue(screen.hasConsent())
        }
    }

    @Test
    fun `what no city takes is refused by its field before its photos are read`() = test {
        screen().use { screen ->
            val unread = listOf<PhotoFile>(photo().copy(path = "/no/such/photo.jpg"))
            val wrong = mapOf(
                "class" to hole().copy(`class` = null),
                "position" to hole().copy(position = null),
                "text" to hole().copy(text = "字".repeat(4_001)),
                "condition" to hole().copy(condition = "x".repeat(257)),
                "contact" to hole().copy(contact = Contact(phone = "abc")),
                "selfHandled" to hole().copy(selfHandled = true),
            )
            wrong.forEach { (field, input) ->
                assertEquals(field, refused<SdkException.InvalidInput> { screen.report(input, unread) }.`field`)
            }
            assertTrue(screen.waiting().isEmpty())
        }
    }

    @Test
    fun `a report waits for the first network and is then the city's`() = test {
        val client = town.untouched()
        val away = GewuCitizen.over("http://127.0.0.1:9", client)
        away.consent("2026-01")
        assertInstanceOf(Reported.Waiting::class.java, away.report(hole(), listOf(photo())))
        assertEquals(null, away.sync())
        assertEquals(hole() to 1, away.waiting().single().run { input to photos.size })
        refused<SdkException.NotPermitted> { away.leave() }
        GewuCitizen.over(town.url, client).use { screen ->
            screen.synced()
            assertTrue(screen.waiting().isEmpty())
            val case = screen.mine().single()
            assertEquals(PublicStage.RECEIVED, screen.show(case).publicWord?.stage)
        }
    }

    @Test
    fun `a reporter adds urges and takes back`() = test {
        screen().use { screen ->
            val case = screen.reported()
            screen.supplement(case, act("就在桥边"))
            screen.urge(case, "请尽快")
            screen.synced()
            town.reply(case, "已受理")
            screen.synced()
            val word = checkNotNull(screen.show(case).publicWord)
            assertEquals("已受理" to 1u, word.reply to word.urged)
            val other = screen.reported()
            screen.withdraw(other, "报错了")
            screen.synced()
            assertEquals(setOf(case, other), screen.mine().toSet())
        }
    }

    @Test
    fun `words that say nothing and names that are none are refused by their field`() = test {
        screen().use { screen ->
            screen.synced()
            suspend fun wrong(work: suspend () -> Unit) = refused<SdkException.InvalidInput> { work() }.`field`
            assertEquals("edition", wrong { screen.report(hole().copy(edition = "1066")) })
            assertEquals("condition", wrong { screen.report(hole().copy(condition = "none")) })
            val case = screen.reported()
            assertEquals("text", wrong { screen.supplement(case, act()) })
            assertEquals("position", wrong { screen.supplement(case, act("x").copy(position = atTheMarket().copy(lon = 999.0))) })
            assertEquals("text", wrong { screen.askToReopen(case, "") })
            assertEquals("draft", wrong { screen.discardWaiting("rubbish") })
            assertEquals("token", wrong { screen.signIn("x".repeat(9_000)) })
            refused<SdkException.NotPermitted> { screen.supplement(case, act("x").copy(role = "operator")) }
            screen.synced()
            town.file(case)
            screen.synced()
            assertEquals(setOf("supplement", "urge", "withdraw"), screen.show(case).publicWord?.may?.toSet())
        }
    }

    @Test
    fun `a reporter rates what was closed`() = test {
        val unit = name("unit")
        screen().use { screen ->
            val case = screen.reported()
            screen.synced()
            town.file(case)
            town.dispatch(case, unit)
            town.crew(unit).use { zhao ->
                zhao.synced()
                zhao.client.handle(case, workDone())
                zhao.synced()
            }
            town.close(case)
            screen.synced()
            assertTrue("rate" in checkNotNull(screen.show(case).publicWord).may)
            refused<SdkException.InvalidInput> { screen.rate(case, 6) }
            screen.rate(case, 5, "谢谢")
            screen.synced()
            screen.synced()
            assertEquals(5, screen.show(case).publicWord?.rated?.toInt())
        }
    }

    @Test
    fun `nobody leaves before everything is delivered`() = test {
        screen().use { screen ->
            screen.synced()
            screen.reported()
            assertEquals("not everything is sent yet: sync first", refused<SdkException.NotPermitted> { screen.leave() }.text)
            screen.synced()
            screen.leave()
            assertTrue(screen.hasConsent())
            assertTrue(screen.mine().isEmpty())
        }
    }
}

class RealCitizenContractTest : CitizenContract() {
    override fun newTown(): Town = RealTown()
}

class FakeCitizenContractTest : CitizenContract() {
    override fun newTown(): Town = FakeTown()
}
