package gewu.ui

import gewu.Locker
import gewu.SdkException
import gewu.WhoAmI
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.client.WayOut
import gewu.client.attempt
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** What the app is for this user. */
enum class AppRole {
    /** Patrols: today's list, reports, verifying and checking. */
    INSPECTOR,

    /** Works: tasks by urgency. */
    CREW,

    /** Reports and rates. */
    CITIZEN,
    ;

    companion object {
        /** By the roles of a certificate; whoever has none of staff's that the app knows is a citizen. */
        fun of(who: WhoAmI): AppRole = when {
            "inspector" in who.roles -> INSPECTOR
            who.roles.any { it == "crew" || it == "unit_lead" } -> CREW
            else -> CITIZEN
        }
    }
}

/** Where the one way in stands. */
sealed interface Session {
    /** It is not known yet. */
    data object Looking : Session

    /** The user has to agree first. */
    data object NeedsConsent : Session

    /**
     * Nobody uses the phone; [problem] is what went wrong last. On a handset that several share, [lockers] hold
     * what others locked up when they left.
     */
    data class NeedsSignIn(val problem: Outcome.Failed? = null, val lockers: List<Locker> = emptyList()) : Session

    /** Somebody uses it. [problem] is why leaving was refused. */
    data class SignedIn(val role: AppRole, val who: WhoAmI, val problem: Outcome.Failed? = null) : Session
}

/** One way in for all roles: consent, then a code for staff or none for citizens. */
class SessionModel(private val client: GewuClient, private val server: String) {
    private val now = MutableStateFlow<Session>(Session.Looking)

    /** Always as it stands. */
    val state: StateFlow<Session> = now.asStateFlow()

    /** Looks who uses the phone: at the start. */
    suspend fun look() {
        now.value = when {
            !client.hasConsent() -> Session.NeedsConsent
            else -> signedIn() ?: needsSignIn()
        }
    }

    /** The user's own tap on the terms of this version. */
    suspend fun agree(terms: String) {
        client.consent(terms)
        look()
    }

    /** Signs in with a code, or as a citizen without one. */
    suspend fun signIn(code: String?) {
        val asked = code?.trim()?.ifEmpty { null }
        now.value = when (val done = attempt { client.enrol(server, asked) }) {
            is Outcome.Done -> Session.SignedIn(AppRole.of(done.value.who), done.value.who)
            is Outcome.Failed -> needsSignIn(done)
        }
    }

    /** Takes up again what its owner locked up: with the passphrase that locked it. */
    suspend fun unlock(locker: Locker, passphrase: String) {
        now.value = when (val done = attempt { client.unlock(locker.name, passphrase) }) {
            is Outcome.Done -> Session.SignedIn(AppRole.of(done.value), done.value)
            is Outcome.Failed -> needsSignIn(done)
        }
    }

    /** Hands a shared handset on: what is unsent stays here, locked up under a passphrase. */
    suspend fun lockUp(passphrase: String) = leave { client.lockUp(passphrase) }

    /** Leaves; refused while something is unsent. */
    suspend fun signOut() = leave { client.signOut() }

    private suspend fun leave(how: suspend () -> Unit) {
        val before = now.value as? Session.SignedIn ?: return
        now.value = when (val done = attempt { how() }) {
            is Outcome.Done -> needsSignIn()
            is Outcome.Failed -> before.copy(problem = done)
        }
    }

    private suspend fun needsSignIn(problem: Outcome.Failed? = null): Session {
        val lockers = attempt { client.lockers() } as? Outcome.Done
        return Session.NeedsSignIn(problem, lockers?.value.orEmpty())
    }

    private suspend fun signedIn(): Session? = try {
        val who = client.whoami()
        Session.SignedIn(AppRole.of(who), who)
    } catch (nobody: SdkException.NotEnrolled) {
        null
    }
}

/** Whether trying the same again may help. */
val Outcome.Failed.isPassing: Boolean get() = wayOut == WayOut.TRY_LATER
