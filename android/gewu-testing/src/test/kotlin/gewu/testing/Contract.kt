// long-file: one suite, in the order of a report's way; parts of it would each need the same set-up
package gewu.testing

import gewu.CheckResult
import gewu.Delivery
import gewu.DraftInput
import gewu.ListQuery
import gewu.OwnDuty
import gewu.PublicStage
import gewu.SdkException
import gewu.Stage
import gewu.StorageProblem
import gewu.SyncOutcome
import gewu.VerifyResult
import gewu.Warning
import gewu.client.*
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Files
import kotlin.time.Duration.Companion.seconds

/** What an app may count on, of the real library and of the fake alike: so the fake cannot drift. */
abstract class Contract : InTown() {
    @Test
    fun `nothing is saved and nobody asked before consent`() = test {
        town.untouched().use { client ->
            assertFalse(client.hasConsent())
            refused<SdkException.NotPermitted> { client.enrol(town.url) }
            refused<SdkException.NotPermitted> { client.report(request()) }
            refused<SdkException.NotPermitted> { client.newDraft() }
            client.consent("2026-01")
            assertTrue(client.hasConsent())
            assertEquals(0, client.lockers().size)
            client.newDraft()
        }
    }

    @Test
    fun `nobody is asked to do anything before they are somebody`() = test {
        town.untouched().use { client ->
            refused<SdkException.NotEnrolled> { client.tasks() }
            assertTrue(client.liveTasks().first().isEmpty())
            assertEquals("terms", refused<SdkException.InvalidInput> { client.consent("") }.`field`)
            assertFalse(client.hasConsent())
        }
    }

    @Test
    fun `what can never be taken is refused by its field`() = test {
        town.inspector().use { wang ->
            suspend fun wrong(work: suspend GewuClient.() -> Unit) =
                refused<SdkException.InvalidInput> { wang.client.work() }.`field`
            listOf("", "   ", "a\u0000b", "字".repeat(4_001), "half \uD83D").forEach { text ->
                assertEquals("text", wrong { report(request(text)) }, text.take(5))
            }
            wang.client.report(request("😀".repeat(4_000)))
            val form = DraftInput(`class` = manhole, position = atTheMarket(), text = "井盖缺失")
            wang.client.checkReport(form)
            val faults = mapOf(
                "class" to form.copy(`class` = null), "position" to form.copy(position = null),
                "text" to form.copy(text = " "), "component" to form.copy(component = ""),
                "edition" to form.copy(edition = ""), "contact" to form.copy(contact = gewu.Contact(phone = "abc")),
            )
            faults.forEach { (field, input) -> assertEquals(field, wrong { checkReport(input) }) }
            val spot = atTheMarket()
            listOf(spot.copy(accuracyM = -1.0), spot.copy(accuracyM = Double.NaN), spot.copy(lon = Double.NaN)).forEach {
                assertEquals("position", wrong { report(request().copy(position = it)) })
                assertEquals("position", wrong { locate(it) })
            }
            assertEquals("photo", wrong { report(request().copy(photos = List(21) { photo() })) })
            listOf("", "not-a-case", "\uDE00").forEach { id -> assertNotNull(wrong { case(id) }) }
            assertEquals("case", wrong { note("zz", act("x")) })
            assertEquals(1, wang.client.cases(ListQuery(mine = true)).rows.size)
        }
    }

    @Test
    fun `numbers that would wrap are refused by their field`() = test {
        town.inspector().use { wang ->
            val client = wang.client
            val case = client.report(request()).case
            suspend fun wrong(work: suspend () -> Unit) = refused<SdkException.InvalidInput> { work() }.`field`
            assertEquals("score", wrong { client.rate(case, 257) })
            assertEquals("score", wrong { client.rate(case, -255) })
            assertEquals("percent", wrong { client.progress(case, 300) })
            assertEquals("limit", wrong { client.searchClasses("井", limit = -1) })
            assertEquals("count", wrong { client.componentsNear(atTheMarket(), 10.0, count = -1) })
            assertEquals("mostBytes", wrong { client.scrub(-1) })
            assertEquals("most", wrong { client.handOverUploads(-1) })
            assertEquals("graceMs", wrong { client.suspend(-1) })
            assertEquals(1, client.cases(ListQuery(mine = true)).rows.size)
        }
    }

