package gewu.ui

import gewu.SyncOutcome
import gewu.client.GewuClient
import gewu.client.SyncEnd
import gewu.client.stayingSynced
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Keeps the phone synced while the app is in front, and says what is in the way. */
class SyncModel(private val client: GewuClient) {
    private val hindrance = MutableStateFlow<String?>(null)

    /** Why the last sync did not end well, in the SDK's words; null when it did. */
    val problem: StateFlow<String?> = hindrance.asStateFlow()

    /** Syncs by itself until it is cancelled: run it while somebody is signed in and the app is in front. */
    suspend fun inFront() {
        client.tellForeground(true)
        try {
            client.stayingSynced().collect { hindrance.value = it.problem() }
        } finally {
            client.tellForeground(false)
        }
    }

    /** The user wants it now. */
    fun soon() = client.syncSoon()

    private fun SyncEnd.problem(): String? = when (this) {
        is SyncEnd.Failed -> error.message
        is SyncEnd.Ended -> when (val outcome = report.outcome) {
            SyncOutcome.Complete, SyncOutcome.Cancelled -> null
            is SyncOutcome.Later -> outcome.why
            is SyncOutcome.Stopped -> outcome.why
        }
    }
}
