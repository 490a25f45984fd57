package gewu.client

import gewu.HostException
import gewu.HostTransport
import gewu.HttpAnswer
import gewu.HttpOrder
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger

/** The app's network, which can be away or silent. */
internal class Wire : HostTransport {
    private val inner = UrlTransport()
    val asked = AtomicInteger()

    @Volatile
    var away = false

    /** Done when a request meets the silence. */
    val reached = CompletableDeferred<Unit>()

    @Volatile
    private var held: CountDownLatch? = null

    @Volatile
    private var cancelled = false

    /** Requests wait from here on, until they are released or cancelled. */
    fun hold() {
        held = CountDownLatch(1)
    }

    fun release() {
        held?.countDown()
        held = null
    }

    override fun send(order: HttpOrder): HttpAnswer {
        asked.incrementAndGet()
        held?.let {
            reached.complete(Unit)
            it.await()
            if (cancelled) throw HostException.Cancelled()
        }
        if (away) throw HostException.Offline()
        return inner.send(order)
    }

    override fun cancel(line: ULong) {
        if (held != null) cancelled = true
        release()
        inner.cancel(line)
    }
}