    @Test
    fun `who is suspended may be suspended again`() = test {
        town.inspector().use { wang ->
            wang.client.suspend()
            wang.client.suspend()
            wang.client.resume()
            wang.client.report(request())
        }
    }

    /** Signs in as the user of the app. */
    private suspend fun Owned.signIn(app: String, user: String) =
        client.signIn(town.url, town.hostToken(app, user, client.signInRequest(town.url)))

    @Test
    fun `reports of a citizen who is signed in lead the centre to the account`() = test {
        val app = name("app").also(town::addHostApp)
        town.stranger().use { wu ->
            assertEquals(app, wu.signIn(app, "user-1").who.account)
            val case = wu.client.report(request()).case
            wu.synced()
            assertEquals("user-1", town.account(case))
            assertEquals(app, wu.client.whoami().account)
            wu.client.signOut()
            wu.client.enrol(town.url)
            assertNull(wu.client.whoami().account)
            val anonymous = wu.client.report(request()).case
            wu.synced()
            assertNull(town.account(anonymous))
        }
    }

    @Test
    fun `who signs in later takes along what is unsent and nothing that the city has`() = test {
        val app = name("app").also(town::addHostApp)
        town.citizen().use { wu ->
            val early = wu.client.report(request()).case
            wu.synced()
            val unsent = wu.client.report(request()).case
            wu.signIn(app, "user-1")
            wu.synced()
            assertEquals(null to "user-1", town.account(early) to town.account(unsent))
        }
    }

    @Test
    fun `tokens that are no good are refused and change nothing`() = test {
        val app = name("app")
        town.untouched().use { client -> refused<SdkException.NotPermitted> { client.signInRequest(town.url) } }
        town.addHostApp(app)
        town.stranger().use { wu ->
            val own = wu.client.signInRequest(town.url)
            assertEquals(own, wu.client.signInRequest(town.url))
            val token = town.hostToken(app, "user-1", own)
            assertEquals("token", refused<SdkException.InvalidInput> { wu.client.signIn(town.url, " ") }.`field`)
            refused<SdkException.ServerRefused> { wu.client.signIn(town.url, "a.b.c") }
            town.stranger().use { other ->
                refused<SdkException.ServerRefused> { other.client.signIn(town.url, token) }
                refused<SdkException.NotEnrolled> { other.client.whoami() }
            }
            wu.client.signIn(town.url, token)
            val why = refused<SdkException.ServerRefused> { wu.signIn(app, "user-2") }
            assertTrue("leave first" in why.text, why.text)
            assertEquals(app, wu.client.whoami().account)
            town.removeHostApp(app)
            refused<SdkException.ServerRefused> { wu.signIn(app, "user-1") }
            assertEquals(app, wu.client.whoami().account)
        }
        town.inspector().use { wang ->
            refused<SdkException.NotPermitted> { wang.client.signInRequest(town.url) }
            refused<SdkException.NotPermitted> { wang.client.signIn(town.url, "a.b.c") }
        }
    }

    @Test
    fun `live queries outlast signing out`() = test {
        town.inspector().use { wang ->
            val case = wang.client.report(request()).case
            wang.synced()
            town.verifyRequest(case, wang.user)
            wang.synced()
            val seen = Channel<Int>(Channel.UNLIMITED)
            val tasks = launch { wang.client.liveTasks().collect { seen.send(it.size) } }
            val one = async { wang.client.liveCase(case).toList() }
            assertEquals(1, seen.receive())
            wang.client.liveCase(case).first()
            wang.client.signOut()
            assertEquals(0, seen.receive())
            one.await()
            tasks.cancel()
        }
    }

    @Test
    fun `a device of no city says so and keeps drafts`() = test {
        town.stranger().use { device ->
            refused<SdkException.NotEnrolled> { device.client.whoami() }
            refused<SdkException.NotEnrolled> { device.client.sync() }
            refused<SdkException.NotEnrolled> { device.client.report(request()) }
            refused<SdkException.TooOld> { device.client.searchClasses("井盖") }
            assertNull(device.client.locate(atTheMarket()))
            assertTrue(device.client.status().synced)
            device.client.newDraft(DraftInput(text = "later"))
            assertEquals("later", device.client.drafts().single().input.text)
        }
    }

