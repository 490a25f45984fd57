package gewu.android

import android.content.Context
import gewu.SyncTrigger
import gewu.client.GewuClient
import gewu.client.attempt
import gewu.client.status
import gewu.client.sync
import gewu.client.valueOrNull
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** An app that embeds the SDK, as the guide takes it to be. */
object CityApp {
    /** Its one client; null before the user agreed and signed in. */
    @Volatile
    var client: GewuClient? = null
}

// A snippet of docs/embed-android.md, word for word.

class CityJobService : GewuJobService() {
    override suspend fun client(): GewuClient? = CityApp.client
}

class CityStartReceiver : GewuStartReceiver() {
    override val service = CityJobService::class.java
}

suspend fun planSync(context: Context, client: GewuClient) {
    val plan = attempt { SyncPlanner.by(client.status()) }.valueOrNull() ?: return
    SyncJobs(PlatformJobs(context, CityJobService::class.java)).plan(plan)
}

// Then `start(context)`, and `close()` when the app goes.
fun networkWatch(client: GewuClient, scope: CoroutineScope) = NetworkWatch(client::tellNetwork) {
    scope.launch { attempt { client.sync(SyncTrigger.ONLINE) } }
}
