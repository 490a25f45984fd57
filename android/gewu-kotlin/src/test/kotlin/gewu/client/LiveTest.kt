package gewu.client

import gewu.ChangeListener
import gewu.Changed
import gewu.DraftInput
import gewu.ListQuery
import gewu.SdkException
import gewu.SyncOutcome
import gewu.SyncProgress
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.ServerSocket
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.seconds

/** Live queries, progress and cancellation. */
class LiveTest {
    @Test
    fun `a list shows the present at once and then each change`() = test {
        inspector().use { wang ->
            val sizes = Channel<Int>(Channel.UNLIMITED)
            val mine = ListQuery(mine = true)
            val job = wang.client.liveCases(mine).onEach { sizes.send(it.rows.size) }.launchIn(this)
            assertEquals(0, sizes.receive())
            wang.client.report(request(photos = listOf(photo())))
            assertEquals(1, sizes.receive())
            wang.client.report(request(photos = listOf(photo())))
            assertEquals(2, sizes.receive())
            job.cancelAndJoin()
        }
    }

    @Test
    fun `a change of drafts does not wake a list of cases`() = test {
        inspector().use { wang ->
            val pages = AtomicInteger()
            val job = launch(Dispatchers.Default) {
                wang.client.live(Changed.CASES) { pages.incrementAndGet() }.collect {}
            }
            val drafts = Channel<Int>(Channel.UNLIMITED)
            val other = wang.client.liveDrafts().onEach { drafts.send(it.size) }.launchIn(this)
            assertEquals(0, drafts.receive())
            while (pages.get() == 0) delay(5)
            repeat(5) {
                wang.client.newDraft(DraftInput(text = "draft $it"))
                assertEquals(it + 1, drafts.receive())
            }
            assertEquals(1, pages.get())
            job.cancelAndJoin()
            other.cancelAndJoin()
        }
    }

    @Test
    fun `tasks and status tell by themselves`() = test {
        val unit = name("unit")
        inspector().use { wang ->
            crew(unit).use { zhao ->
                val task = async { zhao.client.liveTasks().first { it.isNotEmpty() } }
                val unsent = async { wang.client.liveStatus().first { !it.synced } }
                val case = wang.client.report(request(photos = listOf(photo()))).case
                assertTrue(unsent.await().changes > 0u)
                val sent = async { wang.client.liveStatus().first { it.synced && it.lastSync != null } }
                wang.synced()
                sent.await()
                dispatch(case, unit)
                zhao.synced()
                assertEquals(case, task.await().single().row.case)
            }
        }
    }

    @Test
    fun `a live case ends when its user signs out`() = test {
        inspector().use { wang ->
            val case = wang.client.report(request(photos = listOf(photo()))).case
            val seen = CompletableDeferred<Unit>()
            val watching = async {
                runCatching { wang.client.liveCase(case).collect { seen.complete(Unit) } }
            }
            seen.await()
            wang.client.signOut(wang.folder.child("unsent"))
            assertEquals(null, watching.await().exceptionOrNull())
            val unknown = runCatching { inspector().use { it.client.liveCase(case).collect { } } }
            assertTrue(unknown.exceptionOrNull() is SdkException.NotFound, "$unknown")
        }
    }

    @Test
    fun `flows end when the client is closed and the folder is free at once`() = test {
        val device = inspector()
        val seen = CompletableDeferred<Unit>()
        val watching = launch { device.client.liveCases().collect { seen.complete(Unit) } }
        seen.await()
        device.client.close()
        withTimeout(10.seconds) { watching.join() }
        GewuClient.open(device.folder.path).use { assertTrue(it.hasConsent()) }
        device.folder.close()
    }

    @Test
    fun `live queries wait while suspended and go on after resuming`() = test {
        inspector().use { wang ->
            val sizes = Channel<Int>(Channel.UNLIMITED)
            val mine = ListQuery(mine = true)
            val job = wang.client.liveCases(mine).onEach { sizes.send(it.rows.size) }.launchIn(this)
            assertEquals(0, sizes.receive())
            wang.client.report(request(photos = listOf(photo())))
            wang.client.suspend()
            delay(50)
            wang.client.resume()
            var last = 0
            while (last != 1) last = sizes.receive()
            wang.client.report(request(photos = listOf(photo())))
            assertEquals(2, sizes.receive())
            job.cancelAndJoin()
        }
    }

