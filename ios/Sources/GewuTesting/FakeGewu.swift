import Foundation
import Gewu

/// A device in memory, for the tests of an app that embeds the SDK: the class of the real one, the same answers
/// on the common ways, no file and no server. `GewuClient.over` makes a client of it.
///
/// A test decides what happens: ``FakeCity/reachable`` takes the network away, ``fail(_:with:)`` makes a call
/// fail, ``endSyncs(with:)`` ends syncs as it likes. Photos are read by their paths and kept as they are. A call
/// that it does not do is not permitted, in words that say so; use ``GewuTestServer`` for those.
public final class FakeGewu: UnfakedGewu, @unchecked Sendable {
    /// The city of this device; several devices of one city see each other's work.
    public private(set) var city = FakeCity()
    private var device = FakeDevice()
    private var planned: [(call: String, error: SdkError)] = []
    private var syncsEnd: SyncOutcome?
    private var lastSync: LastSync?
    private var policy = UploadPolicy(
        paused: false, smallPictures: .any, photos: .any, large: .wifi, largeBytes: 8_000_000)
    private let bell = FakeBell()
    private let staying = FakeStaying()

    /// A device of nobody's.
    public convenience init(_ city: FakeCity = FakeCity()) {
        self.init(noHandle: NoHandle())
        self.city = city
    }

    /// The next call of this name, a function of `GewuProtocol`, throws this; planned twice, the next two do.
    public func fail(_ call: String, with error: SdkError) {
        city.lock.withLock { planned.append((call, error)) }
    }

    /// Every sync ends like this and exchanges nothing; nothing lets them go through again.
    public func endSyncs(with outcome: SyncOutcome?) {
        city.lock.withLock { syncsEnd = outcome }
    }

    /// A database of this device was damaged: it lies aside, and nobody signs out until it is discarded.
    public func moveAside(_ database: MovedAside) {
        city.lock.withLock { device.aside.append(database) }
    }

    /// The city set something of this device's aside: it stands in the status.
    public func setAside(_ note: SetAsideNote) {
        city.lock.withLock { device.setAside.append(note) }
        bell.ring([.status])
    }

    /// Runs a call, after what a test planned for it.
    func call<T>(_ name: String, _ work: (inout FakeDevice) throws -> T) throws -> T {
        try city.lock.withLock {
            if let index = planned.firstIndex(where: { $0.call == name }) {
                throw planned.remove(at: index).error
            }
            if device.suspended, !["suspend", "resume"].contains(name) {
                throw SdkError.Storage(problem: .suspended, text: "the SDK is suspended")
            }
            return try work(&device)
        }
    }

    /// The same for what needs consent.
    func agreed<T>(_ name: String, _ work: (inout FakeDevice) throws -> T) throws -> T {
        try call(name) { device in
            guard device.consented else {
                throw SdkError.NotPermitted(text: "the user has not agreed yet; ask first")
            }
            return try work(&device)
        }
    }

    /// The same for what changes something.
    func changing<T>(
        _ name: String, _ what: [Changed] = [.cases, .tasks, .status], _ work: (inout FakeDevice) throws -> T
    ) throws -> T {
        let done = try agreed(name, work)
        bell.ring(what)
        return done
    }

    override public func consent(terms: String) throws { try call("consent") { try $0.agree(to: terms) } }

    override public func hasConsent() throws -> Bool { try call("hasConsent") { $0.consented } }

    // Nothing is ever locked up here, which is no reason to refuse the question.
    override public func lockers() throws -> [Locker] { try call("lockers") { _ in [] } }

    override public func enrol(
        server: String, cancel: CancelHandle, code: String?, listener: SyncListener?
    ) throws -> Enrolment {
        let stopped = try cancel.isCancelled()
        return try changing("enrol") { device in
            try reach(server, stopped)
            guard let user = code.map(city.redeem) ?? city.newCitizen() else {
                throw SdkError.ServerRefused(status: 403, text: "the code is not known, or used")
            }
            device.user = user
            try? listener?.soFar(progress: .exchanged(receipts: 0, received: 0, cases: 0, left: 0))
            return Enrolment(who: shown(user, device), packsReady: true)
        }
    }

    override public func signInRequest(server: String, cancel: CancelHandle) throws -> SignInRequest {
        let stopped = try cancel.isCancelled()
        return try agreed("signInRequest") { device in
            try device.checkCitizen()
            if device.user == nil { try reach(server, stopped) }
            return SignInRequest(city: "fake", device: device.key)
        }
    }

    override public func signIn(server: String, token: String, cancel: CancelHandle) throws -> Enrolment {
        let stopped = try cancel.isCancelled()
        return try changing("signIn") { device in
            try device.checkCitizen()
            try reach(server, stopped)
            try device.signIn(token, to: city)
            return Enrolment(who: shown(try device.enrolled(), device), packsReady: true)
        }
    }

