package gewu.client

import gewu.ActInput
import gewu.CaseDetail
import gewu.CaseId
import gewu.DraftId
import gewu.DraftInput
import gewu.ListQuery
import gewu.MovedAside
import gewu.OpenOptions
import gewu.Page
import gewu.PhotoFile
import gewu.Saved
import gewu.SdkException
import gewu.SetAsideNote
import gewu.SignInRequest
import gewu.SyncReport
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.io.File
import kotlin.time.Duration.Companion.seconds

/** The most that a list holds. */
private const val MOST_REPORTS = 500u

/** How long a report waits for the city to take the phone in. */
private val PATIENCE = 10.seconds

/** What became of a citizen's report. */
sealed interface Reported {
    /** It is saved and goes to the city with the next sync. */
    data class Done(val saved: Saved) : Reported

    /**
     * It is kept on the phone and becomes a report when there was a network once: a city has to know the
     * phone before it can take a report of it.
     */
    data class Waiting(val draft: DraftId) : Reported
}

/**
 * All that a report screen in somebody else's app needs. Making one does nothing: before [consent] no file
 * is written, no address asked, nothing collected.
 *
 * Citizens are anonymous: the city gets a pseudonym for each report, and a contact only where one is given. A user who
 * is signed in in the app may report under that account ([signIn]); others than the city do not see it.
 */
