package gewu.client

import gewu.CancelHandle
import gewu.HandedResult
import gewu.HandedUpload
import gewu.SdkException
import gewu.SyncEndListener
import gewu.SyncListener
import gewu.SyncProgress
import gewu.SyncReport
import gewu.SyncTrigger
import gewu.UploadPolicy
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.withContext
import java.util.concurrent.Executors

/** What a sync tells: how far it is, and at the end what it did. */
sealed interface SyncEvent {
    /** So far. */
    data class Step(val progress: SyncProgress) : SyncEvent

    /** The last one. That the network is away is told by the report's outcome and is no error. */
    data class Finished(val report: SyncReport) : SyncEvent
}

/**
 * Syncs as long as somebody collects. Steps that are not collected in time are left out, the last
 * event never is.
 */
fun GewuClient.syncing(trigger: SyncTrigger = SyncTrigger.MANUAL): Flow<SyncEvent> = channelFlow {
    val report = sync(trigger) { step -> trySend(SyncEvent.Step(step)) }
    send(SyncEvent.Finished(report))
}.buffer(Channel.BUFFERED)

/**
 * Exchanges with the server until both hold the same. Cancelling the coroutine ends it, and nothing is
 * lost; closing the client ends it with the outcome `Cancelled`. [onStep] is called from a thread of the SDK's.
 */
suspend fun GewuClient.sync(
    trigger: SyncTrigger = SyncTrigger.MANUAL,
    onStep: ((SyncProgress) -> Unit)? = null,
): SyncReport = cancellable { cancel -> core.sync(cancel, trigger, onStep?.let(::listener)) }

/** How a sync ended that a device began which stays synced. */
sealed interface SyncEnd {
    /** It ran. That the network is away is told by the report's outcome. */
    data class Ended(val report: SyncReport) : SyncEnd

    /** The device itself was in its way, and tries again. */
    data class Failed(val error: SdkException) : SyncEnd
}

/**
 * Keeps the device synced as long as somebody collects: a sync follows what is saved, a network that comes
 * back ([GewuClient.tellNetwork]), the app that comes to the front ([GewuClient.tellForeground]), a push
 * ([GewuClient.onPushHint]) and a timer; failures are waited out, and urgent cases do not wait. In the foreground
 * news come at once. Ends that are not collected in time are left out, the last one never is. Closing the
 * client ends it. One at a time; uses a thread of its own.
 *
 * Ask with [GewuClient.syncSoon] meanwhile: a [sync] that meets one of these fails as busy.
 */
fun GewuClient.stayingSynced(): Flow<SyncEnd> = channelFlow {
    val listener = object : SyncEndListener {
        override fun ended(report: SyncReport) {
            trySend(SyncEnd.Ended(report))
        }

        override fun failed(error: SdkException) {
            trySend(SyncEnd.Failed(error))
        }
    }
    val thread = Executors.newSingleThreadExecutor { Thread(it, "gewu-stay-synced").apply { isDaemon = true } }
    thread.asCoroutineDispatcher().use { own -> cancellable(own) { core.staySynced(it, listener) } }
}.buffer(Channel.BUFFERED, BufferOverflow.DROP_OLDEST)

internal fun listener(tell: (SyncProgress) -> Unit): SyncListener =
    object : SyncListener {
        override fun soFar(progress: SyncProgress) = listenerOfTheApps { tell(progress) }
    }

/** The bindings let an [Error] through to JNA, which prints it and goes on; what is no error ends the listener. */
internal fun listenerOfTheApps(tell: () -> Unit) = try {
    tell()
} catch (error: Error) {
    throw IllegalStateException("the listener failed", error)
}

/** When files may go up. */
suspend fun GewuClient.uploadPolicy(): UploadPolicy = call { uploadPolicy() }

/** Decides when files may go up. */
suspend fun GewuClient.setUploadPolicy(policy: UploadPolicy) = call { setUploadPolicy(policy) }

/** Hands the next files to an uploader of the platform's, at most so many. */
suspend fun GewuClient.handOverUploads(most: Int): List<HandedUpload> =
    call { handOverUploads(most.unsigned("most")) }

/** Says how such an upload ended. */
suspend fun GewuClient.handedUploadEnded(upload: HandedUpload, result: HandedResult) =
    call { handedUploadEnded(upload, result) }

/**
 * Runs blocking work that a handle can stop, and uses the handle when the coroutine is cancelled. It
 * returns only when the work has ended.
 */
internal suspend fun <T> GewuClient.cancellable(
    on: CoroutineDispatcher = dispatcher,
    work: (CancelHandle) -> T,
): T = coroutineScope {
    val cancel = newHandle()
    underWay += cancel
    // Whoever closes the client before this line has not seen the handle.
    if (closed.isCompleted) cancel.cancel()
    // What the work says when it was stopped is no failure of whoever stopped it.
    val running = async(on) { runCatching { work(cancel) } }
    try {
        running.await().getOrThrow()
    } catch (stop: CancellationException) {
        cancel.cancel()
        throw stop
    } finally {
        withContext(NonCancellable) {
            running.join()
            underWay -= cancel
            cancel.close()
        }
    }
}
