package gewu.sample

import android.app.Application
import android.content.Context
import gewu.android.GewuJobService
import gewu.android.GewuStartReceiver
import gewu.android.PlatformJobs
import gewu.android.SyncJobs
import gewu.android.SyncPlanner
import gewu.android.openOnPhone
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.client.attempt
import gewu.client.status
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The process, whoever started it: one client for the screens and for the platform's jobs. */
open class SampleApp : Application() {
    /** The city of the sample; an app has its own. */
    open val server: String get() = "https://city.example"

    private val opening = Mutex()
    private var opened: GewuClient? = null

    /** The one client, opened by whoever asks first. */
    suspend fun client(): GewuClient = opening.withLock { opened ?: openOnPhone(this).also { opened = it } }
}

/** Syncs when the platform says so, also when the app's screens are gone. */
class SampleJobs : GewuJobService() {
    override suspend fun client(): GewuClient? {
        val client = (applicationContext as SampleApp).client()
        return client.takeIf { attempt { it.whoami() } is Outcome.Done }
    }
}

/** What was left goes up when the phone was started. */
class SampleStart : GewuStartReceiver() {
    override val service = SampleJobs::class.java
}

/** Leaves what is unsent to the platform's jobs. */
internal suspend fun leaveToJobs(context: Context, client: GewuClient) {
    val status = attempt { client.status() } as? Outcome.Done ?: return
    SyncJobs(PlatformJobs(context, SampleJobs::class.java)).plan(SyncPlanner.by(status.value))
}