    private func reach(_ server: String, _ stopped: Bool) throws {
        guard server.hasPrefix("http://") || server.hasPrefix("https://") else {
            throw SdkError.InvalidInput(field: "server", text: "this is no address of a server")
        }
        guard !stopped else { throw SdkError.Busy(text: "the request was cancelled") }
        guard city.reachable, server == city.url else {
            throw SdkError.Network(text: "the server cannot be reached")
        }
    }

    override public func whoami() throws -> WhoAmI {
        try call("whoami") { shown(try $0.enrolled(), $0) }
    }

    override public func signOut(unsentTo folder: FilePath?) throws {
        try changing("signOut") { device in
            if !device.unsent.isEmpty || !device.drafts.isEmpty || !device.aside.isEmpty {
                guard let folder else {
                    let aside = "a damaged database lies aside: discard it first, or name a folder"
                    let unsent = "something is unsent: sync first, or name a folder"
                    throw SdkError.NotPermitted(text: device.aside.isEmpty ? unsent : aside)
                }
                let url = URL(fileURLWithPath: folder)
                let text = device.unsent.sorted().joined(separator: "\n")
                do {
                    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
                    try Data(text.utf8).write(to: url.appendingPathComponent("unsent.txt"))
                } catch {
                    throw SdkError.Storage(problem: .readOnly, text: "the folder cannot be written")
                }
            }
            device.forget()
        }
    }

    override public func movedAside() throws -> [MovedAside] { try call("movedAside") { $0.aside } }

    override public func discardMovedAside(name: String) throws {
        try call("discardMovedAside") { device in
            guard let index = device.aside.firstIndex(where: { $0.name == name }) else {
                throw SdkError.NotFound(text: "the damaged database is not on this device")
            }
            device.aside.remove(at: index)
        }
    }

    override public func tellNetwork(kind: NetworkKind) throws {
        try call("tellNetwork") { _ in staying.network(kind) }
    }

    override public func tellForeground(is inFront: Bool) throws {
        try call("tellForeground") { _ in staying.foreground(inFront) }
    }

    override public func onPushHint() throws { try call("onPushHint") { _ in staying.nudge() } }

    override public func syncSoon() throws { try call("syncSoon") { _ in staying.nudge() } }

    override public func staySynced(cancel: CancelHandle, listener: SyncEndListener?) throws {
        try call("staySynced") { _ = try $0.enrolled() }
        let look = { self.city.lock.withLock { (self.city.mark, !self.device.unsent.isEmpty) } }
        try staying.run(until: cancel, telling: listener, look: look) {
            try sync(cancel: cancel, trigger: .timer, listener: nil)
        }
    }

    override public func checkup() throws -> CheckupNote {
        try call("checkup") { _ in CheckupNote(findings: [], support: "{}") }
    }

    override public func suspend(graceMs _: UInt64) throws { try call("suspend") { $0.suspended = true } }

    override public func resume() throws { try call("resume") { $0.suspended = false } }

    override public func listen(listener: ChangeListener) throws -> Listening {
        try call("listen") { _ in bell.listen(listener) }
    }

    override public func uploadPolicy() throws -> UploadPolicy { try call("uploadPolicy") { _ in policy } }

    override public func setUploadPolicy(policy: UploadPolicy) throws {
        try call("setUploadPolicy") { _ in self.policy = policy }
    }

    override public func status() throws -> StatusCounts {
        try call("status") { device in
            let waiting = device.cases(in: city).flatMap(\.entries).filter { device.unsent.contains($0.hash) }
            let photos = waiting.flatMap(\.photos)
            return StatusCounts(
                synced: waiting.isEmpty, changes: UInt32(waiting.count),
                texts: UInt32(waiting.filter { $0.text != nil }.count), photos: UInt32(photos.count),
                commands: 0, offeredAgain: 0, drafts: UInt32(device.drafts.count),
                bytes: photos.map(\.bytes).reduce(0, +), bytesSent: 0, heldBack: 0,
                waitingSince: waiting.map(\.at).min(), commandNotes: [], setAside: device.setAside, notices: [],
                clockOffsetMs: 0, refused: 0, lostContacts: [], lastSync: lastSync, backupCovers: nil)
        }
    }