    @Test
    fun `a code makes a device somebody's once`() = test {
        town.stranger().use { device ->
            val code = town.code(name("li"), "inspector", dutyGrids = listOf("990101Z01"))
            val enrolled = device.client.enrol(town.url, code)
            assertEquals(listOf("inspector"), enrolled.who.roles)
            assertEquals(listOf("990101Z01"), device.client.whoami().dutyGrids)
            assertEquals(enrolled.who.user, device.client.whoami().user)
            town.stranger().use { refused<SdkException.ServerRefused> { it.client.enrol(town.url, code) } }
        }
    }

    @Test
    fun `a wrong address an absent server and a wrong code are told apart`() = test {
        town.stranger().use { device ->
            assertEquals("server", refused<SdkException.InvalidInput> { device.client.enrol("city hall") }.`field`)
            refused<SdkException.Network> { device.client.enrol("http://127.0.0.1:1") }
            refused<SdkException.ServerRefused> { device.client.enrol(town.url, "WRNG-C0DE") }
        }
    }

    @Test
    fun `drafts are kept in the order of editing and thrown away`() = test {
        town.stranger().use { device ->
            val client = device.client
            val first = client.newDraft(DraftInput(text = "first"))
            val second = client.newDraft(DraftInput(text = "second"))
            // The real one counts milliseconds.
            Thread.sleep(3)
            client.updateDraft(first, DraftInput(text = "edited"))
            assertEquals(listOf("edited", "second"), client.drafts().map { it.input.text })
            assertEquals(2u, client.status().drafts)
            client.deleteDraft(second)
            refused<SdkException.NotFound> { client.draft(second) }
            refused<SdkException.NotFound> { client.updateDraft(second, DraftInput()) }
            refused<SdkException.NotFound> { client.deleteDraft(second) }
            assertEquals(first, client.drafts().single().id)
        }
    }

    @Test
    fun `photos go to a draft by their paths and come off again`() = test {
        town.stranger().use { device ->
            val draft = device.client.newDraft()
            val attached = device.client.attach(draft, photo())
            assertTrue(attached.width > 0u && attached.height > 0u && attached.bytes > 0u)
            assertEquals(listOf(attached), device.client.draft(draft).photos)
            assertEquals(64, attached.sha256.length)
            device.client.detach(draft, attached.sha256)
            assertTrue(device.client.draft(draft).photos.isEmpty())
            refused<SdkException.NotFound> { device.client.detach(draft, attached.sha256) }
        }
    }

    @Test
    fun `a file that is no photo is refused by the field and the draft stays`() = test {
        town.stranger().use { device ->
            val draft = device.client.newDraft(DraftInput(text = "kept"))
            val text = refused<SdkException.InvalidInput> { device.client.attach(draft, photo("bad/text.jpg")) }
            assertEquals("photo", text.`field`)
            val absent = refused<SdkException.InvalidInput> { device.client.attach(draft, photo("absent.jpg")) }
            assertEquals("photo", absent.`field`)
            assertEquals("kept" to 0, device.client.draft(draft).run { input.text to photos.size })
        }
    }

    @Test
    fun `a draft that is not complete names the field and stays`() = test {
        town.inspector().use { wang ->
            val draft = wang.client.newDraft(DraftInput(position = atTheMarket(), text = "x"))
            wang.client.attach(draft, photo())
            assertEquals("class", refused<SdkException.InvalidInput> { wang.client.reportDraft(draft) }.`field`)
            wang.client.updateDraft(draft, DraftInput(`class` = manhole, text = "x"))
            assertEquals("position", refused<SdkException.InvalidInput> { wang.client.reportDraft(draft) }.`field`)
            assertEquals(1, wang.client.draft(draft).photos.size)
            refused<SdkException.NotFound> { wang.client.reportDraft("00112233445566778899aabbccddeeff") }
        }
    }

