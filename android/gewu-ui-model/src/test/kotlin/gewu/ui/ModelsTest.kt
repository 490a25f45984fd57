package gewu.ui

import gewu.EvidenceRole
import gewu.SdkException
import gewu.client.Outcome
import gewu.client.WayOut
import gewu.client.case
import gewu.client.report
import gewu.client.sync
import gewu.testing.FakeCity
import gewu.testing.FakeGewu
import gewu.testing.client
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the screens do, with the real library and a real server; what goes wrong, with the fake. */
class ModelsTest {
    @Test
    fun `one way in leads each role to its own screens`() = test {
        Phone().use { fresh ->
            assertEquals(Session.Looking, fresh.session.state.value)
            fresh.session.look()
            assertEquals(Session.NeedsConsent, fresh.session.state.value)
            fresh.session.agree("2026-01")
            assertEquals(Session.NeedsSignIn(), fresh.session.state.value)
            fresh.session.signIn("WRNG-C0DE")
            val refused = fresh.session.state.value as Session.NeedsSignIn
            assertEquals(WayOut.ASK_THE_CITY to false, refused.problem?.run { wayOut to isPassing })
            fresh.session.signIn("  ")
            assertEquals(AppRole.CITIZEN, (fresh.session.state.value as Session.SignedIn).role)
            // Another start finds the same.
            val again = SessionModel(fresh.client, city.url)
            again.look()
            assertEquals(fresh.session.state.value, again.state.value)
        }
        phone("inspector").use { assertEquals(AppRole.INSPECTOR, (it.session.state.value as Session.SignedIn).role) }
        phone("crew", listOf("drainage")).use { assertEquals(AppRole.CREW, (it.session.state.value as Session.SignedIn).role) }
    }

    @Test
    fun `signing out waits until everything is sent`() = test {
        phone("inspector").use { wang ->
            wang.client.report(request("井盖缺失"))
            wang.session.signOut()
            assertEquals(WayOut.GIVE_UP, (wang.session.state.value as Session.SignedIn).problem?.wayOut)
            wang.synced()
            wang.session.signOut()
            assertEquals(Session.NeedsSignIn(), wang.session.state.value)
        }
    }

    @Test
    fun `a shared handset is handed on with what is unsent locked up`() = test {
        phone("inspector").use { wang ->
            val saved = wang.client.report(request("井盖缺失")).case
            wang.session.lockUp("")
            assertEquals("passphrase", (wang.session.state.value as Session.SignedIn).problem?.field)
            wang.session.lockUp("石榴 树下 七点")
            val locker = (wang.session.state.value as Session.NeedsSignIn).lockers.single()
            wang.session.signIn(city.code(name("li"), "crew", listOf("drainage"), emptyList()))
            assertEquals(AppRole.CREW, (wang.session.state.value as Session.SignedIn).role)
            wang.session.signOut()
            wang.session.unlock(locker, "wrong")
            val refused = wang.session.state.value as Session.NeedsSignIn
            assertEquals(listOf(locker), refused.lockers)
            assertNotNull(refused.problem)
            wang.session.unlock(locker, "石榴 树下 七点")
            assertEquals(AppRole.INSPECTOR, (wang.session.state.value as Session.SignedIn).role)
            assertEquals("井盖缺失", wang.client.case(saved).row.summary)
        }
    }

    @Test
    fun `the app in front syncs by itself and says what is in the way`() = test {
        phone("inspector").use { wang ->
            val sync = SyncModel(wang.client)
            val running = launch { sync.inFront() }
            wang.client.report(request(name("cover")))
            TodayModel(wang.client, english, since = 0).state.first { it.rows.isNotEmpty() && it.banner == "All is sent" }
            running.cancelAndJoin()
            assertNull(sync.problem.value)
        }
        val away = FakeCity()
        FakeGewu(away).client().use { client ->
            val session = SessionModel(client, away.url)
            session.agree("2026-01")
            session.signIn(null)
            away.reachable = false
            val sync = SyncModel(client)
            val running = launch { sync.inFront() }
            assertTrue(sync.problem.first { it != null }!!.isNotBlank())
            away.reachable = true
            sync.soon()
            sync.problem.first { it == null }
            running.cancelAndJoin()
        }
    }

    @Test
    fun `today shows what was touched today and what waits`() = test {
        phone("inspector").use { wang ->
            // The map of the whole district: other tests report in the same grid.
            val title = name("cover")
            val today = TodayModel(wang.client, english, since = 0)
            assertEquals("All is sent", today.state.first().banner)
            val changed = async { today.state.first { day -> day.rows.any { it.title == title } && day.banner.startsWith("Not sent") } }
            wang.client.report(request(title))
            val row = changed.await().rows.first { it.title == title }
            assertEquals("Reported" to true, row.stage to row.waits)
            assertEquals("$title, Reported, Photos 1, Not sent", row.spoken)
            wang.synced()
            val sent = today.state.first { day -> day.rows.any { it.title == title && !it.waits } }
            assertEquals("All is sent", sent.banner)
            val tomorrow = TodayModel(wang.client, english, since = Long.MAX_VALUE)
            assertTrue(tomorrow.state.first().rows.isEmpty())
        }
    }

