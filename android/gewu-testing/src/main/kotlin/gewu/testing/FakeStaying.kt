package gewu.testing

import gewu.CancelHandle
import gewu.NetworkKind
import gewu.SdkException
import gewu.SyncEndListener
import gewu.SyncReport
import java.util.concurrent.atomic.AtomicBoolean

/** What has a fake device sync by itself: the same reasons as the real one's, and none of its waits. */
internal class FakeStaying {
    private val runs = AtomicBoolean()
    private val due = AtomicBoolean()

    @Volatile
    private var online = true

    @Volatile
    private var inFront = false

    fun network(kind: NetworkKind) {
        online = kind != NetworkKind.OFFLINE
        nudge()
    }

    fun foreground(isInFront: Boolean) {
        inFront = isInFront
        nudge()
    }

    fun nudge() = due.set(true)

    /** Syncs until [cancel] is used; [look] says which state of the city there is and whether something is unsent. */
    fun run(
        cancel: CancelHandle,
        listener: SyncEndListener?,
        look: () -> Pair<Long, Boolean>,
        sync: () -> SyncReport,
    ) {
        if (!runs.compareAndSet(false, true)) throw SdkException.Busy("staying synced")
        try {
            due.set(true)
            var seen = 0L
            while (!cancel.isCancelled()) {
                val (now, unsent) = look()
                if (online && (due.getAndSet(false) || unsent || inFront && now != seen)) {
                    seen = now
                    tell(listener, sync)
                }
                Thread.sleep(LOOK_MS)
            }
        } finally {
            runs.set(false)
        }
    }

    private fun tell(listener: SyncEndListener?, sync: () -> SyncReport) {
        try {
            val report = sync()
            listener?.ended(report)
        } catch (error: SdkException) {
            listener?.failed(error)
        }
    }

    private companion object {
        const val LOOK_MS = 20L
    }
}
