package gewu.client

import gewu.ActInput
import gewu.CaseId
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
import gewu.testing.GewuTestServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.io.File
import java.nio.file.Files
import java.util.UUID
import kotlin.time.Duration.Companion.seconds

/** One city for all tests; each test has persons and units of its own. */
internal val city: GewuTestServer by lazy { GewuTestServer.start() }

/** A test that cannot hang. */
internal fun test(work: suspend CoroutineScope.() -> Unit) = runBlocking {
    withTimeout(90.seconds, work)
}

internal fun name(what: String) = "$what-${UUID.randomUUID().toString().take(8)}"

/** A folder that goes with the test. */
internal class Folder : AutoCloseable {
    val file: File = Files.createTempDirectory("gewu").toFile()
    val path: String get() = file.path
    fun child(name: String): String = File(file, name).path
    override fun close() {
        file.deleteRecursively()
    }
}

/** A device with its user. */
internal class Device(val client: GewuClient, val user: String, val folder: Folder) : AutoCloseable {
    override fun close() {
        client.close()
        folder.close()
    }

    /** Syncs until nothing is left, or fails. */
    suspend fun synced() {
        val report = client.sync()
        check(report.outcome == SyncOutcome.Complete) { "$report" }
    }
}

/** A device that agreed to the terms and belongs to nobody. */
internal suspend fun stranger(): Device {
    val folder = Folder()
    val client = GewuClient.open(OpenOptions(folder = folder.path, lockPatienceMs = 200u))
    client.consent("2026-01")
    return Device(client, "nobody", folder)
}

internal suspend fun staff(
    role: String,
    units: List<String> = emptyList(),
    dutyGrids: List<String> = emptyList(),
    server: GewuTestServer = city,
): Device {
    val device = stranger()
    val user = name(role)
    device.client.enrol(server.url, server.code(user, role, units, dutyGrids))
    return Device(device.client, user, device.folder)
}

/** The inspector of the market's duty grid. */
internal suspend fun inspector(server: GewuTestServer = city) =
    staff("inspector", dutyGrids = listOf(MARKET), server = server)

internal suspend fun crew(unit: String, server: GewuTestServer = city) =
    staff("crew", units = listOf(unit), server = server)

internal suspend fun citizen(server: GewuTestServer = city): Device {
    val device = stranger()
    device.client.enrol(server.url)
    return device
}

internal const val MARKET = "990101Z01"

internal val manhole = ClassRef(ClassKind.Component, "01002")

internal fun atTheMarket() =
    PositionInput(lon = 123.422_729, lat = 41.799_961_6, accuracyM = 5.0, datum = Datum.WGS84)

internal fun photo(
    name: String = "manhole-before.jpg",
    role: EvidenceRole = EvidenceRole.SCENE,
    provenance: Provenance = Provenance.CAMERA,
) = PhotoFile(File(System.getProperty("gewu.fixtures"), "photos/$name").path, role, provenance)

internal fun request(text: String = "井盖缺失", photos: List<PhotoFile> = emptyList()) =
    ReportRequest(`class` = manhole, position = atTheMarket(), text = text, photos = photos)

internal fun act(text: String? = null, vararg photos: PhotoFile) =
    ActInput(text = text, photos = photos.toList())

/** What the policy asks of a handle: a photo before and one after. */
internal fun workDone() = act(
    "已更换",
    photo("manhole-before.jpg", EvidenceRole.BEFORE),
    photo("manhole-after.jpg", EvidenceRole.AFTER),
)

internal fun inspection() = photo("manhole-after.jpg", EvidenceRole.INSPECTION)

/** The centre's way from a report to a dispatched case. */
internal fun dispatch(case: CaseId, unit: String, server: GewuTestServer = city) {
    server.op("file", case)
    server.op("dispatch", case, "--lead", unit)
}