    @Test
    fun `a draft becomes a report with its photos`() = test {
        town.inspector().use { wang ->
            val draft = wang.client.newDraft(DraftInput(manhole, atTheMarket(), text = "井盖缺失"))
            wang.client.attach(draft, photo())
            val saved = wang.client.reportDraft(draft)
            assertNull(saved.warning)
            assertTrue(wang.client.drafts().isEmpty())
            val detail = wang.client.case(saved.case)
            val row = detail.row
            assertEquals(Stage.REPORTED, row.stage)
            assertEquals("井盖缺失", row.summary)
            assertEquals(manhole, row.`class`)
            assertEquals("990101Z01", row.dutyGrid)
            assertTrue(row.mine && row.unsent > 0u)
            assertEquals(1u, row.photos)
            val entry = detail.entries.single()
            assertEquals(listOf("report", wang.user, Delivery.UNSENT), listOf(entry.kind, entry.by, entry.delivery))
            assertEquals("井盖缺失", entry.texts.single().text)
        }
    }

    @Test
    fun `a report that cannot be taken names the field and leaves nothing`() = test {
        town.inspector().use { wang ->
            val kind = request().copy(`class` = manhole.copy(code = "99999"))
            assertEquals("class", refused<SdkException.InvalidInput> { wang.client.report(kind) }.`field`)
            val nowhere = request().copy(position = atTheMarket().copy(lat = 91.0))
            assertEquals("position", refused<SdkException.InvalidInput> { wang.client.report(nowhere) }.`field`)
            val text = request(photos = listOf(photo("bad/text.jpg")))
            assertEquals("photo", refused<SdkException.InvalidInput> { wang.client.report(text) }.`field`)
            assertTrue(wang.client.cases(ListQuery(mine = true)).rows.isEmpty())
            assertTrue(wang.client.status().synced)
        }
    }

    @Test
    fun `a report from outside of the map is saved with a warning`() = test {
        town.inspector().use { wang ->
            val far = request().copy(position = atTheMarket().copy(lon = 100.0))
            assertEquals(Warning.OUTSIDE_EVERY_GRID, wang.client.report(far).warning)
        }
    }

    @Test
    fun `what is not there is not found`() = test {
        town.inspector().use { wang ->
            val unknown = "00112233445566778899aabbccddeeff"
            refused<SdkException.NotFound> { wang.client.case(unknown) }
            refused<SdkException.NotFound> { wang.client.allowed(unknown) }
            refused<SdkException.NotFound> { wang.client.note(unknown, act("x")) }
            refused<SdkException.NotFound> { wang.client.savePhoto("ab".repeat(32), "/nowhere") }
        }
    }

    @Test
    fun `lists show the newest first and go on where a page ended`() = test {
        town.inspector().use { wang ->
            val own = List(5) { wang.client.report(request("page $it")).case.also { Thread.sleep(3) } }
            val query = ListQuery(mine = true, limit = 2u)
            val page = wang.client.cases(query)
            assertEquals(own.reversed().take(2), page.rows.map { it.case })
            assertNotNull(page.next)
            assertEquals(own.reversed(), wang.client.allCases(query).toList().map { it.case })
            assertTrue(wang.client.cases(ListQuery(mine = true, stage = Stage.CLOSED)).rows.isEmpty())
        }
    }

    @Test
    fun `a live list shows the present and then each change`() = test {
        town.inspector().use { wang ->
            val seen = Channel<Int>(Channel.UNLIMITED)
            val reading = launch { wang.client.liveCases(ListQuery(mine = true)).collect { seen.send(it.rows.size) } }
            assertEquals(0, seen.receive())
            wang.client.report(request())
            assertEquals(1, seen.receive())
            wang.client.report(request())
            assertEquals(2, seen.receive())
            reading.cancel()
        }
    }

    @Test
    fun `drafts and status are live`() = test {
        town.inspector().use { wang ->
            val drafts = async { wang.client.liveDrafts().first { it.isNotEmpty() } }
            val waiting = async { wang.client.liveStatus().first { !it.synced } }
            wang.client.newDraft(DraftInput(text = "live"))
            assertEquals("live", drafts.await().single().input.text)
            wang.client.report(request())
            assertTrue(waiting.await().changes > 0u)
        }
    }

