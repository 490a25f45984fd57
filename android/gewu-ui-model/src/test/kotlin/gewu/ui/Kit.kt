package gewu.ui

import gewu.ClassKind
import gewu.ClassRef
import gewu.Datum
import gewu.EvidenceRole
import gewu.OpenOptions
import gewu.PhotoFile
import gewu.PositionInput
import gewu.Provenance
import gewu.ReportRequest
import gewu.SyncOutcome
import gewu.client.GewuClient
import gewu.client.sync
import gewu.testing.GewuTestServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.io.File
import java.nio.file.Files
import java.util.Locale
import java.util.UUID
import kotlin.time.Duration.Companion.seconds

/** One real city for all tests; each test has persons and units of its own. */
internal val city: GewuTestServer by lazy { GewuTestServer.start() }

internal val english = Words(Locale.ENGLISH)

internal fun test(work: suspend CoroutineScope.() -> Unit) = runBlocking { withTimeout(60.seconds, work) }

internal fun name(what: String) = "$what-${UUID.randomUUID().toString().take(8)}"

/** A device with the real library. */
internal class Phone : AutoCloseable {
    private val folder = Files.createTempDirectory("gewu-ui").toFile()
    val client: GewuClient = runBlocking { GewuClient.open(OpenOptions(folder = folder.path)) }
    val session = SessionModel(client, city.url)

    override fun close() {
        client.close()
        folder.deleteRecursively()
    }

    suspend fun synced() {
        val report = client.sync()
        check(report.outcome == SyncOutcome.Complete) { "$report" }
    }
}

/** A phone of somebody's, signed in as the app does it. */
internal suspend fun phone(role: String?, units: List<String> = emptyList()): Phone {
    val phone = Phone()
    phone.session.agree("2026-01")
    val grids = if (role == "inspector") listOf("990101Z01") else emptyList()
    phone.session.signIn(role?.let { city.code(name(it), it, units, grids) })
    check(phone.session.state.value is Session.SignedIn) { "${phone.session.state.value}" }
    return phone
}

/** A photo as a picker or a camera hands it over. */
internal fun photo(name: String) = PhotoFile(
    File(System.getProperty("gewu.fixtures"), "photos/$name").path, EvidenceRole.SCENE, Provenance.CAMERA,
)

internal fun request(text: String) = ReportRequest(
    `class` = ClassRef(ClassKind.Component, "01002"),
    position = PositionInput(lon = 123.422_729, lat = 41.799_961_6, accuracyM = 5.0, datum = Datum.WGS84),
    text = text,
    photos = listOf(photo("manhole-before.jpg")),
)
