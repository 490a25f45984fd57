package gewu.client

import gewu.SdkException
import gewu.StorageProblem

/** What an app can do about a failed call. */
enum class WayOut {
    /** Show the words beside the field. */
    CORRECT_INPUT,

    /** List again, or sync. */
    REFRESH,

    /** Show why, and leave the button out. */
    GIVE_UP,

    /** Show the screen for enrolling. */
    ENROL,

    /** Ask the user to make room, to unlock the phone, or hand the folder in: see the problem. */
    MEND_STORAGE,

    /** Nothing is lost: try later. */
    TRY_LATER,

    /** Show the server's words. */
    ASK_THE_CITY,

    /** Update the app, or sync first. */
    UPDATE,
}

/** What a call came to. */
sealed interface Outcome<out T> {
    /** It was done. */
    data class Done<T>(val value: T) : Outcome<T>

    /** It was not. [text] is for people and holds nothing that a person wrote. */
    data class Failed(val wayOut: WayOut, val text: String, val cause: SdkException) : Outcome<Nothing> {
        /** The field that is wrong, for [WayOut.CORRECT_INPUT]. */
        val field: String? get() = (cause as? SdkException.InvalidInput)?.field

        /** What is the matter, for [WayOut.MEND_STORAGE]. */
        val problem: StorageProblem? get() = (cause as? SdkException.Storage)?.problem
    }
}

/** The value, or nothing. */
fun <T> Outcome<T>.valueOrNull(): T? = (this as? Outcome.Done<T>)?.value

/** Does something and answers with what it came to, where the SDK says no by throwing. */
inline fun <T> attempt(work: () -> T): Outcome<T> = try {
    Outcome.Done(work())
} catch (error: SdkException) {
    Outcome.Failed(error.wayOut, error.words, error)
}

/** What can be done about it. */
val SdkException.wayOut: WayOut
    get() = when (this) {
        is SdkException.InvalidInput -> WayOut.CORRECT_INPUT
        is SdkException.NotFound -> WayOut.REFRESH
        is SdkException.NotPermitted -> WayOut.GIVE_UP
        is SdkException.NotEnrolled -> WayOut.ENROL
        is SdkException.Storage -> WayOut.MEND_STORAGE
        is SdkException.Network, is SdkException.Busy -> WayOut.TRY_LATER
        is SdkException.ServerRefused -> WayOut.ASK_THE_CITY
        is SdkException.TooOld -> WayOut.UPDATE
    }

/** Its words for people. */
val SdkException.words: String
    get() = when (this) {
        is SdkException.InvalidInput -> text
        is SdkException.NotFound -> text
        is SdkException.NotPermitted -> text
        is SdkException.NotEnrolled -> text
        is SdkException.Storage -> text
        is SdkException.Network -> text
        is SdkException.Busy -> text
        is SdkException.ServerRefused -> text
        is SdkException.TooOld -> text
    }