    @Test
    fun `a report is synced when the city has all of it`() = test {
        town.inspector().use { wang ->
            val case = wang.client.report(request()).case
            val before = wang.client.status()
            assertEquals(1u to false, before.run { texts to synced })
            // A device may have more to say than what its user wrote, and a photo goes with its small picture.
            assertTrue(before.changes > 0u && before.photos > 0u)
            val events = wang.client.syncing().toList()
            assertTrue(events.first() is SyncEvent.Step)
            val report = (events.last() as SyncEvent.Finished).report
            assertEquals(SyncOutcome.Complete, report.outcome)
            assertEquals(before.changes to 0u, report.accepted to report.unsent)
            assertTrue(wang.client.status().synced)
            assertEquals(SyncOutcome.Complete, wang.client.status().lastSync?.outcome)
            assertEquals(Delivery.RECEIVED, wang.client.case(case).entries.single().delivery)
            assertEquals(0u, wang.client.case(case).row.unsent)
        }
    }

    @Test
    fun `a network that is away is an outcome and loses nothing`() = test {
        newTown().use { town ->
            town.inspector().use { wang ->
                wang.client.report(request())
                town.goAway()
                assertTrue(wang.client.sync().outcome is SyncOutcome.Later)
                val status = wang.client.status()
                assertTrue(!status.synced && status.changes > 0u)
                assertTrue(status.lastSync?.outcome is SyncOutcome.Later)
            }
        }
    }

    @Test
    fun `an inspector verifies when asked`() = test {
        town.inspector().use { wang ->
            val case = wang.client.report(request()).case
            assertFalse("verify" in wang.client.allowed(case))
            wang.synced()
            town.verifyRequest(case, wang.user)
            wang.synced()
            val task = wang.client.tasks().single()
            assertEquals(listOf("verify", true, case), listOf(task.question, task.inPerson, task.row.case))
            assertEquals(Stage.VERIFYING, task.row.stage)
            assertTrue("verify" in wang.client.allowed(case))
            wang.client.verify(case, VerifyResult.EXISTS, act("属实", inspection()))
            assertEquals(Stage.VERIFIED_EXISTS, wang.client.case(case).row.stage)
            assertTrue(wang.client.tasks().isEmpty())
            wang.synced()
            assertEquals("verify", wang.client.case(case).entries.last().kind)
        }
    }

    @Test
    fun `a device that stays synced delivers by itself and hears of news in front`() = test {
        town.inspector().use { wang ->
            val ends = Channel<SyncEnd>(Channel.UNLIMITED)
            val staying = launch { wang.client.stayingSynced().collect { ends.send(it) } }
            ends.receive()
            val case = wang.client.report(request()).case
            for (end in ends) if (end is SyncEnd.Ended && end.report.accepted > 0u) break
            refused<SdkException.Busy> { wang.client.stayingSynced().first() }
            wang.client.tellForeground(true)
            town.file(case)
            wang.client.liveCase(case).first { it.row.stage == Stage.FILED }
            staying.cancelAndJoin()
            wang.client.stayingSynced().first()
            assertTrue(wang.client.status().synced)
            assertTrue(wang.client.checkup().findings.isEmpty())
        }
    }

    @Test
    fun `a crew handles what was dispatched and both hold the same`() = test {
        val unit = name("unit")
        town.inspector().use { wang ->
            town.crew(unit).use { zhao ->
                val case = wang.client.report(request()).case
                wang.synced()
                val live = async { zhao.client.liveTasks().first { it.isNotEmpty() } }
                town.file(case)
                town.dispatch(case, unit)
                zhao.synced()
                val task = live.await().single()
                assertEquals(listOf("dispatch", false, Stage.DISPATCHED), listOf(task.question, task.inPerson, task.row.stage))
                assertFalse(task.row.mine)
                assertTrue(zhao.client.allowed(case).containsAll(listOf("take", "set_out", "arrived", "progress", "handle")))
                zhao.client.take(case)
                zhao.client.setOut(case)
                zhao.client.arrive(case)
                zhao.client.progress(case, 50, act("一半"))
                zhao.client.handle(case, workDone())
                assertEquals(Stage.HANDLED, zhao.client.case(case).row.stage)
                assertTrue(zhao.client.tasks().isEmpty())
                zhao.synced()
                wang.synced()
                val own = listOf("take", "set_out", "arrived", "progress", "handle")
                assertEquals(own, wang.client.case(case).entries.map { it.kind }.filter { it in own })
                assertEquals(zhao.client.stateHash(case), wang.client.stateHash(case))
            }
        }
    }

