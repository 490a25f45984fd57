package gewu.client

import gewu.CancelHandle
import gewu.CheckupNote
import gewu.Enrolment
import gewu.Gewu
import gewu.GewuInterface
import gewu.Locker
import gewu.MovedAside
import gewu.NetworkKind
import gewu.OpenOptions
import gewu.SignInRequest
import gewu.SyncProgress
import gewu.WhoAmI
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.isActive
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.withContext
import java.nio.charset.CharacterCodingException
import java.util.concurrent.ConcurrentHashMap

/**
 * The SDK on one device, for coroutines: each call suspends and does its work on [dispatcher], live
 * queries are flows, and whoever cancels a coroutine cancels the work.
 *
 * One client at a time may hold a folder. [close] ends syncs and work on photos that are under way and lets
 * go of it when they have ended; a call after that fails with [IllegalStateException], and live queries end.
 * May be shared between threads.
 */
class GewuClient private constructor(
    private val held: GewuInterface,
    @PublishedApi internal val dispatcher: CoroutineDispatcher,
    internal val newHandle: () -> CancelHandle,
) : AutoCloseable {
    @PublishedApi
    internal val core: GewuInterface = WholeTexts(held)

    /** What stops the long calls that run now. */
    internal val underWay: MutableSet<CancelHandle> = ConcurrentHashMap.newKeySet()

    /** A server that does not answer holds this many calls, and none beyond. */
    internal val fetching = Semaphore(4)

    /** Done when the client is closed. */
    internal val closed = CompletableDeferred<Unit>()

    /** Speaks when the database was taken up again. */
    internal val resumed = MutableSharedFlow<Unit>(extraBufferCapacity = 1)

    /**
     * Does several calls of the plain object in one go, off the calling thread. Whoever is cancelled before it begins
     * has done nothing; once it has begun it returns what it came to, for it may have saved.
     */
    suspend inline fun <T> call(crossinline work: GewuInterface.() -> T): T =
        inOneGo(dispatcher) { core.work() }

    /** Records that the user agreed to the terms of this version. Nothing happens before. */
    suspend fun consent(terms: String) = call { consent(terms) }

    /** Whether the user agreed to any terms. */
    suspend fun hasConsent(): Boolean = call { hasConsent() }

    /**
     * Makes this the device of the user whom the [code] was issued for, or without one of a citizen.
     * Needs the network. The first sync is part of it, and may take minutes where a device is given many
     * cases: [onStep] hears how far it is, from a thread of the SDK's. Whoever cancels it before the server has
     * answered may try the same code again.
     */
    suspend fun enrol(
        server: String,
        code: String? = null,
        onStep: ((SyncProgress) -> Unit)? = null,
    ): Enrolment = cancellable { core.enrol(server, it, code, onStep?.let(::listener)) }

    /**
     * What the app's backend puts into a token for [signIn]: the city and this device's key. Needs the network while
     * the device belongs to no city yet.
     */
    suspend fun signInRequest(server: String): SignInRequest = cancellable { core.signInRequest(server, it) }

    /**
     * Has a citizen's reports go under the user's account in the app from now on, and enrols the device where it is
     * not. What the city has already stays anonymous. Needs the network.
     */
    suspend fun signIn(server: String, token: String): Enrolment = cancellable { core.signIn(server, token, it) }

    /** Who uses the device. */
    suspend fun whoami(): WhoAmI = call { whoami() }

    /**
     * Leaves the city. Refused while something is unsent, unless a folder is named into which it is
     * written first.
     */
    suspend fun signOut(unsentTo: String? = null) = call { signOut(unsentTo) }

    /**
     * Leaves a shared handset and locks everything up on it until [unlock]. Others may use it meanwhile. The
     * passphrase has six characters at least; nobody opens the locker without it.
     */
    suspend fun lockUp(passphrase: String) = call { lockUp(passphrase) }

    /** What people locked up here, the oldest first. */
    suspend fun lockers(): List<Locker> = call { lockers() }

    /** Brings back what somebody locked up. Works without a network, while nobody is signed in. */
    suspend fun unlock(locker: String, passphrase: String): WhoAmI = call { unlock(locker, passphrase) }

    /** Removes a locker with everything in it, for ever. */
    suspend fun discardLocker(locker: String) = call { discardLocker(locker) }

    /**
     * Databases that were damaged and moved aside, the oldest first. What was unsent in them is nowhere else.
     * While there is one, nobody signs out without naming a folder, into which it goes then.
     */
    suspend fun movedAside(): List<MovedAside> = call { movedAside() }

    /** Removes a database that was moved aside, for ever, with everything that was unsent in it. */
    suspend fun discardMovedAside(name: String) = call { discardMovedAside(name) }

    /** Tells what kind of network there is, or that there is none. At once, from any thread. */
    fun tellNetwork(kind: NetworkKind) = core.tellNetwork(kind)

    /**
     * Tells whether the app is in front, or somebody on shift: who stays synced ([stayingSynced]) listens for news
     * meanwhile. At once, from any thread.
     */
    fun tellForeground(isInFront: Boolean) = core.tellForeground(isInFront)

    /** A vendor's push says that there may be news: who stays synced looks. What it carries is not looked at. */
    fun onPushHint() = core.onPushHint()

    /** Somebody wants a sync now: who stays synced begins one, whatever it waits for. */
    fun syncSoon() = core.syncSoon()

    /**
     * Looks the device over and changes nothing: the database and every file, what is unsent, how the last syncs
     * went. Takes a while where much is held.
     */
    suspend fun checkup(): CheckupNote = call { checkup() }

    /** Lets go of the database for the background; calls fail as suspended until [resume]. */
    suspend fun suspend(graceMs: Long = 2_000) = call { suspend(graceMs.unsigned("graceMs")) }

    /** Takes the database up again; live queries go on. */
    suspend fun resume() {
        call { resume() }
        resumed.emit(Unit)
    }

    override fun close() {
        closed.complete(Unit)
        underWay.forEach(::stop)
        (held as? AutoCloseable)?.close()
    }

    private fun stop(cancel: CancelHandle) {
        try {
            cancel.cancel()
        } catch (ended: IllegalStateException) {
            // The call ended in this moment.
        }
    }

    companion object {
        /** Opens the device in a folder, or begins one there. */
        suspend fun open(
            folder: String,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): GewuClient = open(OpenOptions(folder = folder), dispatcher)

        /** The same with a key store, a transport or a log of the app's. Who is cancelled meanwhile holds no folder. */
        suspend fun open(
            options: OpenOptions,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): GewuClient {
            val client = inOneGo(dispatcher) { over(opened(options), dispatcher) }
            val caller = currentCoroutineContext()
            // Nobody would close it for whoever is gone.
            if (!caller.isActive) withContext(NonCancellable) { withContext(dispatcher) { client.close() } }
            caller.ensureActive()
            return client
        }

        private fun opened(options: OpenOptions): Gewu = try {
            Gewu.openWith(options)
        } catch (unwritable: CharacterCodingException) {
            throw halved("folder")
        }

        /**
         * A client over something else that does what [Gewu] does: `FakeGewu` of `gewu-testing`, in an app's
         * tests. It is closed with the client where it can be. [newHandle] makes what stops its long calls.
         */
        fun over(
            core: GewuInterface,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
            newHandle: () -> CancelHandle = ::CancelHandle,
        ): GewuClient = GewuClient(core, dispatcher, newHandle)
    }
}

/** Blocking work on [on] that a cancelled caller does not begin, and whose result it gets once it was begun. */
@PublishedApi
internal suspend fun <T> inOneGo(on: CoroutineDispatcher, work: () -> T): T {
    val caller = currentCoroutineContext()
    // The outer one alone would drop the result when it comes back from another dispatcher.
    return withContext(NonCancellable) {
        withContext(on) {
            caller.ensureActive()
            work()
        }
    }
}
