package gewu.android

import gewu.NetworkKind
import gewu.StatusCounts
import gewu.SyncOutcome
import gewu.SyncReport
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class PlanTest {
    private fun report(outcome: SyncOutcome, unsent: Int = 0) = SyncReport(
        outcome = outcome, exchanges = 1u, sent = 0u, accepted = 0u, setAside = emptyList(), received = 0u,
        changed = emptyList(), uploaded = 0u, smallUploaded = 0u, photosAcknowledged = 0u,
        smallAcknowledged = 0u, notices = 0u, bytesUp = 0u, bytesDown = 0u, unsent = unsent.toUInt(),
    )

    @Test
    fun `a server that is away is tried again when it asks to`() {
        val plan = SyncPlanner.after(report(SyncOutcome.Later(90_000u, "busy"), unsent = 3))
        assertEquals(SyncPlan(needed = true, delayMs = 90_000), plan)
    }

    @Test
    fun `what is done or needs a person is not tried again`() {
        assertFalse(SyncPlanner.after(report(SyncOutcome.Complete)).needed)
        assertFalse(SyncPlanner.after(report(SyncOutcome.Stopped("update"), unsent = 3)).needed)
    }

    @Test
    fun `a sync that was cut off goes on when something is left`() {
        assertTrue(SyncPlanner.after(report(SyncOutcome.Cancelled, unsent = 1)).needed)
        assertFalse(SyncPlanner.after(report(SyncOutcome.Cancelled)).needed)
    }

    private fun status(changes: Int = 0, photos: Int = 0, heldBack: Int = 0) = StatusCounts(
        synced = changes + photos == 0, changes = changes.toUInt(), texts = 0u, photos = photos.toUInt(),
        commands = 0u, offeredAgain = 0u, drafts = 0u, bytes = 0u, bytesSent = 0u,
        heldBack = heldBack.toUInt(), waitingSince = null, commandNotes = emptyList(), setAside = emptyList(),
        notices = emptyList(), clockOffsetMs = null, refused = 0u, lostContacts = emptyList(), lastSync = null,
        backupCovers = null,
    )

    @Test
    fun `only photos that wait for wifi ask for a network that costs nothing`() {
        assertEquals(SyncPlan(needed = true, unmeteredOnly = true), SyncPlanner.by(status(photos = 2, heldBack = 2)))
        assertEquals(SyncPlan(needed = true), SyncPlanner.by(status(photos = 3, heldBack = 2)))
        assertEquals(SyncPlan(needed = true), SyncPlanner.by(status(changes = 1, photos = 2, heldBack = 2)))
        assertFalse(SyncPlanner.by(status()).needed)
    }

    @Test
    fun `a network is named by what it costs`() {
        assertEquals(NetworkKind.UNKNOWN, kindOf(null))
        assertEquals(NetworkKind.WIFI, kindOf(metered = false, roaming = false, known = true))
        assertEquals(NetworkKind.CELLULAR, kindOf(metered = true, roaming = false, known = true))
        assertEquals(NetworkKind.ROAMING, kindOf(metered = true, roaming = true, known = true))
    }

    @Test
    fun `coming back is told once`() {
        val state = OnlineState()
        assertEquals(listOf(true, false, false, true), listOf(true, true, false, true).map(state::become))
    }

    @Test
    fun `power is plenty while charging or well above a third`() {
        assertTrue(Power(5, charging = true, saver = true).plenty)
        assertTrue(Power(30, charging = false, saver = false).plenty)
        assertFalse(Power(29, charging = false, saver = false).plenty)
        assertFalse(Power(90, charging = false, saver = true).plenty)
    }
}
