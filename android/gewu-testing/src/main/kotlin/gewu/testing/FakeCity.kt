package gewu.testing

import gewu.CaseId
import gewu.ClassInfo
import gewu.ClassKind
import gewu.Names
import gewu.PublicStage
import gewu.SdkException
import gewu.SignInRequest
import gewu.client.GewuCitizen
import gewu.client.GewuClient
import java.util.concurrent.atomic.AtomicLong

/** A rectangle of the fake city's map, in degrees. */
data class FakeGrid(
    /** The code of the unit grid. */
    val unit: String,
    /** The code of its duty grid. */
    val duty: String,
    val west: Double,
    val south: Double,
    val east: Double,
    val north: Double,
) {
    internal fun holds(lon: Double, lat: Double) = lon in west..east && lat in south..north
}

/**
 * A city in memory, for the tests of an app: devices of it need no server, no file and no native library. It
 * knows as much of the rules as the common ways need (report, verify, dispatch, handle, check, close, rate);
 * where more of them matters, use [GewuTestServer]. What both do is held together by one suite of tests.
 *
 * ```
 * val city = FakeCity()
 * FakeGewu(city).client().use { client ->
 *     client.consent("test")
 *     client.enrol(city.url, city.code("li", "inspector", dutyGrids = listOf("990101Z01")))
 * }
 * ```
 *
 * May be used from any thread.
 */
class FakeCity(
    /** What can be reported. */
    val classes: List<ClassInfo> = listOf(MANHOLE),
    /** Its map. */
    val grids: List<FakeGrid> = listOf(MARKET),
    /** Where devices enrol. */
    val url: String = "http://fake.city.test",
) {
    /** Whether devices reach it: what airplane mode, a tunnel and a server that is down look like. */
    @Volatile
    var reachable: Boolean = true

    internal val lock = Any()
    internal val cases = LinkedHashMap<CaseId, MutableList<FakeEntry>>()
    private val codes = HashMap<String, FakeUser>()
    private val replies = HashMap<CaseId, String>()
    private val hostApps = HashSet<String>()
    private val hostTokens = HashMap<String, FakeToken>()

    /** The account under which each case was reported that is not anonymous. */
    internal val reporters = HashMap<CaseId, FakeAccount>()
    private val counter = AtomicLong()

    /** A one-time code with which [user] enrols a device. */
    fun code(
        user: String,
        role: String,
        units: List<String> = emptyList(),
        dutyGrids: List<String> = emptyList(),
    ): String = synchronized(lock) {
        val code = "FAKE-%04d".format(counter.incrementAndGet())
        codes[code] = FakeUser(user, role, units, dutyGrids)
        code
    }

    /** The city takes tokens of this app from now on. */
    fun addHostApp(name: String) = synchronized(lock) { hostApps += name }

    /** The city takes no token of this app any more. */
    fun removeHostApp(name: String) = synchronized(lock) { hostApps -= name }

    /** A token as the backend of [app] makes one for its [user]. */
    fun hostToken(app: String, user: String, request: SignInRequest): String = synchronized(lock) {
        val token = "FAKE-TOKEN-%04d".format(counter.incrementAndGet())
        hostTokens[token] = FakeToken(FakeAccount(app, user), request)
        token
    }

    /** Whose account the centre finds behind a case; null for an anonymous report. */
    fun account(case: CaseId): String? = synchronized(lock) {
        logOf(case)
        reporters[case]?.user
    }

    internal fun signedIn(token: String, device: String): FakeAccount {
        val found = hostTokens[token] ?: throw SdkException.ServerRefused(401u, "this is no sign-in token of a host app")
        if (found.account.app !in hostApps) throw SdkException.ServerRefused(403u, "the city has no host app of that name")
        if (found.request.device != device) throw SdkException.ServerRefused(403u, "the token was made for another device")
        return found.account
    }

    /** The centre has somebody look whether a report is true (核实). */
    fun verifyRequest(case: CaseId, person: String) = instruct(case, "verify_request", persons = listOf(person))

    /** The centre files a report (立案). */
    fun file(case: CaseId) = instruct(case, "file")

    /** The centre dispatches a case to a unit (派遣). */
    fun dispatch(case: CaseId, lead: String) = instruct(case, "dispatch", units = listOf(lead))

    /** The centre has somebody look at the work (核查). */
    fun checkRequest(case: CaseId, person: String) = instruct(case, "check_request", persons = listOf(person))

    /** The centre closes a case (结案). */
    fun close(case: CaseId) = instruct(case, "close")

    /** The centre's word to the reporter. */
    fun reply(case: CaseId, text: String) = synchronized(lock) {
        logOf(case)
        replies[case] = text
    }

    /** Another one whenever the centre or a device wrote something. */
    internal fun mark(): Long = synchronized(lock) { cases.values.sumOf { it.size.toLong() } }

    internal fun redeemed(code: String): FakeUser? = synchronized(lock) { codes.remove(code) }

    internal fun newCitizen() = FakeUser("citizen-${newId().takeLast(8)}", "citizen")

    internal fun newId(): String = "%032x".format(counter.incrementAndGet())

    internal fun newHash(): String = "%064x".format(counter.incrementAndGet())

    /** The time of the city: every entry has one of its own, in order. */
    internal fun now(): Long = START + counter.incrementAndGet()

    internal fun word(case: CaseId): FakeWord {
        val log = logOf(case)
        val stage = Standing.of(log).publicStage
        val rated = log.lastOrNull { it.kind == "rate" }?.result?.toInt()
        val may = when (stage) {
            PublicStage.RECEIVED -> setOf("supplement", "urge", "withdraw")
            PublicStage.VERIFYING, PublicStage.ACCEPTED, PublicStage.IN_PROGRESS -> setOf("supplement", "urge", "withdraw")
            PublicStage.CLOSED -> setOf("rate", "reopen_request")
            else -> emptySet()
        }
        return FakeWord(stage, may, replies[case], log.count { it.kind == "urge" }, rated)
    }

    private fun instruct(
        case: CaseId,
        kind: String,
        persons: List<String> = emptyList(),
        units: List<String> = emptyList(),
    ) = synchronized(lock) {
        val entry = FakeEntry(newHash(), kind, "centre", "operator", null, now(), persons = persons, units = units)
        logOf(case) += entry
    }

    private fun logOf(case: CaseId) = checkNotNull(cases[case]) { "the city has no case $case: sync the device first" }

    companion object {
        /** The class of covers of manholes. */
        val MANHOLE: ClassInfo = ClassInfo(
            edition = "fake", kind = ClassKind.Component, code = "01002", name = Names("井盖", "manhole cover"),
            conditions = emptyList(), urgent = false, parent = null, heading = false, local = false, collect = null,
            accuracy = null, validFrom = null, validTo = null, aliases = emptyList(), pinyin = "jg",
        )

        /** A block around the market of the fictional district. */
        val MARKET: FakeGrid = FakeGrid("990101001001022", "990101Z01", 123.40, 41.78, 123.45, 41.82)

        /** The first instant of the fake's time: 2026-01-01 in UTC. */
        private const val START = 1_767_225_600_000L
    }
}

/** A user of an app. */
internal data class FakeAccount(val app: String, val user: String)

/** What a token says. */
private class FakeToken(val account: FakeAccount, val request: SignInRequest)

/** A citizen's screen over this device, for the tests of an app that embeds one. */
fun FakeGewu.citizen(): GewuCitizen = GewuCitizen.over(city.url, client())

/** A client over this device, as an app holds one. */
fun FakeGewu.client(): GewuClient = GewuClient.over(this, newHandle = ::FakeHandle)
