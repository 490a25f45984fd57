package gewu.android

import gewu.StatusCounts
import gewu.SyncOutcome
import gewu.SyncReport

/** When the next sync is to be, as a job of the platform's. */
data class SyncPlan(
    /** Whether there is anything to run. */
    val needed: Boolean,
    /** Not before so many milliseconds from now. */
    val delayMs: Long = 0,
    /** Whether a network that costs by the byte will not do. */
    val unmeteredOnly: Boolean = false,
)

/** What to plan after a sync, or before the first; pure. */
object SyncPlanner {
    /** The platform runs nothing regular more often. */
    const val LEAST_MS: Long = 15 * 60_000

    /** After a sync: at once when something is unsent and can go, later as the server asks. */
    fun after(report: SyncReport): SyncPlan = when (val outcome = report.outcome) {
        is SyncOutcome.Later -> SyncPlan(needed = true, delayMs = outcome.inMs.toLong())
        is SyncOutcome.Stopped -> SyncPlan(needed = false)
        SyncOutcome.Cancelled -> SyncPlan(needed = report.unsent > 0u)
        SyncOutcome.Complete -> SyncPlan(needed = false)
    }

    /**
     * By what is unsent, after something was saved or when the app goes to the background: at once, unless
     * nothing is left but photos that wait for a network which costs nothing.
     */
    fun by(status: StatusCounts): SyncPlan {
        val entries = status.changes + status.texts + status.commands + status.offeredAgain
        val onlyHeld = entries == 0u && status.heldBack > 0u && status.heldBack >= status.photos
        return SyncPlan(needed = !status.synced, unmeteredOnly = onlyHeld)
    }
}

/** How much power there is. */
data class Power(val percent: Int, val charging: Boolean, val saver: Boolean) {
    /** Whether files may be read again and large photos sent. */
    val plenty: Boolean get() = charging || (percent >= 30 && !saver)
}
