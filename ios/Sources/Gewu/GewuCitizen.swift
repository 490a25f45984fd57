import Foundation
import GewuSDK

/// What became of a citizen's report.
public enum Reported: Equatable, Sendable {
    /// It is saved and goes to the city with the next sync.
    case done(Saved)
    /// It is kept on the phone and becomes a report when there was a network once: a city has to know
    /// the phone before it can take a report of it.
    case waiting(DraftId)
}

/// All that a report screen in somebody else's app needs. Making one does nothing: before
/// ``consent(_:)`` no file is written, no address asked, nothing collected.
///
/// Citizens are anonymous: the city gets a pseudonym for each report, and a contact only where one is
/// given. A user who is signed in in the app may report under that account (``signIn(_:)``); others than the
/// city do not see it.
public actor GewuCitizen {
    /// How long a report waits for the city to take the phone in, in nanoseconds.
    private static let patience: UInt64 = 10_000_000_000

    private let server: String
    private let isBegun: @Sendable () -> Bool
    private let open: @Sendable () async throws -> GewuClient
    private var opening: Task<GewuClient, any Error>?
    private let enrolling = Together<Bool>()
    private var drafts = WaitingReports()

    /// A screen for the city at an address.
    public init(server: String, options: OpenOptions) {
        let options = Handed(options)
        self.init(
            server: server,
            isBegun: {
                let database = URL(fileURLWithPath: options.value.folder).appendingPathComponent("gewu.db")
                return FileManager.default.fileExists(atPath: database.path)
            },
            open: { try await GewuClient.open(options.value) })
    }

    /// The same in a folder, with everything as usual.
    public init(server: String, folder: String) {
        self.init(server: server, options: OpenOptions(folder: folder))
    }

    /// The same over a client that is open already: one of `FakeGewu` of `GewuTesting`, in an app's tests. It is
    /// closed with this one, and nobody opens it again.
    public static func over(server: String, _ client: GewuClient) -> GewuCitizen {
        GewuCitizen(server: server, isBegun: { true }, open: { client })
    }

    private init(
        server: String, isBegun: @escaping @Sendable () -> Bool,
        open: @escaping @Sendable () async throws -> GewuClient
    ) {
        self.server = server
        self.isBegun = isBegun
        self.open = open
    }

    /// Whether the user agreed before. Writes nothing.
    public func hasConsent() async throws(GewuError) -> Bool {
        guard isBegun() else { return false }
        return try await client().hasConsent()
    }

    /// Records that the user agreed to the terms of this version. Needs no network.
    public func consent(_ version: String) async throws(GewuError) {
        try await client().consent(terms: version)
    }

    /// What the app's backend puts into the token for ``signIn(_:)``: `city` as `aud`, `device` as `nonce`. Needs
    /// consent, and the network until the phone is known to the city.
    public func signInRequest() async throws(GewuError) -> SignInRequest {
        let client = try await agreed()
        await enrolling.over()
        return try await client.signInRequest(server: server)
    }

    /// From now on reports go under the user's account in the app, waiting and unsent ones too; what the city
    /// has already stays anonymous. The token is what the app's backend made for ``signInRequest()``. Needs the
    /// network: a token is not kept. One that the city does not take is refused in its words, and so is another
    /// account on this phone: ``leave()`` first.
    public func signIn(_ token: String) async throws(GewuError) {
        let client = try await agreed()
        // An enrolment under way answers from before the sign-in, and is not to come after it.
        await enrolling.over()
        try await client.signIn(server: server, token: token)
    }

    /// The app under whose account reports go, by the name that the city has for it; nothing while they are
    /// anonymous.
    public func account() async throws(GewuError) -> String? {
        let client = try await agreed()
        do throws(GewuError) {
            return try await client.whoami().account
        } catch {
            guard case .notEnrolled = error else { throw error }
            return nil
        }
    }

    /// Reports. When this returns, it survives a loss of power, whatever it came to. When it throws, also
    /// because its task was cancelled, it saved nothing. What no city will ever take is refused at once.
    ///
    /// The report lies on the phone before the city is asked. The first one asks it to take the phone in,
    /// and waits no longer than ten seconds for that.
    public func report(
        _ input: DraftInput, photos: [PhotoFile] = []
    ) async throws(GewuError) -> Reported {
        let client = try await agreed()
        if input.selfHandled {
            throw .invalidInput(field: "selfHandled", text: "only the city's own people settle it on the spot")
        }
        try await client.checkReport(input)
        let draft = try await begin(client)
        var isFilled = false
        do throws(GewuError) {
            for photo in photos { try await client.attach(photo, to: draft) }
            if Task.isCancelled { throw .cancelled }
            try await client.updateDraft(draft, input)
            isFilled = true
            let isKnown = try await soonKnown(client)
            // From here on it is saved, and says so, or it is not.
            if Task.isCancelled { throw .cancelled }
            let reported = isKnown ? try await handIn(draft, client) : .waiting(draft)
            drafts.ended(draft, isLeft: false)
            return reported
        } catch {
            // A client that was closed or suspended meanwhile removes nothing.
            let isGone = await isRemoved(draft, client)
            drafts.ended(draft, isLeft: !isGone && !isFilled)
            if isFilled && !isGone { return .waiting(draft) }
            throw error
        }
    }

    /// Sends and fetches; hands in what waited for the first network. What cannot be handed in then stands
    /// in ``waiting()`` with the reason. Nothing while the city cannot be reached for the first time.
    @discardableResult
    public func sync() async throws(GewuError) -> SyncReport? {
        let client = try await agreed()
        guard try await known(client) else { return nil }
        if try await !handInWaiting(client) {
            // The sync brings the classes that were missing.
            try await client.sync()
            _ = try await handInWaiting(client)
        }
        return try await client.sync()
    }

    /// The user's latest 500 reports with the city's public word on each, always as they stand.
    public func myReports() async throws(GewuError) -> LiveQuery<Page> {
        try await agreed().liveCases(ListQuery(mine: true, limit: 500))
    }

    /// Reports that wait for the first network, or that the city does not take: see
    /// ``WaitingReport/refused``.
    public func waiting() async throws(GewuError) -> [WaitingReport] {
        drafts.shown(of: try await agreed().drafts())
    }

    /// Throws a waiting report away, with its photos.
    public func discardWaiting(_ draft: DraftId) async throws(GewuError) {
        try await agreed().deleteDraft(draft)
        drafts.isGone(draft)
    }

    /// One report, with what may be done about it in `publicWord.may`.
    public func show(_ id: CaseId) async throws(GewuError) -> CaseDetail {
        try await agreed().show(id)
    }

    /// Adds to a report.
    @discardableResult
    public func supplement(_ id: CaseId, _ act: ActInput) async throws(GewuError) -> Saved {
        try await agreed().supplement(id, act)
    }

    /// Asks to hurry.
    @discardableResult
    public func urge(_ id: CaseId, _ words: String? = nil) async throws(GewuError) -> Saved {
        try await agreed().urge(id, ActInput(text: words))
    }

    /// Takes a report back.
    @discardableResult
    public func withdraw(_ id: CaseId, _ words: String? = nil) async throws(GewuError) -> Saved {
        try await agreed().withdraw(id, ActInput(text: words))
    }

    /// Rates the result, from 1 (worst) to 5 (best).
    @discardableResult
    public func rate(
        _ id: CaseId, _ score: UInt8, _ words: String? = nil
    ) async throws(GewuError) -> Saved {
        try await agreed().rate(id, score, ActInput(text: words))
    }

    /// Asks to open an ended report again (申请重办): what `publicWord.may` calls `reopen_request`.
    @discardableResult
    public func askToReopen(_ id: CaseId, _ words: String) async throws(GewuError) -> Saved {
        try await agreed().askReopening(id, ActInput(text: words))
    }

    /// Reports and words that the city set aside, or that were lost with the phone's key: each with its reason.
    public func setAside() async throws(GewuError) -> [SetAsideNote] {
        try await agreed().status().setAside
    }

    /// Databases of this phone that were damaged and moved aside, the oldest first. What was unsent in them is
    /// nowhere else. After the damage the phone is a new one, and the user is asked for consent again.
    public func movedAside() async throws(GewuError) -> [MovedAside] {
        try await agreed().movedAside()
    }

    /// Removes a database that was moved aside, for ever, with everything that was unsent in it.
    public func discardMovedAside(_ name: String) async throws(GewuError) {
        try await agreed().discard(movedAside: name)
    }

    /// Takes everything off the phone but that the user agreed; refused while a report is unsent or waits, or a
    /// damaged database lies aside, in words that say what to do.
    public func leave() async throws(GewuError) {
        let client = try await agreed()
        try await sweep(client)
        let (waiting, aside) = (try await waiting(), try await client.movedAside())
        if let why = whyNotLeave(waiting, aside) { throw .notPermitted(text: why) }
        do throws(GewuError) {
            try await client.signOut()
        } catch {
            guard case .notPermitted = error else { throw error }
            // The core names ways out that this screen does not have.
            throw .notPermitted(text: "not everything is sent yet: sync first")
        }
    }

    /// Lets go of the folder; the next call opens it again.
    public func close() async {
        if let client = try? await opening?.value { client.close() }
        opening = nil
    }

    private func begin(_ client: GewuClient) async throws(GewuError) -> DraftId {
        drafts.begins()
        do throws(GewuError) {
            let draft = try await client.newDraft()
            drafts.hasBegun(draft)
            return draft
        } catch {
            drafts.hasBegun(nil)
            throw error
        }
    }

    private func isRemoved(_ draft: DraftId, _ client: GewuClient) async -> Bool {
        do throws(GewuError) {
            try await client.deleteDraft(draft)
            return true
        } catch {
            return false
        }
    }

    private func handIn(_ draft: DraftId, _ client: GewuClient) async throws(GewuError) -> Reported {
        do throws(GewuError) {
            return .done(try await client.reportDraft(draft))
        } catch {
            // The city's classes are not here yet: the next sync brings them.
            if case .tooOld = error { return .waiting(draft) }
            throw error
        }
    }

    /// Removes what was left of reports that failed.
    private func sweep(_ client: GewuClient) async throws(GewuError) {
        for draft in drafts.left(of: try await client.drafts()) {
            try await client.deleteDraft(draft)
            drafts.isGone(draft)
        }
    }

    /// Hands in what waits; whether the city's classes were there for it.
    private func handInWaiting(_ client: GewuClient) async throws(GewuError) -> Bool {
        try await sweep(client)
        var classesAreHere = true
        for report in try await waiting() {
            do throws(GewuError) {
                try await client.reportDraft(report.id)
                drafts.note(report.id, nil)
            } catch {
                if case .tooOld = error { classesAreHere = false }
                drafts.note(report.id, error)
            }
        }
        return classesAreHere
    }

    /// Whether the city knows the phone; makes it known where there is a network, once for all who ask.
    private func known(_ client: GewuClient) async throws(GewuError) -> Bool {
        try await enrolling.value { () async throws(GewuError) in try await self.enrolled(client) }
    }

    /// The same for somebody who waits before a button.
    private func soonKnown(_ client: GewuClient) async throws(GewuError) -> Bool {
        let asking = Task { try await known(client) }
        let bell = Task {
            try await Task.sleep(nanoseconds: Self.patience)
            asking.cancel()
        }
        defer { bell.cancel() }
        do {
            return try await withTaskCancellationHandler { try await asking.value } onCancel: { asking.cancel() }
        } catch {
            let error = GewuError(error)
            guard error == .cancelled, !Task.isCancelled else { throw error }
            return try await isKnown(client)
        }
    }

    private func isKnown(_ client: GewuClient) async throws(GewuError) -> Bool {
        do throws(GewuError) {
            _ = try await client.whoami()
            return true
        } catch {
            guard case .notEnrolled = error else { throw error }
            return false
        }
    }

    private func enrolled(_ client: GewuClient) async throws(GewuError) -> Bool {
        if try await isKnown(client) { return true }
        do throws(GewuError) {
            try await client.enrol(server: server)
            return true
        } catch {
            // A network that is away is no failure; anything else is.
            guard error.wayOut == .tryLater else { throw error }
            return false
        }
    }

    private func agreed() async throws(GewuError) -> GewuClient {
        guard try await hasConsent() else {
            throw .notPermitted(text: "the user has not agreed yet; ask first")
        }
        return try await client()
    }

    private func client() async throws(GewuError) -> GewuClient {
        let open = open
        let task = opening ?? Task { try await open() }
        opening = task
        do {
            return try await task.value
        } catch {
            opening = nil
            throw GewuError(error)
        }
    }
}
