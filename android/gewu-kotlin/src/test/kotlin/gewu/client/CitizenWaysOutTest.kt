package gewu.client

import gewu.CaseId
import gewu.DraftInput
import gewu.StorageProblem
import gewu.SyncOutcome
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** What a citizen's screen says of what did not come to the city, and how its user gets out of it. */
class CitizenWaysOutTest {
    private val hole = DraftInput(`class` = manhole, position = atTheMarket(), text = "路上有个坑")

    private suspend fun agreed(folder: Folder) = GewuCitizen(city.url, folder.path).also { it.consent("2026-01") }

    /** A report that the city has. */
    private suspend fun reported(screen: GewuCitizen): CaseId {
        val done = screen.report(hole) as Reported.Done
        screen.sync()
        return done.saved.case
    }

    @Test
    fun `whose database was damaged sees it discards it and leaves`() = test {
        Folder().use { folder ->
            agreed(folder).use { it.report(hole) }
            File(folder.child("gewu.db")).writeBytes(ByteArray(100_000) { 7 })
            File(folder.child("gewu.db-wal")).delete()
            GewuCitizen(city.url, folder.path).use { screen ->
                assertTrue((attempt { screen.hasConsent() } as Outcome.Failed).problem is StorageProblem.Corrupt)
                assertFalse(screen.hasConsent())
                screen.consent("2026-01")
                val aside = screen.movedAside().single()
                assertEquals(100_000uL, aside.bytes)
                val held = attempt { screen.leave() } as Outcome.Failed
                assertTrue(aside.name in held.text && "discardMovedAside" in held.text, held.text)
                assertEquals(WayOut.REFRESH, (attempt { screen.discardMovedAside("other.db") } as Outcome.Failed).wayOut)
                screen.discardMovedAside(aside.name)
                assertTrue(screen.movedAside().isEmpty())
                screen.leave()
            }
        }
    }

    @Test
    fun `what may be asked for is reopening by its name`() = test {
        Folder().use { folder ->
            agreed(folder).use { screen ->
                val case = reported(screen)
                assertEquals(WayOut.GIVE_UP, (attempt { screen.askToReopen(case, "还没修") } as Outcome.Failed).wayOut)
                city.op("decline", case)
                screen.sync()
                assertEquals(listOf("reopen_request"), screen.show(case).publicWord?.may)
                screen.askToReopen(case, "还没修")
                assertEquals(SyncOutcome.Complete, screen.sync()?.outcome)
                assertTrue("还没修" in city.op("show", case))
            }
        }
    }

    @Test
    fun `what the city set aside is shown with its reason`() = test {
        Folder().use { folder ->
            agreed(folder).use { screen ->
                val case = reported(screen)
                assertTrue(screen.setAside().isEmpty())
                val urged = screen.urge(case, "快一点").change
                city.op("compromise", screen.signInRequest().device)
                screen.sync()
                city.op("late", "--set-aside", urged)
                screen.sync()
                val note = screen.setAside().single()
                assertEquals(Triple(urged, "urge", "too_late"), Triple(note.change, note.kind, note.reason))
                assertEquals(listOf("快一点"), note.texts)
                assertTrue(note.words.isNotBlank())
            }
        }
    }
}
