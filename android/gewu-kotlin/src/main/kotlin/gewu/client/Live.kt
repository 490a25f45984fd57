package gewu.client

import gewu.CaseDetail
import gewu.CaseId
import gewu.ChangeListener
import gewu.Changed
import gewu.Draft
import gewu.FieldTask
import gewu.GewuInterface
import gewu.ListQuery
import gewu.Listening
import gewu.Page
import gewu.SdkException
import gewu.StatusCounts
import gewu.StorageProblem
import kotlinx.coroutines.delay
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.transform
import kotlinx.coroutines.launch

/** The cases of a query: the page of now, and a new one whenever it shows something else. */
fun GewuClient.liveCases(query: ListQuery = ListQuery()): Flow<Page> =
    live(Changed.CASES) { list(query) }

/**
 * One case, whole. Fails with [SdkException.NotFound] when it leaves the device; where nobody is signed in, it
 * ends.
 */
fun GewuClient.liveCase(case: CaseId): Flow<CaseDetail> = flow {
    var isShown = false
    val details = live(Changed.CASES) { show(case) }.onEach { isShown = true }
    emitAll(details.catch { error -> if (error !is SdkException.NotFound || !isNobodys(isShown)) throw error })
}

/** What the user is asked to do, the most urgent first; nothing while nobody is signed in. */
fun GewuClient.liveTasks(): Flow<List<FieldTask>> = live(Changed.TASKS) {
    try {
        tasks()
    } catch (nobody: SdkException.NotEnrolled) {
        emptyList()
    }
}

/** What is unsent, and what became of what was sent. */
fun GewuClient.liveStatus(): Flow<StatusCounts> = live(Changed.STATUS) { status() }

/** Reports that are not handed in, the latest edited first. */
fun GewuClient.liveDrafts(): Flow<List<Draft>> = live(Changed.STATUS) { drafts() }

/**
 * Any query as a flow: its answer now, and again after each change of that sort that alters it. Who
 * collects slowly misses answers in between and never the last one. It waits while the client is suspended and
 * while a query that needs a user has none, and goes on after [GewuClient.resume] and [GewuClient.enrol].
 */
fun <T> GewuClient.live(what: Changed, query: GewuInterface.() -> T): Flow<T> =
    ticks(what)
        .conflate()
        .transform { unlessWaiting(query)?.let { emit(it.value) } }
        .flowOn(dispatcher)
        .distinctUntilChanged()

private class Answer<T>(val value: T)

private fun <T> GewuClient.unlessWaiting(query: GewuInterface.() -> T): Answer<T>? = try {
    Answer(core.query())
} catch (error: SdkException.Storage) {
    if (error.problem is StorageProblem.Suspended) null else throw error
} catch (nobody: SdkException.NotEnrolled) {
    null
} catch (error: IllegalStateException) {
    if (closed.isCompleted) null else throw error
}

/** Whether nobody is signed in. Who signs out takes the cases along first: it may be true only in a moment. */
private suspend fun GewuClient.isNobodys(inAMoment: Boolean): Boolean {
    repeat(if (inAMoment) 40 else 1) {
        if ((attempt { whoami() } as? Outcome.Failed)?.wayOut == WayOut.ENROL) return true
        if (inAMoment) delay(25)
    }
    return false
}

/** Nothing when the client was closed: the flow ends as it would have a moment later. */
private fun GewuClient.heard(listener: ChangeListener): Listening? = try {
    core.listen(listener)
} catch (error: IllegalStateException) {
    if (closed.isCompleted) null else throw error
}

private fun GewuClient.ticks(topic: Changed): Flow<Unit> = callbackFlow {
    val listener = object : ChangeListener {
        override fun changed(what: List<Changed>) {
            if (topic in what) trySend(Unit)
        }
    }
    val listening = heard(listener)
    if (listening == null) {
        close()
        return@callbackFlow
    }
    launch { resumed.collect { send(Unit) } }
    launch {
        closed.await()
        close()
    }
    awaitClose {
        listening.cancel()
        listening.close()
    }
}.buffer(Channel.CONFLATED)
