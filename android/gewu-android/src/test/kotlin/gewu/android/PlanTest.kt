package gewu.android

import gewu.NetworkKind
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

    @Test
    fun `work that waits for wifi asks for a network that costs nothing`() {
        assertEquals(SyncPlan(needed = true, unmeteredOnly = true), SyncPlanner.withWork(unsent = true, heldForWifi = true))
        assertFalse(SyncPlanner.withWork(unsent = false, heldForWifi = false).needed)
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