    override public func sync(
        cancel: CancelHandle, trigger _: SyncTrigger?, listener: SyncListener?
    ) throws -> SyncReport {
        let stopped = try cancel.isCancelled()
        return try changing("sync") { device in
            _ = try device.enrolled()
            let waiting = device.cases(in: city).flatMap(\.entries).filter { device.unsent.contains($0.hash) }
            let outcome = stopped ? .cancelled : syncsEnd ?? (city.reachable ? .complete : Self.away)
            lastSync = LastSync(at: city.now(), outcome: outcome)
            guard outcome == .complete else {
                return report(outcome, sent: 0, photos: 0, changed: [], left: waiting.count)
            }
            // What a listener throws stops no sync.
            try? listener?.soFar(progress: .exchanging(changes: UInt32(waiting.count)))
            let changed = try device.exchange(with: city)
            let photos = waiting.flatMap(\.photos).count
            return report(outcome, sent: waiting.count, photos: photos, changed: changed, left: 0)
        }
    }

    override public func classes() throws -> [ClassInfo] { try call("classes") { try $0.classes(of: city) } }

    override public func searchClasses(text: String, kind: ClassKind?, limit: UInt32) throws -> [ClassInfo] {
        try call("searchClasses") { device in
            let found = try device.classes(of: city).filter {
                (kind == nil || $0.kind == kind) && [$0.code, $0.name.zh, $0.pinyin].contains(text)
            }
            return Array(found.prefix(Int(limit)))
        }
    }

    override public func labels(case _: CaseId?) throws -> [String: Names] {
        try call("labels") { _ in
            ["report": Names(zh: "上报", en: "report"), "handle": Names(zh: "处置", en: "handle")]
        }
    }

    override public func packs() throws -> [PackInfo] { try call("packs") { _ in [] } }

    override public func locate(position: PositionInput) throws -> Located? {
        try call("locate") { try $0.locate(position, in: city) }
    }

    override public func address(position _: PositionInput) throws -> String? { try call("address") { _ in nil } }

    override public func draftNew(input: DraftInput) throws -> DraftId {
        try changing("draftNew", [.status]) { device in
            let (id, now) = (city.newId(), city.now())
            device.drafts[id] = FakeDraft(id: id, createdAt: now, updatedAt: now, input: input)
            return id
        }
    }

    override public func draftUpdate(draft: DraftId, input: DraftInput) throws {
        try edit("draftUpdate", draft) { $0.input = input }
    }

    override public func draft(draft: DraftId) throws -> Draft { try call("draft") { try $0.draft(draft).shown } }

    override public func drafts() throws -> [Draft] {
        try call("drafts") { $0.drafts.values.map(\.shown).sorted { $0.updatedAt > $1.updatedAt } }
    }

    override public func draftDelete(draft: DraftId) throws {
        try changing("draftDelete", [.status]) { device in
            _ = try device.draft(draft)
            device.drafts[draft] = nil
        }
    }

    override public func attach(
        draft: DraftId, photo: PhotoFile, cancel: CancelHandle, listener: PhotoListener?
    ) throws -> AttachedPhoto {
        let stopped = try cancel.isCancelled()
        return try edit("attach", draft) { found in
            guard !stopped else { throw SdkError.Busy(text: "the work on the photo was stopped") }
            try checkCount(found.photos.count + 1)
            let (read, now) = (try FakePhoto(photo), city.now())
            try? listener?.soFar(progress: PhotoProgress(stage: .done, permille: 1_000))
            found.photos.append((read, now))
            return read.attached(now)
        }
    }

    override public func detach(draft: DraftId, photo: Digest) throws {
        try edit("detach", draft) { found in
            guard found.photos.contains(where: { $0.photo.sha256 == photo }) else {
                throw SdkError.NotFound(text: "the draft has no such photo")
            }
            found.photos.removeAll { $0.photo.sha256 == photo }
        }
    }

    override public func report(request: ReportRequest) throws -> Saved {
        try changing("report") { device in
            try checkCount(request.photos.count)
            let photos = try request.photos.map { try FakePhoto($0) }
            return try device.report(request.input, photos, to: city)
        }
    }

    override public func checkReport(input: DraftInput) throws {
        try call("checkReport") { _ in try FakeCity.checkForm(input) }
    }

    override public func reportDraft(draft: DraftId) throws -> Saved {
        try changing("reportDraft") { device in
            let found = try device.draft(draft)
            let saved = try device.report(found.input, found.photos.map(\.photo), to: city)
            device.drafts[draft] = nil
            return saved
        }
    }

    override public func similar(position: PositionInput, class kind: ClassRef) throws -> [SimilarCase] {
        try call("similar") { $0.similar(position, kind, in: city) }
    }

    override public func similarToDraft(draft: DraftId) throws -> [SimilarCase] {
        try call("similarToDraft") { device in
            let input = try device.draft(draft).input
            guard let position = input.position, let kind = input.class else { return [] }
            return device.similar(position, kind, in: city)
        }
    }