    @Test
    fun `a thousand changes reach a live query and leave nothing behind`() = test {
        inspector().use { wang ->
            val heard = AtomicInteger()
            val draft = wang.client.newDraft()
            val last = CompletableDeferred<Unit>()
            val job = wang.client.liveDrafts().onEach { drafts ->
                heard.incrementAndGet()
                if (drafts.single().input.text == "1000") last.complete(Unit)
            }.launchIn(this)
            val before = threads()
            repeat(1_000) { wang.client.updateDraft(draft, DraftInput(text = "${it + 1}")) }
            last.await()
            assertTrue(heard.get() > 10, "heard ${heard.get()}")
            job.cancelAndJoin()
            // Two hundred collectors come and go; their threads and handles go with them.
            repeat(200) { wang.client.liveDrafts().first() }
            var now = threads()
            repeat(100) { if (now > before) { delay(50); now = threads() } }
            assertTrue(now <= before, "$before threads of listeners before, $now after")
        }
    }

    /** Threads of the SDK's that listen, as the system counts them. */
    private fun threads(): Int = java.io.File("/proc/self/task").listFiles().orEmpty().count { task ->
        runCatching { java.io.File(task, "comm").readText().trim() == "gewu-listen" }.getOrDefault(false)
    }

    @Test
    fun `what a listener throws ends it and nothing else`() = test {
        inspector().use { wang ->
            val calls = AtomicInteger()
            val listener = object : ChangeListener {
                override fun changed(what: List<Changed>) {
                    calls.incrementAndGet()
                    error("of the app")
                }
            }
            wang.client.core.listen(listener).use {
                repeat(3) { wang.client.newDraft() }
                while (calls.get() == 0) delay(5)
                delay(100)
                assertEquals(1, calls.get())
            }
            assertEquals(3, wang.client.drafts().size)
        }
    }

    @Test
    fun `a listener may call the SDK back`() = test {
        inspector().use { wang ->
            val sizes = ConcurrentLinkedQueue<Int>()
            val listener = object : ChangeListener {
                override fun changed(what: List<Changed>) {
                    sizes += wang.client.core.drafts().size
                }
            }
            wang.client.core.listen(listener).use {
                wang.client.newDraft()
                while (sizes.lastOrNull() != 1) delay(5)
            }
        }
    }

    @Test
    fun `callbacks come from many threads at once`() = test {
        val latch = CountDownLatch(8)
        val names = ConcurrentHashMap.newKeySet<Long>()
        inspector().use { wang ->
            val listening = List(8) {
                val listener = object : ChangeListener {
                    override fun changed(what: List<Changed>) {
                        names += Thread.currentThread().id
                        latch.countDown()
                        // Holds its own thread until all eight are in a call at once.
                        latch.await(30, TimeUnit.SECONDS)
                    }
                }
                wang.client.core.listen(listener)
            }
            while (latch.count > 0) delay(5)
            assertEquals(8, names.size)
            listening.forEach { it.close() }
        }
    }

    @Test
    fun `many coroutines save at once and each save counts`() = test {
        inspector().use { wang ->
            val cases = List(24) { at ->
                async(Dispatchers.Default) { wang.client.report(request("report $at", listOf(photo()))).case }
            }.map { it.await() }
            assertEquals(24, cases.toSet().size)
            val shown = mutableSetOf<String>()
            wang.client.allCases(ListQuery(mine = true)).collect { shown += it.case }
            assertEquals(cases.toSet(), shown)
            wang.synced()
        }
    }

    @Test
    fun `a sync tells its steps and ends with its report`() = test {
        inspector().use { wang ->
            wang.client.report(request(photos = listOf(photo())))
            val events = wang.client.syncing().toList()
            val steps = events.filterIsInstance<SyncEvent.Step>().map { it.progress }
            assertTrue(steps.any { it is SyncProgress.Exchanged }, "$steps")
            assertTrue(steps.any { it is SyncProgress.Uploading && it.sent == it.total }, "$steps")
            val report = (events.last() as SyncEvent.Finished).report
            assertEquals(SyncOutcome.Complete, report.outcome)
            assertEquals(0u, report.unsent)
        }
    }

    @Test
    fun `enrolling tells the steps of the first sync`() = test {
        val steps = java.util.concurrent.ConcurrentLinkedQueue<SyncProgress>()
        stranger().use { device -> device.client.enrol(city.url) { steps += it } }
        val last = steps.filterIsInstance<SyncProgress.Exchanged>().last()
        assertEquals(0uL, last.left, "$steps")
    }

    @Test
    fun `cancelling a coroutine ends enrolling that hangs and the code works afterwards`() = test {
        ServerSocket(0).use { silent ->
            stranger().use { device ->
                val enrolling = async { device.client.enrol("http://127.0.0.1:${silent.localPort}") }
                withContext(Dispatchers.IO) { silent.accept() }.use {
                    val from = System.nanoTime()
                    enrolling.cancelAndJoin()
                    val took = (System.nanoTime() - from) / 1_000_000
                    assertTrue(took < 5_000, "ended after $took ms")
                }
                assertEquals(WayOut.ENROL, (attempt { device.client.whoami() } as Outcome.Failed).wayOut)
                val code = city.code("late-${System.nanoTime()}", "inspector", dutyGrids = listOf(MARKET))
                assertEquals(listOf("inspector"), device.client.enrol(city.url, code).who.roles)
            }
        }
    }

