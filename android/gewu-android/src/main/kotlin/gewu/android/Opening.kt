package gewu.android

import android.content.Context
import gewu.OpenOptions
import gewu.client.GewuClient
import gewu.client.UrlTransport
import java.io.File

/**
 * The device of a phone, as most apps open it: in the app's own folder, with its key in the phone's key
 * store and requests over the platform's HTTP. docs/embed-android.md shows it word for word.
 */
suspend fun openOnPhone(context: Context): GewuClient = GewuClient.open(
    OpenOptions(
        folder = File(context.filesDir, "gewu").path,
        secrets = keystoreSecrets(context),
        transport = UrlTransport(),
        app = "city-app 3.2",
    ),
)