    @Test
    fun `an inspector checks the work and the case closes`() = test {
        val unit = name("unit")
        town.inspector().use { wang ->
            town.crew(unit).use { zhao ->
                val case = town.dispatched(wang, unit)
                zhao.synced()
                zhao.client.handle(case, workDone())
                zhao.synced()
                town.checkRequest(case, wang.user)
                wang.synced()
                assertEquals("check", wang.client.tasks().single().question)
                wang.client.check(case, CheckResult.PASS, act("已修好", inspection()))
                assertEquals(Stage.CHECK_PASSED, wang.client.case(case).row.stage)
                wang.synced()
                town.close(case)
                wang.synced()
                assertEquals(Stage.CLOSED, wang.client.case(case).row.stage)
                assertTrue(wang.client.tasks().isEmpty())
            }
        }
    }

    @Test
    fun `nobody does another one's work`() = test {
        val unit = name("unit")
        town.inspector().use { wang ->
            town.crew(unit).use { zhao ->
                val case = town.dispatched(wang, unit)
                wang.synced()
                zhao.synced()
                assertFalse("handle" in wang.client.allowed(case))
                refused<SdkException.NotPermitted> { wang.client.handle(case, workDone()) }
                refused<SdkException.NotPermitted> { wang.client.take(case) }
                assertTrue("handle" in zhao.client.allowed(case))
                town.crew(name("unit")).use { other ->
                    other.synced()
                    assertTrue(other.client.tasks().isEmpty())
                    refused<SdkException.NotFound> { other.client.case(case) }
                }
            }
        }
    }

    @Test
    fun `a crew asks for more time`() = test {
        val unit = name("unit")
        town.inspector().use { wang ->
            town.crew(unit).use { zhao ->
                val case = town.dispatched(wang, unit)
                zhao.synced()
                zhao.client.askExtension(case, "2工作日", "缺材料")
                assertEquals("extend_request", zhao.client.case(case).entries.last().kind)
                assertEquals(1, zhao.client.tasks().size)
            }
        }
    }

    @Test
    fun `a citizen takes a report back`() = test {
        town.citizen().use { someone ->
            val case = someone.client.report(request("看错了")).case
            assertTrue("withdraw" in someone.client.allowed(case))
            someone.client.withdraw(case)
            assertEquals(Stage.WITHDRAWN, someone.client.case(case).row.stage)
            someone.synced()
            assertTrue(someone.client.status().synced)
            refused<SdkException.NotPermitted> { someone.client.urge(case) }
        }
    }

    @Test
    fun `a citizen sees the public word alone and adds and urges`() = test {
        town.citizen().use { someone ->
            val case = someone.client.report(request("路上有个坑")).case
            someone.synced()
            town.file(case)
            town.reply(case, "我们去看看")
            someone.synced()
            val detail = someone.client.case(case)
            assertEquals(PublicStage.ACCEPTED to "我们去看看", detail.publicWord?.run { stage to reply })
            assertEquals(listOf("report"), detail.entries.map { it.kind })
            assertEquals(detail.publicWord?.may?.toSet(), someone.client.allowed(case))
            someone.client.supplement(case, act("就在门口"))
            someone.client.urge(case, act("请快一点"))
            someone.synced()
            assertEquals(listOf("report", "supplement", "urge"), someone.client.case(case).entries.map { it.kind })
            assertTrue(someone.client.tasks().isEmpty())
        }
    }

    @Test
    fun `a contact or a code out of bounds is refused by its field`() = test {
        town.citizen().use { someone ->
            suspend fun wrong(request: gewu.ReportRequest) =
                refused<SdkException.InvalidInput> { someone.client.report(request) }.`field`
            val contacts = listOf(
                gewu.Contact(phone = "abc"), gewu.Contact(name = "名".repeat(81)), gewu.Contact(idNumber = "123"),
            )
            contacts.forEach { assertEquals("contact", wrong(request().copy(contact = it))) }
            assertEquals("component", wrong(request().copy(component = "1".repeat(257))))
            assertEquals("language", wrong(request().copy(language = "a\u0000")))
        }
    }