    @Test
    fun `a crew goes from setting out to handled by its buttons`() = test {
        val unit = name("unit")
        phone("inspector").use { wang ->
            phone("crew", listOf(unit)).use { zhao ->
                val case = wang.client.report(request("井盖缺失")).case
                wang.synced()
                city.op("file", case)
                city.op("dispatch", case, "--lead", unit)
                zhao.synced()
                val model = TasksModel(zhao.client, english)
                val row = model.rows.first().single()
                assertEquals(case to "井盖缺失", row.case to row.title)
                assertTrue(row.spoken.startsWith("井盖缺失, ${english[row.urgency.word]}"), row.spoken)
                assertTrue(row.buttons.containsAll(listOf(TaskButton.SET_OUT, TaskButton.ARRIVE, TaskButton.HANDLE)))
                assertFalse(TaskButton.VERIFY in row.buttons)
                assertTrue(model.open(case) is Outcome.Done)
                listOf(TaskButton.SET_OUT, TaskButton.ARRIVE).forEach { assertTrue(model.tap(it, case) is Outcome.Done) }
                val wrong = model.tap(TaskButton.HANDLE, case, "已更换", listOf(photo("bad/text.jpg"))) as Outcome.Failed
                assertEquals(WayOut.CORRECT_INPUT to "photo", wrong.wayOut to wrong.field)
                val photos = listOf(photo("manhole-before.jpg"), photo("manhole-after.jpg"))
                assertTrue(model.tap(TaskButton.HANDLE, case, "已更换", photos) is Outcome.Done)
                assertTrue(model.rows.first().isEmpty())
                val roles = zhao.client.case(case).entries.last().photos.map { it.role }
                assertEquals(listOf(EvidenceRole.BEFORE, EvidenceRole.AFTER), roles)
            }
        }
    }

    @Test
    fun `an inspector answers a request by its button`() = test {
        phone("inspector").use { wang ->
            val who = (wang.session.state.value as Session.SignedIn).who.user
            val case = wang.client.report(request("井盖缺失")).case
            wang.synced()
            city.op("verify-request", case, "--person", who)
            wang.synced()
            val model = TasksModel(wang.client, english)
            val row = model.rows.first().single()
            assertTrue(row.inPerson)
            assertTrue(TaskButton.VERIFY in row.buttons && TaskButton.HANDLE !in row.buttons)
            val done = model.tap(TaskButton.VERIFY, case, "属实", listOf(photo("manhole-after.jpg")))
            assertTrue(done is Outcome.Done, "$done")
            assertTrue(model.rows.first().isEmpty())
        }
    }

    @Test
    fun `a citizen follows a report takes another back and rates`() = test {
        val unit = name("unit")
        phone(null).use { someone ->
            phone("crew", listOf(unit)).use { zhao ->
                val model = MyReportsModel(someone.client, english)
                val case = someone.client.report(request("路灯不亮")).case
                someone.synced()
                val early = model.reports.first().single()
                assertEquals(listOf(ReportButton.URGE, ReportButton.WITHDRAW), early.buttons)
                assertEquals("Received", early.row.stage)
                assertTrue(model.urge(case, "请快一点") is Outcome.Done)
                assertEquals(WayOut.GIVE_UP, (model.rate(case, 5, null) as Outcome.Failed).wayOut)
                city.op("file", case)
                city.op("dispatch", case, "--lead", unit)
                zhao.synced()
                val crew = TasksModel(zhao.client, english)
                crew.tap(TaskButton.HANDLE, case, "已修", listOf(photo("manhole-before.jpg"), photo("manhole-after.jpg")))
                zhao.synced()
                city.op("close", case)
                someone.synced()
                val closed = model.reports.first().single()
                assertEquals("Closed" to listOf(ReportButton.RATE), closed.row.stage to closed.buttons)
                assertTrue(model.rate(case, 5, "谢谢") is Outcome.Done)
                val other = someone.client.report(request("看错了")).case
                assertTrue(model.withdraw(other) is Outcome.Done)
                assertEquals("Withdrawn", model.reports.first().first { it.row.case == other }.row.stage)
            }
        }
    }

    @Test
    fun `a network that is away and a full phone are told apart`() = test {
        val city = FakeCity()
        val fake = FakeGewu(city)
        fake.client().use { client ->
            val session = SessionModel(client, city.url)
            session.agree("2026-01")
            city.reachable = false
            session.signIn(null)
            assertTrue((session.state.value as Session.NeedsSignIn).problem!!.isPassing)
            city.reachable = true
            session.signIn(null)
            val case = client.report(request("坑")).case
            client.sync()
            fake.fail("urge", SdkException.Storage(gewu.StorageProblem.Full, "no room"))
            val model = MyReportsModel(client, english)
            val full = model.urge(case, null) as Outcome.Failed
            assertEquals("The phone cannot keep data", english[Word.of(full.wayOut)])
            assertTrue(model.urge(case, null) is Outcome.Done)
            assertNull((session.state.value as Session.SignedIn).problem)
        }
    }
}
