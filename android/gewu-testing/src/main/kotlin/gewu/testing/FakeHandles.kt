package gewu.testing

import gewu.CancelHandle
import gewu.Changed
import gewu.ChangeListener
import gewu.Listening
import gewu.NoHandle
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

/** Stops a call of a [FakeGewu]; needs no library. */
class FakeHandle : CancelHandle(NoHandle) {
    @Volatile
    private var used = false

    override fun cancel() {
        used = true
    }

    override fun isCancelled(): Boolean = used
}

/** Tells listeners of changes, from a thread of its own as the real one does. */
internal class FakeBell : AutoCloseable {
    private val listeners = CopyOnWriteArrayList<ChangeListener>()

    /** After the end nobody is told: what comes in that moment is left out. */
    private val thread = ThreadPoolExecutor(
        1, 1, 0, TimeUnit.SECONDS, LinkedBlockingQueue(),
        { Thread(it, "fake-gewu").apply { isDaemon = true } },
        ThreadPoolExecutor.DiscardPolicy(),
    )

    fun listen(listener: ChangeListener): Listening {
        listeners += listener
        // The present is told at once.
        thread.execute { tell(listener, Changed.entries) }
        return object : Listening(NoHandle) {
            override fun cancel() {
                listeners -= listener
            }
        }
    }

    fun ring(vararg what: Changed) {
        thread.execute { listeners.forEach { tell(it, what.asList()) } }
    }

    override fun close() {
        listeners.clear()
        thread.shutdown()
    }

    /** What a listener throws ends it and nothing else. */
    private fun tell(listener: ChangeListener, what: List<Changed>) {
        runCatching { listener.changed(what) }.onFailure { listeners -= listener }
    }
}
