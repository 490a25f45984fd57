package gewu.client

import gewu.CheckResult
import gewu.CommandOutcome
import gewu.Delivery
import gewu.OwnDuty
import gewu.PublicStage
import gewu.SdkException
import gewu.SeenState
import gewu.Stage
import gewu.VerifyResult
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Every role's work, with a real server. */
class RolesTest {
    @Test
    fun `an inspector reports and verifies before filing`() = test {
        inspector().use { wang ->
            val saved = wang.client.report(request(photos = listOf(photo())))
            assertNull(saved.warning)
            wang.synced()
            city.op("verify-request", saved.case, "--person", wang.user, "--same-period", "22:00-06:30")
            wang.synced()
            val task = wang.client.tasks().single()
            assertEquals("verify", task.question)
            assertTrue(task.inPerson)
            assertEquals(1320 to 390, task.samePeriod?.let { it.fromMinute.toInt() to it.toMinute.toInt() })
            assertTrue("verify" in wang.client.allowed(saved.case))
            wang.client.verify(saved.case, VerifyResult.EXISTS, act("属实", inspection()))
            assertEquals(Stage.VERIFIED_EXISTS, wang.client.case(saved.case).row.stage)
            wang.synced()
            val entry = wang.client.case(saved.case).entries.last()
            assertEquals("verify" to Delivery.RECEIVED, entry.kind to entry.delivery)
            assertEquals("属实", entry.texts.single().text)
        }
    }