    override public func list(query: ListQuery) throws -> Page {
        try call("list") { device in
            let fitting = device.cases(in: city).filter { $0.fits(query) }
            let last = query.after.flatMap { key in fitting.firstIndex { $0.id == key } }
            let begin = last.map { $0 + 1 } ?? 0
            let rows = fitting.dropFirst(begin).prefix(query.limit == 0 ? 50 : Int(query.limit))
            let more = begin + rows.count < fitting.count
            return Page(rows: rows.map(\.row), next: more ? rows.last?.id : nil)
        }
    }

    override public func show(case id: CaseId) throws -> CaseDetail {
        try call("show") { try $0.show(id, in: city).detail }
    }

    override public func opened(case id: CaseId) throws -> Bool {
        try call("opened") { try $0.show(id, in: city).task != nil }
    }

    override public func allowed(case id: CaseId) throws -> [String] {
        try call("allowed") { try $0.show(id, in: city).may.sorted() }
    }

    override public func stateHash(case id: CaseId) throws -> Digest {
        try call("stateHash") { try $0.show(id, in: city).stateHash }
    }

    override public func tasks() throws -> [FieldTask] {
        try call("tasks") { try $0.tasks(in: city) }
    }

    override public func photoBytes(photo: Digest) throws -> Data {
        try call("photoBytes") { device in
            let found = device.cases(in: city).flatMap(\.photos).first { $0.sha256 == photo }
            guard let found, let data = FileManager.default.contents(atPath: found.file.path) else {
                throw SdkError.NotFound(text: "there is no such photo")
            }
            return data
        }
    }

    override public func savePhoto(photo: Digest, file: FilePath) throws {
        let data = try photoBytes(photo: photo)
        guard FileManager.default.createFile(atPath: file, contents: data) else {
            throw SdkError.Storage(problem: .readOnly, text: "the file cannot be written")
        }
    }

    override public func supplement(case id: CaseId, act: ActInput) throws -> Saved {
        try write("supplement", id, "supplement", act)
    }

    override public func withdraw(case id: CaseId, act: ActInput) throws -> Saved {
        try write("withdraw", id, "withdraw", act)
    }

    override public func verify(case id: CaseId, result: VerifyResult, act: ActInput) throws -> Saved {
        try write("verify", id, "verify", act, answer: .verified(result))
    }

    override public func take(case id: CaseId, act: ActInput) throws -> Saved {
        try write("take", id, "take", act)
    }

    override public func setOut(case id: CaseId, act: ActInput) throws -> Saved {
        try write("setOut", id, "set_out", act)
    }

    override public func arrive(case id: CaseId, act: ActInput) throws -> Saved {
        try write("arrive", id, "arrived", act)
    }

    override public func progress(case id: CaseId, percent _: UInt8?, act: ActInput) throws -> Saved {
        try write("progress", id, "progress", act)
    }

    override public func handle(case id: CaseId, act: ActInput) throws -> Saved {
        try write("handle", id, "handle", act)
    }

    override public func check(case id: CaseId, result: CheckResult, act: ActInput) throws -> Saved {
        try write("check", id, "check", act, answer: .checked(result))
    }

    override public func seen(case id: CaseId, state _: SeenState, act: ActInput) throws -> Saved {
        try write("seen", id, "seen", act)
    }

    override public func note(case id: CaseId, act: ActInput) throws -> Saved {
        try write("note", id, "note", act)
    }

    override public func urge(case id: CaseId, act: ActInput) throws -> Saved {
        try write("urge", id, "urge", act)
    }

    override public func askReopening(case id: CaseId, reason: String?, act: ActInput) throws -> Saved {
        try write("askReopening", id, "reopen_request", act, reason: reason)
    }

    override public func rate(case id: CaseId, score: UInt8, act: ActInput) throws -> Saved {
        guard (1...5).contains(score) else {
            throw SdkError.InvalidInput(field: "score", text: "a score is from 1 to 5")
        }
        return try write("rate", id, "rate", act, answer: .rated(score))
    }

    override public func askExtension(
        case id: CaseId, limit _: String, reason: String?, act: ActInput
    ) throws -> Saved {
        try write("askExtension", id, "extend_request", act, reason: reason)
    }

    override public func askSendBack(
        case id: CaseId, reason: String, instead _: UnitId?, act: ActInput
    ) throws -> Saved {
        try write("askSendBack", id, "send_back_request", act, reason: reason)
    }

    private func write(
        _ name: String, _ id: CaseId, _ kind: String, _ act: ActInput, reason: String? = nil,
        answer: FakeEntry.Answer = .none
    ) throws -> Saved {
        try changing(name) { try $0.write(id, kind, act, reason: reason, answer: answer, in: city) }
    }

    private func edit<T>(
        _ name: String, _ id: DraftId, _ work: (inout FakeDraft) throws -> T
    ) throws -> T {
        try changing(name, [.status]) { device in
            var found = try device.draft(id)
            let done = try work(&found)
            found.updatedAt = city.now()
            device.drafts[id] = found
            return done
        }
    }
}