    @Test
    fun `photos of a server that does not answer hold up no other call`() = test {
        ServerSocket(0).use { silent ->
            inspector().use { wang ->
                Silence(silent).use { wire ->
                    val device = reopenedOver(wang, wire)
                    val fetches = List(100) { at ->
                        launch { attempt { device.savePhoto("%064x".format(at + 1), wang.folder.child("p$at")) } }
                    }
                    while (wire.waiting.get() < 4) delay(5)
                    repeat(50) { withTimeout(5_000) { device.cases() } }
                    assertEquals(4, wire.waiting.get())
                    fetches.forEach { it.cancel() }
                    wire.cancel(0u)
                    fetches.joinAll()
                    device.close()
                }
            }
        }
    }

    @Test
    fun `cancelling a coroutine ends a sync that hangs and loses nothing`() = test {
        ServerSocket(0).use { silent ->
            inspector().use { wang ->
                val case = wang.client.report(request(photos = listOf(photo()))).case
                Silence(silent).use { wire ->
                    val device = reopenedOver(wang, wire)
                    val syncing = async { device.sync() }
                    while (wire.waiting.get() == 0) delay(5)
                    val from = System.nanoTime()
                    syncing.cancelAndJoin()
                    val took = (System.nanoTime() - from) / 1_000_000
                    assertTrue(took < 5_000, "ended after $took ms")
                    assertTrue(syncing.isCancelled)
                    device.close()
                }
                GewuClient.open(wang.folder.path).use { again ->
                    assertEquals(case, again.cases(ListQuery(mine = true)).rows.single().case)
                    assertEquals(SyncOutcome.Complete, again.sync().outcome)
                }
            }
        }
    }

    @Test
    fun `a collector that goes away ends its sync`() = test {
        inspector().use { wang ->
            repeat(3) { wang.client.report(request(photos = listOf(photo()))) }
            wang.client.syncing().first()
            assertEquals(SyncOutcome.Complete, wang.client.sync().outcome)
        }
    }

    @Test
    fun `cancelling the work on a photo leaves the draft as it was`() = test {
        inspector().use { wang ->
            val draft = wang.client.newDraft()
            val begun = CompletableDeferred<Unit>()
            val goOn = CountDownLatch(1)
            val work = async {
                wang.client.attach(draft, photo()) {
                    begun.complete(Unit)
                    goOn.await(20, TimeUnit.SECONDS)
                }
            }
            begun.await()
            val cancelling = launch { work.cancelAndJoin() }
            delay(50)
            goOn.countDown()
            cancelling.join()
            assertTrue(work.isCancelled)
            assertTrue(wang.client.draft(draft).photos.isEmpty())
        }
    }

    @Test
    fun `what a progress listener throws stops no sync`() = test {
        inspector().use { wang ->
            wang.client.report(request(photos = listOf(photo())))
            val calls = AtomicInteger()
            val report = wang.client.sync {
                calls.incrementAndGet()
                error("of the app")
            }
            assertEquals(SyncOutcome.Complete, report.outcome)
            assertEquals(1, calls.get())
        }
    }

    @Test
    fun `an absent server is an outcome and no error`() = test {
        gewu.testing.GewuTestServer.start().use { own ->
            inspector(own).use { wang ->
                wang.client.report(request(photos = listOf(photo())))
                own.kill()
                val report = wang.client.sync()
                assertTrue(report.outcome is SyncOutcome.Later, "$report")
                own.restart()
                assertFalse(wang.client.status().synced)
                assertEquals(SyncOutcome.Complete, wang.client.sync().outcome)
                assertTrue(wang.client.status().synced)
            }
        }
    }

    private suspend fun reopenedOver(device: Device, wire: Silence): GewuClient {
        device.client.close()
        return GewuClient.open(gewu.OpenOptions(folder = device.folder.path, transport = wire))
    }

    /** A network that takes a request and never answers. */
    private class Silence(private val socket: ServerSocket) : gewu.HostTransport, AutoCloseable {
        val waiting = AtomicInteger()
        @Volatile
        private var gate = CountDownLatch(1)

        override fun send(order: gewu.HttpOrder): gewu.HttpAnswer {
            waiting.incrementAndGet()
            if (gate.await(60, TimeUnit.SECONDS)) throw gewu.HostException.Cancelled()
            throw gewu.HostException.Timeout()
        }

        override fun cancel(line: ULong) {
            gate.countDown()
            gate = CountDownLatch(1)
        }

        override fun close() = socket.close()
    }
}