    @Test
    fun `a crew takes sets out arrives reports progress and handles`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            crew(unit).use { zhao ->
                val case = wang.client.report(request(photos = listOf(photo()))).case
                wang.synced()
                dispatch(case, unit)
                zhao.synced()
                val task = zhao.client.tasks().single()
                assertEquals("dispatch", task.question)
                assertFalse(task.inPerson)
                assertNull(task.samePeriod)
                zhao.client.opened(case)
                zhao.client.seen(case, SeenState.RECEIVED)
                zhao.client.take(case)
                zhao.client.setOut(case)
                zhao.client.arrive(case)
                zhao.client.progress(case, 50, act("一半"))
                zhao.client.handle(case, workDone())
                zhao.synced()
                wang.synced()
                val kinds = wang.client.case(case).entries.map { it.kind }
                val own = listOf("take", "set_out", "arrived", "progress", "handle")
                assertEquals(own, kinds.filter { it in own })
                assertEquals(zhao.client.stateHash(case), wang.client.stateHash(case))
            }
        }
    }

    @Test
    fun `the whole loop closes and an inspector checks what a crew has handled`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            crew(unit).use { zhao ->
                val case = wang.client.report(request(photos = listOf(photo()))).case
                wang.synced()
                dispatch(case, unit)
                zhao.synced()
                zhao.client.handle(case, workDone())
                zhao.synced()
                city.op("check-request", case, "--person", wang.user)
                wang.synced()
                wang.client.check(case, CheckResult.PASS, act("已修好", inspection()))
                wang.synced()
                city.op("close", case)
                wang.synced()
                zhao.synced()
                assertEquals(Stage.CLOSED, wang.client.case(case).row.stage)
                assertEquals(Stage.CLOSED, zhao.client.case(case).row.stage)
                assertEquals(wang.client.stateHash(case), zhao.client.stateHash(case))
                assertTrue(wang.client.tasks().isEmpty())
            }
        }
    }

    @Test
    fun `who handled may not check`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            crew(unit).use { zhao ->
                val case = wang.client.report(request(photos = listOf(photo()))).case
                wang.synced()
                dispatch(case, unit)
                zhao.synced()
                zhao.client.handle(case, workDone())
                zhao.synced()
                city.op("check-request", case, "--person", wang.user)
                zhao.synced()
                val denied = attempt { zhao.client.check(case, CheckResult.PASS, act("ok", inspection())) }
                assertEquals(WayOut.GIVE_UP, (denied as Outcome.Failed).wayOut)
                assertFalse("check" in zhao.client.allowed(case))
            }
        }
    }

    @Test
    fun `a unit lead assigns a person by a command`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            staff("unit_lead", units = listOf(unit)).use { lead ->
                crew(unit).use { zhao ->
                    val case = wang.client.report(request(photos = listOf(photo()))).case
                    wang.synced()
                    dispatch(case, unit)
                    lead.synced()
                    assertTrue("assign" in lead.client.allowed(case))
                    lead.client.command(case, "assign", """{"person":"${zhao.user}"}""", "请去看看")
                    lead.synced()
                    val note = lead.client.status().commandNotes.single()
                    assertTrue(note.outcome is CommandOutcome.Done, "$note")
                    zhao.synced()
                    assertTrue(zhao.client.tasks().single().inPerson)
                }
            }
        }
    }

    @Test
    fun `a command that came too late is asked for again on what the case has become`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            staff("unit_lead", units = listOf(unit)).use { lead ->
                crew(unit).use { zhao ->
                    val case = wang.client.report(request(photos = listOf(photo()))).case
                    wang.synced()
                    dispatch(case, unit)
                    lead.synced()
                    lead.client.command(case, "assign", """{"person":"${zhao.user}"}""")
                    city.op("supervise", case, "--unit", unit)
                    lead.synced()
                    val stale = lead.client.status().commandNotes.single()
                    assertEquals(CommandOutcome.Stale, stale.outcome)
                    val again = lead.client.commandAgain(stale.command)
                    lead.synced()
                    val notes = lead.client.status().commandNotes
                    val done = notes.single { it.command == again.command }
                    assertTrue(done.outcome is CommandOutcome.Done, "$notes")
                }
            }
        }
    }

    @Test
    fun `a crew asks to send back and for more time`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            crew(unit).use { zhao ->
                val case = wang.client.report(request(photos = listOf(photo()))).case
                wang.synced()
                dispatch(case, unit)
                zhao.synced()
                zhao.client.askExtension(case, "2工作日", "缺材料")
                val reasons = listOf("not_ours", "other", "wrong_unit")
                val sent = reasons.firstNotNullOfOrNull { reason ->
                    attempt { zhao.client.askSendBack(case, reason, act = act("不是我们的")) }.valueOrNull()
                }
                assertNotNull(sent, "no reason of the policy's was taken")
                zhao.synced()
                val shown = zhao.client.case(case).entries.map { it.kind to it.reason }
                assertTrue("extend_request" to "request" in shown, "$shown")
            }
        }
    }

    @Test
    fun `a citizen reports adds urges and sees the public word only`() = test {
        citizen().use { someone ->
            val case = someone.client.report(request("路上有个坑", listOf(photo()))).case
            someone.synced()
            city.op("verify-request", case, "--person", "anybody", "--unknown-names")
            city.op("reply", case, "--text", "我们去看看")
            someone.synced()
            val detail = someone.client.case(case)
            val word = checkNotNull(detail.publicWord)
            assertEquals(PublicStage.VERIFYING, word.stage)
            assertEquals("我们去看看", word.reply)
            assertTrue(detail.entries.none { it.kind == "verify_request" })
            assertEquals(word.may.toSet(), someone.client.allowed(case))
            someone.client.supplement(case, act("就在门口"))
            someone.client.urge(case, act("请快一点"))
            someone.synced()
            assertEquals(listOf("report", "supplement", "urge"), someone.client.case(case).entries.map { it.kind })
        }
    }

    @Test
    fun `a citizen rates what was closed`() = test {
        val unit = name("unit")
        citizen().use { someone ->
            crew(unit).use { zhao ->
                val case = someone.client.report(request("路灯不亮", listOf(photo()))).case
                someone.synced()
                dispatch(case, unit)
                zhao.synced()
                zhao.client.handle(case, workDone())
                zhao.synced()
                city.op("close", case)
                someone.synced()
                assertEquals(PublicStage.CLOSED, someone.client.case(case).publicWord?.stage)
                assertTrue("rate" in someone.client.allowed(case))
                someone.client.rate(case, 5, act("谢谢"))
                someone.synced()
                someone.synced()
                assertEquals(5, someone.client.case(case).publicWord?.rated?.toInt())
            }
        }
    }

    @Test
    fun `a citizen takes a report back before anybody acted`() = test {
        citizen().use { someone ->
            val case = someone.client.report(request("看错了", listOf(photo()))).case
            someone.client.withdraw(case)
            assertEquals(Stage.WITHDRAWN, someone.client.case(case).row.stage)
            someone.synced()
            assertTrue(someone.client.status().synced)
        }
    }

    @Test
    fun `places classes labels and addresses are there without the network`() = test {
        inspector().use { wang ->
            val found = checkNotNull(wang.client.locate(atTheMarket()))
            assertEquals("990101001001022", found.unit)
            assertEquals(OwnDuty.INSIDE, found.ownDuty)
            assertNull(wang.client.locate(atTheMarket().copy(lon = 100.0)))
            val near = wang.client.componentsNear(atTheMarket(), 500.0)
            assertTrue(near.zipWithNext().all { (a, b) -> a.distanceM <= b.distanceM })
            assertTrue(wang.client.searchClasses("井盖").isNotEmpty())
            assertTrue(wang.client.classes().any { it.code == "01002" })
            assertTrue(wang.client.packs().any { it.kind == "policy" && it.active })
            val labels = wang.client.labels()
            assertEquals("levitate", labels.word("levitate"))
            assertFalse(labels.word("report", java.util.Locale.CHINA) == "report")
            wang.client.address(atTheMarket())
        }
    }

    @Test
    fun `a case nearby of the same class is shown before it is reported again`() = test {
        inspector().use { wang ->
            // Other tests report at the market; nobody else some steps to the north.
            val aside = atTheMarket().copy(lat = atTheMarket().lat + 0.0001)
            val there = request(photos = listOf(photo())).copy(position = aside)
            val first = wang.client.report(there).case
            val similar = wang.client.similar(aside, manhole)
            assertEquals(first, similar.first().row.case)
            assertTrue(similar.first().distanceM < 1.0)
            val second = wang.client.report(there).case
            wang.client.suggestDuplicate(second, first, act("同一个"))
            assertEquals("duplicate_suggestion", wang.client.case(second).entries.last().kind)
        }
    }

    @Test
    fun `what somebody may not do is refused and saves nothing`() = test {
        inspector().use { wang ->
            val case = wang.client.report(request(photos = listOf(photo()))).case
            val error = runCatching { wang.client.handle(case, workDone()) }.exceptionOrNull()
            assertTrue(error is SdkException.NotPermitted, "$error")
            assertEquals(1, wang.client.case(case).entries.size)
        }
    }
}
