package gewu.testing

import gewu.*
import java.io.File
import java.lang.reflect.Proxy
import java.util.concurrent.ConcurrentHashMap

/**
 * A device in memory, for the tests of an app that embeds the SDK: the same interface as `Gewu`, the same answers
 * on the common ways, no native library, no file, no server. [FakeGewu.client] makes a client of it.
 *
 * A test decides what happens: [FakeCity.reachable] takes the network away, [fail] makes a call fail, [endSyncs]
 * ends syncs as it likes. Photos are read by their paths and kept as they are. A call that it does not do throws
 * [UnsupportedOperationException]; use [GewuTestServer] with the real library for those.
 */
class FakeGewu(
    /** The city of this device; several devices of one city see each other's work. */
    val city: FakeCity = FakeCity(),
) : GewuInterface by unfaked, AutoCloseable {
    private val device = FakeDevice(city)
    private val bell = FakeBell()
    private val staying = FakeStaying()
    private val failures = ConcurrentHashMap<String, ArrayDeque<SdkException>>()
    private var policy = UploadPolicy(false, Over.ANY, Over.ANY, Over.WIFI, 8_000_000u)
    private var lastSync: LastSync? = null

    @Volatile
    private var closed = false

    @Volatile
    private var syncsEnd: SyncOutcome? = null

    /** The next call of [name], a function of [GewuInterface], throws this; called twice, the next two do. */
    fun fail(name: String, error: SdkException) {
        require(NAMES.contains(name)) { "Gewu has no call $name" }
        failures.getOrPut(name) { ArrayDeque() }.let { synchronized(it) { it += error } }
    }

    /** Every sync ends like this and exchanges nothing; null lets them go through again. */
    fun endSyncs(outcome: SyncOutcome?) {
        syncsEnd = outcome
    }

    /** A database of this device was damaged: it lies aside, and nobody signs out until it is discarded. */
    fun moveAside(database: MovedAside) = synchronized(city.lock) { device.aside += database }

    /** The city set something of this device's aside: it stands in the status. */
    fun setAside(note: SetAsideNote) {
        synchronized(city.lock) { device.setAside += note }
        bell.ring(Changed.STATUS)
    }

    override fun close() {
        closed = true
        bell.close()
    }

    override fun consent(terms: String) = call("consent") {
        if (terms.isBlank()) throw SdkException.InvalidInput("terms", "name the version of the words that the user saw")
        consented = true
    }

    override fun hasConsent(): Boolean = call("hasConsent") { consented }

    // Nothing is ever locked up here, which is no reason to refuse the question.
    override fun lockers(): List<Locker> = call("lockers") { emptyList() }

    override fun enrol(
        server: String,
        cancel: CancelHandle,
        code: String?,
        listener: SyncListener?,
    ): Enrolment = agreed("enrol") {
        reach(server, cancel)
        user = code?.let { city.redeemed(it) ?: throw SdkException.ServerRefused(403u, "the code is not known or used") }
            ?: city.newCitizen()
        listener?.soFar(SyncProgress.Exchanged(0u, 0u, 0u, 0u))
        Enrolment(shown(enrolled()), true)
    }.also { bell.ring(Changed.CASES, Changed.TASKS, Changed.STATUS) }

    override fun signInRequest(server: String, cancel: CancelHandle): SignInRequest = agreed("signInRequest") {
        checkCitizen()
        if (user == null) reach(server, cancel)
        SignInRequest("fake", key)
    }

    override fun signIn(server: String, token: String, cancel: CancelHandle): Enrolment = agreed("signIn") {
        checkCitizen()
        reach(server, cancel)
        signIn(token)
        Enrolment(shown(enrolled()), true)
    }.also { bell.ring(Changed.CASES, Changed.TASKS, Changed.STATUS) }

    private fun reach(server: String, cancel: CancelHandle) {
        if (!server.startsWith("http://") && !server.startsWith("https://")) {
            throw SdkException.InvalidInput("server", "this is no address of a server")
        }
        if (cancel.isCancelled()) throw SdkException.Busy("the request was cancelled")
        if (!city.reachable || server != city.url) throw SdkException.Network("the server cannot be reached")
    }

    override fun whoami(): WhoAmI = call("whoami") { shown(enrolled()) }

    override fun signOut(unsentTo: FilePath?) = call("signOut") {
        if (unsentTo == null && aside.isNotEmpty()) throw SdkException.NotPermitted("a damaged database lies aside: discard it first, or name a folder")
        val kept = unsent.isNotEmpty() || drafts.isNotEmpty()
        if (kept && unsentTo == null) throw SdkException.NotPermitted("something is unsent: sync first, or name a folder")
        if (kept) File(checkNotNull(unsentTo)).apply { mkdirs() }.resolve("unsent.txt").writeText(unsent.joinToString("\n"))
        forget()
    }.also { bell.ring(Changed.CASES, Changed.TASKS, Changed.STATUS) }

    override fun movedAside(): List<MovedAside> = call("movedAside") { aside.toList() }

    override fun discardMovedAside(name: String) = call("discardMovedAside") {
        if (!aside.removeAll { it.name == name }) throw SdkException.NotFound("the damaged database is not on this device")
    }

    override fun tellNetwork(kind: NetworkKind) = call("tellNetwork") { staying.network(kind) }

    override fun tellForeground(`is`: Boolean) = call("tellForeground") { staying.foreground(`is`) }

    override fun onPushHint() = call("onPushHint") { staying.nudge() }

    override fun syncSoon() = call("syncSoon") { staying.nudge() }

    override fun staySynced(cancel: CancelHandle, listener: SyncEndListener?) {
        call("staySynced") { enrolled() }
        staying.run(cancel, listener, { city.mark() to synchronized(city.lock) { device.unsent.isNotEmpty() } }) {
            sync(cancel, SyncTrigger.TIMER, null)
        }
    }

    override fun checkup(): CheckupNote = call("checkup") { CheckupNote(emptyList(), "{}") }

    override fun suspend(graceMs: ULong) = call("suspend") { suspended = true }

    override fun resume() = call("resume") { suspended = false }

    override fun listen(listener: ChangeListener): Listening = call("listen") { bell.listen(listener) }

    override fun classes(): List<ClassInfo> = call("classes") { known() }

    override fun searchClasses(text: String, kind: ClassKind?, limit: UInt): List<ClassInfo> = call("searchClasses") {
        val found = known().filter { (kind == null || it.kind == kind) && text in listOf(it.code, it.name.zh, it.pinyin) }
        found.take(limit.toInt())
    }

    override fun labels(case: CaseId?): Map<String, Names> = call("labels") { LABELS }

    override fun packs(): List<PackInfo> = call("packs") { emptyList() }

    override fun locate(position: PositionInput): Located? = call("locate") {
        checkPlace(position)
        val at = city.grids.takeIf { user != null }?.firstOrNull { it.holds(position.lon, position.lat) }
        at?.located(position, user?.dutyGrids.orEmpty())
    }

    override fun address(position: PositionInput): String? = call("address") { null }

    override fun draftNew(input: DraftInput): DraftId = agreed("draftNew") {
        val id = city.newId()
        drafts[id] = FakeDraft(id, city.now(), input)
        id
    }.also { bell.ring(Changed.STATUS) }

    override fun draftUpdate(draft: DraftId, input: DraftInput) = edit("draftUpdate", draft) { it.input = input }

    override fun draft(draft: DraftId): Draft = call("draft") { draft(draft).shown() }

    override fun drafts(): List<Draft> = call("drafts") { drafts.values.map { it.shown() }.sortedByDescending { it.updatedAt } }

    override fun draftDelete(draft: DraftId) = call("draftDelete") {
        draft(draft)
        drafts -= draft
    }.also { bell.ring(Changed.STATUS) }

    override fun attach(draft: DraftId, photo: PhotoFile, cancel: CancelHandle, listener: PhotoListener?): AttachedPhoto =
        edit("attach", draft) {
            if (cancel.isCancelled()) throw SdkException.Busy("the work on the photo was stopped")
            checkCount(it.photos.size + 1)
            val read = read(photo)
            listener?.soFar(PhotoProgress(PhotoStage.DONE, 1000u))
            it.photos += read to city.now()
            read.attached(it.photos.last().second)
        }

    override fun detach(draft: DraftId, photo: Digest) = edit("detach", draft) {
        if (!it.photos.removeAll { (kept, _) -> kept.sha256 == photo }) throw SdkException.NotFound("the draft has no such photo")
    }

    override fun checkReport(input: DraftInput) = call("checkReport") { checkForm(input) }

    override fun reportDraft(draft: DraftId): Saved = agreed("reportDraft") {
        val found = draft(draft)
        report(found.input, found.photos.map { it.first }).also { drafts -= draft }
    }.also { saved() }

    override fun report(request: ReportRequest): Saved = agreed("report") {
        checkCount(request.photos.size)
        report(request.input(), request.photos.map(::read))
    }.also { saved() }

    override fun similar(position: PositionInput, `class`: ClassRef): List<SimilarCase> =
        call("similar") { near(position, `class`) }

    override fun similarToDraft(draft: DraftId): List<SimilarCase> = call("similarToDraft") {
        val input = draft(draft).input
        val (at, kind) = input.position to input.`class`
        if (at == null || kind == null) emptyList() else near(at, kind)
    }

    override fun list(query: ListQuery): Page = call("list") {
        val fitting = cases().filter { it.fits(query) }
        val begin = query.after?.let { key -> fitting.indexOfFirst { it.id == key } + 1 } ?: 0
        val limit = query.limit.toInt().let { if (it == 0) PAGE else it }
        val rows = fitting.drop(begin).take(limit)
        Page(rows.map { it.row() }, rows.lastOrNull()?.id.takeIf { begin + limit < fitting.size })
    }

    override fun show(case: CaseId): CaseDetail = call("show") { case(case).detail() }

    override fun opened(case: CaseId): Boolean = call("opened") { case(case).isTask() }

    override fun allowed(case: CaseId): List<String> = call("allowed") { case(case).may().toList() }

    override fun stateHash(case: CaseId): Digest = call("stateHash") { case(case).stateHash() }

    override fun tasks(): List<FieldTask> = call("tasks") {
        enrolled()
        cases().filter { it.isTask() }.map { it.task() }
    }

    override fun status(): StatusCounts = call("status") {
        val waiting = cases().flatMap { it.entries }.filter { it.hash in unsent }
        StatusCounts(
            synced = waiting.isEmpty(), changes = waiting.size.toUInt(), texts = waiting.count { it.text != null }.toUInt(),
            photos = waiting.sumOf { it.photos.size }.toUInt(), commands = 0u, offeredAgain = 0u,
            drafts = drafts.size.toUInt(), bytes = waiting.sumOf { it.photos.sumOf(FakePhoto::bytes) }.toULong(),
            bytesSent = 0u, heldBack = 0u, waitingSince = waiting.minOfOrNull { it.at }, commandNotes = emptyList(),
            setAside = setAside.toList(), notices = emptyList(), clockOffsetMs = 0, refused = 0u, lastSync = lastSync,
            lostContacts = emptyList(), backupCovers = null,
        )
    }

    override fun photoBytes(photo: Digest): ByteArray = call("photoBytes") {
        val found = cases().flatMap { it.entries }.flatMap { it.photos }.firstOrNull { it.sha256 == photo }
        found?.let { File(it.file.path).readBytes() } ?: throw SdkException.NotFound("there is no such photo")
    }

    override fun savePhoto(photo: Digest, file: FilePath) = File(file).writeBytes(photoBytes(photo))

    override fun supplement(case: CaseId, act: ActInput) = act("supplement", case, act)

    override fun withdraw(case: CaseId, act: ActInput) = act("withdraw", case, act)

    override fun verify(case: CaseId, result: VerifyResult, act: ActInput) = act("verify", case, act, result = result.name)

    override fun take(case: CaseId, act: ActInput) = act("take", case, act)

    override fun setOut(case: CaseId, act: ActInput) = act("setOut", case, act, "set_out")

    override fun arrive(case: CaseId, act: ActInput) = act("arrive", case, act, "arrived")

    override fun progress(case: CaseId, percent: UByte?, act: ActInput) = act("progress", case, act, result = percent?.toString())

    override fun handle(case: CaseId, act: ActInput) = act("handle", case, act)

    override fun check(case: CaseId, result: CheckResult, act: ActInput) = act("check", case, act, result = result.name)

    override fun seen(case: CaseId, state: SeenState, act: ActInput) = act("seen", case, act, result = state.name)

    override fun rate(case: CaseId, score: UByte, act: ActInput): Saved {
        if (score !in 1u..5u) throw SdkException.InvalidInput("score", "a score is from 1 to 5")
        return act("rate", case, act, result = score.toString())
    }

    override fun note(case: CaseId, act: ActInput) = act("note", case, act)

    override fun urge(case: CaseId, act: ActInput) = act("urge", case, act)

    override fun askReopening(case: CaseId, reason: String?, act: ActInput) =
        act("askReopening", case, act, "reopen_request", reason)

    override fun askExtension(case: CaseId, limit: String, reason: String?, act: ActInput) =
        act("askExtension", case, act, "extend_request", reason, limit)

    override fun askSendBack(case: CaseId, reason: String, instead: UnitId?, act: ActInput) =
        act("askSendBack", case, act, "send_back_request", reason, instead)

    override fun uploadPolicy(): UploadPolicy = call("uploadPolicy") { policy }

    override fun setUploadPolicy(policy: UploadPolicy) = call("setUploadPolicy") { this@FakeGewu.policy = policy }

    override fun sync(cancel: CancelHandle, trigger: SyncTrigger?, listener: SyncListener?): SyncReport {
        val report = agreed("sync") {
            enrolled()
            val forced = if (cancel.isCancelled()) SyncOutcome.Cancelled else syncsEnd
            val away = SyncOutcome.Later(5_000u, "the server cannot be reached").takeIf { !city.reachable }
            val outcome = forced ?: away ?: SyncOutcome.Complete
            val photos = cases().flatMap { it.entries }.filter { it.hash in unsent }.sumOf { it.photos.size }
            if (outcome is SyncOutcome.Complete) listener?.soFar(SyncProgress.Exchanging(unsent.size.toUInt()))
            val exchange = if (outcome is SyncOutcome.Complete) exchange() else null
            lastSync = LastSync(city.now(), outcome)
            reported(outcome, exchange, photos, unsent.size)
        }
        bell.ring(Changed.CASES, Changed.TASKS, Changed.STATUS)
        return report
    }

    private fun act(
        name: String,
        case: CaseId,
        act: ActInput,
        kind: String = name,
        reason: String? = null,
        result: String? = null,
    ): Saved = agreed(name) { write(case, kind, act, reason, result) }.also { saved() }

    private fun FakeDevice.report(input: DraftInput, photos: List<FakePhoto>): Saved {
        val user = enrolled()
        city.check(input)
        val entry = FakeEntry(
            city.newHash(), "report", user.name, user.role, null, city.now(), input.text, null, photos, input.`class`,
            input.position,
        )
        return report(entry)
    }

    private fun FakeDevice.near(at: PositionInput, kind: ClassRef): List<SimilarCase> = cases()
        .filter { it.entries.first().kindOfCase == kind && it.standing.stage !in ENDED }
        .map { SimilarCase(it.row(), metres(at, checkNotNull(it.entries.first().position)), it.entries.first().at, null) }
        .filter { it.distanceM <= SIMILAR_M }
        .sortedBy { it.distanceM }

    private fun saved() = bell.ring(Changed.CASES, Changed.TASKS, Changed.STATUS)

    private fun <T> edit(name: String, draft: DraftId, work: FakeDevice.(FakeDraft) -> T): T = call(name) {
        val found = draft(draft)
        work(found).also { found.updatedAt = city.now() }
    }.also { bell.ring(Changed.STATUS) }

    private fun <T> agreed(name: String, work: FakeDevice.() -> T): T = call(name) {
        if (!consented) throw SdkException.NotPermitted("the user has not agreed yet; ask first")
        work()
    }

    private fun <T> call(name: String, work: FakeDevice.() -> T): T {
        check(!closed) { "FakeGewu was closed" }
        failures[name]?.let { planned -> synchronized(planned) { planned.removeFirstOrNull() } }?.let { throw it }
        return synchronized(city.lock) {
            if (device.suspended && name !in setOf("suspend", "resume")) throw SdkException.Storage(StorageProblem.Suspended, "the SDK is suspended")
            device.work()
        }
    }

    private fun shown(user: FakeUser) = WhoAmI(
        user = user.name, device = device.key, city = "fake", server = city.url, roles = listOf(user.role),
        units = user.units, dutyGrids = user.dutyGrids, validUntil = Long.MAX_VALUE, account = device.account?.app,
    )

    private companion object {
        const val PAGE = 50
        const val SIMILAR_M = 50.0
        val ENDED = setOf(Stage.CLOSED, Stage.WITHDRAWN, Stage.DECLINED)
        val NAMES = GewuInterface::class.java.methods.map { it.name.substringBefore('-') }.toSet()
        val LABELS = mapOf("report" to Names("上报", "report"), "handle" to Names("处置", "handle"))
    }
}

/** Every call that the fake does not do, by its name. */
private val unfaked = Proxy.newProxyInstance(
    GewuInterface::class.java.classLoader,
    arrayOf(GewuInterface::class.java),
) { _, method, _ ->
    throw UnsupportedOperationException("FakeGewu does not do ${method.name.substringBefore('-')}; GewuTestServer does")
} as GewuInterface
