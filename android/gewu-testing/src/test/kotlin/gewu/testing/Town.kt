package gewu.testing

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
import gewu.SdkException
import gewu.SignInRequest
import gewu.SyncOutcome
import gewu.client.GewuClient
import gewu.client.report
import gewu.client.sync
import java.io.File
import java.nio.file.Files
import java.util.UUID

/** What the contract needs of a city: the real one and the fake one. */
internal interface Town : AutoCloseable {
    val url: String

    /** A device that agreed to nothing yet. */
    suspend fun untouched(): GewuClient

    fun code(user: String, role: String, units: List<String> = emptyList(), dutyGrids: List<String> = emptyList()): String

    fun addHostApp(name: String)

    fun removeHostApp(name: String)

    fun hostToken(app: String, user: String, request: SignInRequest): String

    /** Whose account the centre finds behind a case. */
    fun account(case: CaseId): String?

    fun verifyRequest(case: CaseId, person: String)

    fun file(case: CaseId)

    fun dispatch(case: CaseId, lead: String)

    fun checkRequest(case: CaseId, person: String)

    fun close(case: CaseId)

    fun reply(case: CaseId, text: String)

    /** The network is gone from here on. */
    fun goAway()
}

/** The real library with a real server. */
internal class RealTown : Town {
    private val server = GewuTestServer.start()
    private val folders = mutableListOf<File>()
    override val url get() = server.url

    override suspend fun untouched(): GewuClient {
        val folder = Files.createTempDirectory("gewu-contract").toFile().also { folders += it }
        return GewuClient.open(OpenOptions(folder = folder.path, lockPatienceMs = 200u))
    }

    override fun code(user: String, role: String, units: List<String>, dutyGrids: List<String>) =
        server.code(user, role, units, dutyGrids)

    override fun addHostApp(name: String) = server.addHostApp(name)

    override fun removeHostApp(name: String) = op("host-app", "remove", name)

    override fun hostToken(app: String, user: String, request: SignInRequest) = server.hostToken(app, user, request)

    override fun account(case: CaseId): String? =
        Regex("\"sub\"\\s*:\\s*\"([^\"]*)\"").find(server.op("account", case))?.groupValues?.get(1)

    override fun verifyRequest(case: CaseId, person: String) = op("verify-request", case, "--person", person)

    override fun file(case: CaseId) = op("file", case)

    override fun dispatch(case: CaseId, lead: String) = op("dispatch", case, "--lead", lead)

    override fun checkRequest(case: CaseId, person: String) = op("check-request", case, "--person", person)

    override fun close(case: CaseId) = op("close", case)

    override fun reply(case: CaseId, text: String) = op("reply", case, "--text", text)

    override fun goAway() = server.kill()

    override fun close() {
        server.close()
        folders.forEach { it.deleteRecursively() }
    }

    private fun op(vararg words: String) {
        server.op(*words)
    }
}

/** The fake. */
internal class FakeTown : Town {
    private val city = FakeCity()
    override val url get() = city.url

    override suspend fun untouched() = FakeGewu(city).client()

    override fun code(user: String, role: String, units: List<String>, dutyGrids: List<String>) =
        city.code(user, role, units, dutyGrids)

    override fun addHostApp(name: String) = city.addHostApp(name)

    override fun removeHostApp(name: String) = city.removeHostApp(name)

    override fun hostToken(app: String, user: String, request: SignInRequest) = city.hostToken(app, user, request)

    override fun account(case: CaseId): String? = city.account(case)

    override fun verifyRequest(case: CaseId, person: String) = city.verifyRequest(case, person)

    override fun file(case: CaseId) = city.file(case)

    override fun dispatch(case: CaseId, lead: String) = city.dispatch(case, lead)

    override fun checkRequest(case: CaseId, person: String) = city.checkRequest(case, person)

    override fun close(case: CaseId) = city.close(case)

    override fun reply(case: CaseId, text: String) = city.reply(case, text)

    override fun goAway() {
        city.reachable = false
    }

    override fun close() = Unit
}

/** A device with its user. */
internal class Owned(val client: GewuClient, val user: String) : AutoCloseable {
    override fun close() = client.close()

    suspend fun synced() {
        val report = client.sync()
        check(report.outcome == SyncOutcome.Complete) { "$report" }
    }
}

internal fun name(what: String) = "$what-${UUID.randomUUID().toString().take(8)}"

/** A device that agreed and belongs to nobody. */
internal suspend fun Town.stranger() = Owned(untouched().also { it.consent("2026-01") }, "nobody")

internal suspend fun Town.inspector(): Owned = staff("inspector", grids = listOf("990101Z01"))

internal suspend fun Town.crew(unit: String): Owned = staff("crew", units = listOf(unit))

internal suspend fun Town.citizen(): Owned = stranger().also { it.client.enrol(url) }

/** A case that a unit is asked to work on. */
internal suspend fun Town.dispatched(reporter: Owned, unit: String): String {
    val case = reporter.client.report(request()).case
    reporter.synced()
    file(case)
    dispatch(case, unit)
    return case
}

private suspend fun Town.staff(role: String, units: List<String> = emptyList(), grids: List<String> = emptyList()): Owned {
    val user = name(role)
    val device = stranger()
    device.client.enrol(url, code(user, role, units, grids))
    return Owned(device.client, user)
}

internal val manhole = ClassRef(ClassKind.Component, "01002")

internal fun atTheMarket() = PositionInput(lon = 123.422_729, lat = 41.799_961_6, accuracyM = 5.0, datum = Datum.WGS84)

internal fun fixture(name: String) = File(System.getProperty("gewu.fixtures"), "photos/$name").path

internal fun photo(name: String = "manhole-before.jpg", role: EvidenceRole = EvidenceRole.SCENE) =
    PhotoFile(fixture(name), role, Provenance.CAMERA)

internal fun request(text: String = "井盖缺失", photos: List<PhotoFile> = listOf(photo())) =
    ReportRequest(`class` = manhole, position = atTheMarket(), text = text, photos = photos)

internal fun act(text: String? = null, vararg photos: PhotoFile) = ActInput(text = text, photos = photos.asList())

/** What the policy asks of a handle: a photo before and one after. */
internal fun workDone() =
    act("已更换", photo(role = EvidenceRole.BEFORE), photo("manhole-after.jpg", EvidenceRole.AFTER))

internal fun inspection() = photo("manhole-after.jpg", EvidenceRole.INSPECTION)

/** The error of a call that has to fail. */
internal inline fun <reified E : SdkException> refused(work: () -> Any?): E {
    val done = runCatching(work)
    val why = done.exceptionOrNull() ?: throw AssertionError("was done: ${done.getOrNull()}")
    return why as? E ?: throw AssertionError("failed otherwise", why)
}