    @Test
    fun `a citizen rates what was closed`() = test {
        val unit = name("unit")
        town.citizen().use { someone ->
            town.crew(unit).use { zhao ->
                val case = town.dispatched(someone, unit)
                refused<SdkException.NotPermitted> { someone.client.rate(case, 5) }
                refused<SdkException.NotPermitted> { someone.client.askReopening(case) }
                zhao.synced()
                zhao.client.handle(case, workDone())
                zhao.synced()
                town.close(case)
                someone.synced()
                assertTrue("rate" in someone.client.allowed(case))
                refused<SdkException.InvalidInput> { someone.client.rate(case, 6) }
                someone.client.rate(case, 5, act("谢谢"))
                someone.synced()
                someone.synced()
                val word = checkNotNull(someone.client.case(case).publicWord)
                assertEquals(5 to setOf("rate", "reopen_request"), word.rated?.toInt() to word.may.toSet())
                someone.client.askReopening(case, act = act("又坏了"))
                someone.synced()
            }
        }
    }

    @Test
    fun `calls fail while suspended and live queries go on after`() = test {
        town.inspector().use { wang ->
            val seen = Channel<Int>(Channel.UNLIMITED)
            val reading = launch { wang.client.liveCases(ListQuery(mine = true)).collect { seen.send(it.rows.size) } }
            assertEquals(0, seen.receive())
            wang.client.suspend()
            val why = refused<SdkException.Storage> { wang.client.cases() }
            assertEquals(StorageProblem.Suspended, why.problem)
            wang.client.resume()
            wang.client.report(request())
            assertEquals(1, seen.receive())
            reading.cancel()
        }
    }

    @Test
    fun `flows end with the client and later calls fail`() = test {
        val wang = town.inspector()
        val rows = async { wang.client.liveCases().toList() }
        wang.client.liveCases().first()
        wang.close()
        wang.close()
        rows.await()
        assertTrue(wang.client.liveCases().toList().isEmpty())
        assertThrows(IllegalStateException::class.java) { runBlocking { wang.client.cases() } }
        assertThrows(IllegalStateException::class.java) { runBlocking { wang.client.report(request()) } }
    }

    @Test
    fun `signing out is refused while something is unsent and forgets everything after`() = test {
        town.inspector().use { wang ->
            wang.client.report(request())
            refused<SdkException.NotPermitted> { wang.client.signOut() }
            wang.synced()
            wang.client.signOut()
            assertTrue(wang.client.cases().rows.isEmpty())
            refused<SdkException.NotEnrolled> { wang.client.whoami() }
            assertTrue(wang.client.hasConsent())
        }
    }

    @Test
    fun `the grid and the classes are there without the network`() = test {
        town.inspector().use { wang ->
            val found = checkNotNull(wang.client.locate(atTheMarket()))
            assertEquals(listOf("990101001001022", "990101Z01", OwnDuty.INSIDE), found.run { listOf(unit, duty, ownDuty) })
            assertNull(wang.client.locate(atTheMarket().copy(lon = 100.0)))
            assertTrue(wang.client.searchClasses("井盖").any { it.code == "01002" })
            assertTrue(wang.client.classes().any { it.code == "01002" })
            assertEquals("levitate", wang.client.labels().word("levitate"))
        }
    }

    @Test
    fun `the same matter nearby is shown`() = test {
        town.inspector().use { wang ->
            val aside = atTheMarket().copy(lat = atTheMarket().lat + 0.002)
            val first = wang.client.report(request().copy(position = aside)).case
            val similar = wang.client.similar(aside, manhole)
            assertEquals(first, similar.first().row.case)
            assertTrue(similar.first().distanceM < 1.0)
            assertTrue(wang.client.similar(aside.copy(lat = aside.lat - 0.01), manhole).none { it.row.case == first })
            val draft = wang.client.newDraft(DraftInput(text = "no place"))
            assertTrue(wang.client.similarToDraft(draft).isEmpty())
        }
    }

    @Test
    fun `a photo of a case is written to a file`() = test {
        town.inspector().use { wang ->
            val case = wang.client.report(request()).case
            val photo = wang.client.case(case).entries.single().photos.single()
            assertTrue(photo.held)
            val file = Files.createTempFile("gewu", ".jpg").toFile()
            wang.client.savePhoto(photo.sha256, file.path)
            assertEquals(photo.bytes.toLong(), file.length())
            file.delete()
        }
    }
}

class RealContractTest : Contract() {
    override fun newTown(): Town = RealTown()
}

class FakeContractTest : Contract() {
    override fun newTown(): Town = FakeTown()
}