class GewuCitizen private constructor(
    private val server: String,
    private val isBegun: () -> Boolean,
    private val open: suspend () -> GewuClient,
) : AutoCloseable {
    private val gate = Mutex()
    private val enrolling = Mutex()
    private val waitingReports = WaitingReports()

    @Volatile
    private var client: GewuClient? = null

    @Volatile
    private var closed = false

    /**
     * @param server the city's address.
     * @param options the folder, and what else the app does in the SDK's place.
     */
    constructor(server: String, options: OpenOptions) :
        this(server, { File(options.folder, "gewu.db").exists() }, { GewuClient.open(options) })

    /** The same in a folder, with everything as usual. */
    constructor(server: String, folder: String) : this(server, OpenOptions(folder = folder))

    /** Whether the user agreed before. Writes nothing. */
    suspend fun hasConsent(): Boolean {
        return isBegun() && opened().hasConsent()
    }

    /** Records that the user agreed to the terms of this version. Needs no network. */
    suspend fun consent(version: String) = opened().consent(version)

    /**
     * What the app's backend puts into the token for [signIn]: `city` as `aud`, `device` as `nonce`. Needs consent, and
     * the network until the phone is known to the city.
     */
    suspend fun signInRequest(): SignInRequest {
        val client = agreed()
        return enrolling.withLock { client.signInRequest(server) }
    }

    /**
     * From now on reports go under the user's account in the app, waiting and unsent ones too; what the city has
     * already stays anonymous. [token] is what the app's backend made for [signInRequest]. Needs the network: a token
     * is not kept. One that the city does not take is refused in its words, and so is another account on this phone:
     * [leave] first.
     */
    suspend fun signIn(token: String) {
        val client = agreed()
        enrolling.withLock { client.signIn(server, token) }
    }

    /** The app under whose account reports go, by the name that the city has for it; null while they are anonymous. */
    suspend fun account(): String? = try {
        agreed().whoami().account
    } catch (unknown: SdkException.NotEnrolled) {
        null
    }

    /**
     * Reports. When this returns, it survives a loss of power, whatever it came to. When it throws or is
     * cancelled, it saved nothing. What no city will ever take is refused at once.
     *
     * The report lies on the phone before the city is asked. The first one asks it to take the phone in, and waits
     * no longer than ten seconds for that.
     */
    suspend fun report(input: DraftInput, photos: List<PhotoFile> = emptyList()): Reported {
        val client = agreed()
        if (input.selfHandled) throw SdkException.InvalidInput("selfHandled", "only the city's own people settle it on the spot")
        client.checkReport(input)
        return waitingReports.fresh(client, input, photos) { draft ->
            if (!soonKnown()) return@fresh Reported.Waiting(draft)
            // From here on it is saved, and says so, or it is not.
            withContext(NonCancellable) { handIn(client, draft) }
        }
    }

    /**
     * Sends and fetches; hands in what waited for the first network. What cannot be handed in then stands in
     * [waiting] with the reason. Null while the city cannot be reached for the first time.
     */
    suspend fun sync(): SyncReport? {
        val client = agreed()
        if (!known()) return null
        if (!waitingReports.handIn(client)) {
            // The sync brings the classes that were missing.
            client.sync()
            waitingReports.handIn(client)
        }
        return client.sync()
    }

    /** The user's latest 500 reports with the city's public word on each, always as they stand. */
    fun myReports(): Flow<Page> = flow { emitAll(agreed().liveCases(ListQuery(mine = true, limit = MOST_REPORTS))) }

    /** Reports that wait for the first network, or that the city does not take: see [WaitingReport.refused]. */
    suspend fun waiting(): List<WaitingReport> = waitingReports.all(agreed())

    /** Throws a waiting report away, with its photos. */
    suspend fun discardWaiting(draft: DraftId) = waitingReports.discard(agreed(), draft)

    /** One report, with what may be done about it in `publicWord.may`. */
    suspend fun show(case: CaseId): CaseDetail = agreed().case(case)

    /** Adds to a report. */
    suspend fun supplement(case: CaseId, act: ActInput): Saved = agreed().supplement(case, act)

    /** Asks to hurry. */
    suspend fun urge(case: CaseId, words: String? = null): Saved = agreed().urge(case, ActInput(text = words))

    /** Takes a report back. */
    suspend fun withdraw(case: CaseId, words: String? = null): Saved =
        agreed().withdraw(case, ActInput(text = words))

    /** Rates the result, from 1 (worst) to 5 (best). */
    suspend fun rate(case: CaseId, score: Int, words: String? = null): Saved =
        agreed().rate(case, score, ActInput(text = words))

    /** Asks to open an ended report again (申请重办): what `publicWord.may` calls `reopen_request`. */
    suspend fun askToReopen(case: CaseId, words: String): Saved =
        agreed().askReopening(case, act = ActInput(text = words))

    /** Reports and words that the city set aside, or that were lost with the phone's key: each with its reason. */
    suspend fun setAside(): List<SetAsideNote> = agreed().status().setAside

    /**
     * Databases of this phone that were damaged and moved aside, the oldest first. What was unsent in them is nowhere
     * else. After the damage the phone is a new one, and the user is asked for consent again.
     */
    suspend fun movedAside(): List<MovedAside> = agreed().movedAside()

    /** Removes a database that was moved aside, for ever, with everything that was unsent in it. */
    suspend fun discardMovedAside(name: String) = agreed().discardMovedAside(name)

    /**
     * Takes everything off the phone but that the user agreed; refused while a report is unsent or waits, or a damaged
     * database lies aside, in words that say what to do.
     */
    suspend fun leave() {
        val client = agreed()
        waitingReports.sweep(client)
        whyNotLeave(waiting(), client.movedAside())?.let { throw SdkException.NotPermitted(it) }
        try {
            client.signOut()
        } catch (unsent: SdkException.NotPermitted) {
            // The core names ways out that this screen does not have.
            throw SdkException.NotPermitted("not everything is sent yet: sync first")
        }
    }

    /** Lets go of the folder; a call after that fails with [IllegalStateException]. */
    override fun close() {
        closed = true
        client?.close()
    }

    private suspend fun handIn(client: GewuClient, draft: DraftId): Reported = try {
        Reported.Done(client.reportDraft(draft))
    } catch (early: SdkException.TooOld) {
        // The city's classes are not here yet: the next sync brings them.
        Reported.Waiting(draft)
    }

    /** Whether the city knows the phone; makes it known where there is a network, once for all who ask. */
    private suspend fun known(): Boolean = enrolling.withLock {
        val client = agreed()
        isKnown(client) || attempt { client.enrol(server) }.let { it is Outcome.Done || refuse(it) }
    }

    /** The same for somebody who waits before a button. */
    private suspend fun soonKnown(): Boolean = withTimeoutOrNull(PATIENCE) { known() } ?: isKnown(agreed())

    private suspend fun isKnown(client: GewuClient): Boolean = try {
        client.whoami()
        true
    } catch (unknown: SdkException.NotEnrolled) {
        false
    }

    /** A network that is away is no failure; anything else is. */
    private fun refuse(outcome: Outcome<*>): Boolean {
        val failed = outcome as Outcome.Failed
        if (failed.wayOut != WayOut.TRY_LATER) throw failed.cause
        return false
    }

    private suspend fun agreed(): GewuClient {
        if (!hasConsent()) throw SdkException.NotPermitted("the user has not agreed yet; ask first")
        return opened()
    }

    private suspend fun opened(): GewuClient {
        check(!closed) { "the screen was closed" }
        return client ?: gate.withLock { client ?: open().also(::hold) }
    }

    private fun hold(opened: GewuClient) {
        client = opened
        // Whoever closed meanwhile has not seen it.
        if (closed) opened.close()
    }

    companion object {
        /**
         * The same over a client that is open already: `FakeGewu` of `gewu-testing`, in an app's tests. It is closed
         * with this one.
         */
        fun over(server: String, client: GewuClient): GewuCitizen = GewuCitizen(server, { true }, { client })
    }
}
