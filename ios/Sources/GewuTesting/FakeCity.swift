import Foundation
import Gewu

/// A rectangle of the fake city's map, in degrees.
public struct FakeGrid: Sendable {
    /// The code of the unit grid.
    public let unit: String
    /// The code of its duty grid.
    public let duty: String
    let lon: ClosedRange<Double>
    let lat: ClosedRange<Double>

    /// A grid between two meridians and two parallels.
    public init(unit: String, duty: String, lon: ClosedRange<Double>, lat: ClosedRange<Double>) {
        (self.unit, self.duty, self.lon, self.lat) = (unit, duty, lon, lat)
    }

    func holds(_ position: PositionInput) -> Bool { lon.contains(position.lon) && lat.contains(position.lat) }

    /// A block around the market of the fictional district.
    public static let market = FakeGrid(
        unit: "990101001001022", duty: "990101Z01", lon: 123.40...123.45, lat: 41.78...41.82)
}

func wrong(_ field: String, _ text: String) -> SdkError { .InvalidInput(field: field, text: text) }

/// Refuses what is no text of a person.
func checkText(_ text: String?) throws {
    if let fault = text.flatMap(Bounds.fault(ofText:)) { throw wrong("text", fault) }
}

/// Refuses what no entry takes.
func check(_ act: ActInput, as kind: String) throws {
    try checkText(act.text)
    try checkCount(act.photos.count)
    for place in [act.position] + act.photos.map(\.position) {
        if let place { try FakeCity.check(place) }
    }
    if kind == "supplement", act.text == nil, act.photos.isEmpty { throw wrong("text", "add a text or a photo") }
}

/// Refuses more photos than one entry holds.
func checkCount(_ photos: Int) throws {
    if photos > 20 { throw wrong("photo", "more than 20 photos; leave some out") }
}

/// A city in memory, for the tests of an app: devices of it need no server and no folder. It knows as much of
/// the rules as the common ways need (report, verify, dispatch, handle, check, close, rate); where more of
/// them matters, use ``GewuTestServer``. What both do is held together by one suite of tests.
///
///     let city = FakeCity()
///     let client = GewuClient.over(FakeGewu(city))
///     try await client.consent(terms: "test")
///     try await client.enrol(server: city.url, code: city.code(for: "li", role: "inspector"))
///
/// May be used from any thread.
public final class FakeCity: @unchecked Sendable {
    /// Where devices enrol.
    public let url = "http://fake.city.test"
    /// What can be reported.
    public let classes: [ClassInfo]
    /// Its map.
    public let grids: [FakeGrid]

    /// Held by whoever touches what follows, or a device of this city.
    let lock = NSRecursiveLock()
    var cases: [CaseId: [FakeEntry]] = [:]
    private var codes: [String: FakeUser] = [:]
    private var replies: [CaseId: String] = [:]
    private var hostApps: Set<String> = []
    private var hostTokens: [String: (account: FakeAccount, request: SignInRequest)] = [:]
    /// The account under which each case was reported that is not anonymous.
    var reporters: [CaseId: FakeAccount] = [:]
    private var count: UInt64 = 0
    private var isReachable = true

    /// A city with a class and a grid, unless others are named.
    public init(classes: [ClassInfo] = [FakeCity.manhole], grids: [FakeGrid] = [.market]) {
        (self.classes, self.grids) = (classes, grids)
    }

    /// Whether devices reach it: what airplane mode, a tunnel and a server that is down look like.
    public var reachable: Bool {
        get { lock.withLock { isReachable } }
        set { lock.withLock { isReachable = newValue } }
    }

    /// A one-time code with which a user enrols a device.
    public func code(
        for user: String, role: String, units: [String] = [], dutyGrids: [String] = []
    ) -> String {
        lock.withLock {
            let code = "FAKE-\(next())"
            codes[code] = FakeUser(name: user, role: role, units: units, dutyGrids: dutyGrids)
            return code
        }
    }

    /// The city takes tokens of this app from now on.
    public func addHostApp(_ name: String) { lock.withLock { _ = hostApps.insert(name) } }

    /// The city takes no token of this app any more.
    public func removeHostApp(_ name: String) { lock.withLock { _ = hostApps.remove(name) } }

    /// A token as the backend of an app makes one for its user.
    public func hostToken(app: String, user: String, for request: SignInRequest) -> String {
        lock.withLock {
            let token = "FAKE-TOKEN-\(next())"
            hostTokens[token] = (FakeAccount(app: app, user: user), request)
            return token
        }
    }

    /// Whose account the centre finds behind a case; nothing for an anonymous report.
    public func account(_ id: CaseId) throws -> String? {
        try lock.withLock {
            _ = try log(id)
            return reporters[id]?.user
        }
    }

    func signedIn(_ token: String, on device: String) throws -> FakeAccount {
        guard let found = hostTokens[token] else {
            throw SdkError.ServerRefused(status: 401, text: "this is no sign-in token of a host app")
        }
        guard hostApps.contains(found.account.app) else {
            throw SdkError.ServerRefused(status: 403, text: "the city has no host app of that name")
        }
        guard found.request.device == device else {
            throw SdkError.ServerRefused(status: 403, text: "the token was made for another device")
        }
        return found.account
    }

    /// The centre has somebody look whether a report is true (核实).
    public func verifyRequest(_ id: CaseId, person: String) throws {
        try instruct(id, "verify_request", persons: [person])
    }

    /// The centre files a report (立案).
    public func file(_ id: CaseId) throws { try instruct(id, "file") }

    /// The centre dispatches a case to a unit (派遣).
    public func dispatch(_ id: CaseId, lead: String) throws { try instruct(id, "dispatch", units: [lead]) }

    /// The centre has somebody look at the work (核查).
    public func checkRequest(_ id: CaseId, person: String) throws {
        try instruct(id, "check_request", persons: [person])
    }

    /// The centre closes a case (结案).
    public func close(_ id: CaseId) throws { try instruct(id, "close") }

    /// The centre's word to the reporter.
    public func reply(_ id: CaseId, _ text: String) throws {
        try lock.withLock {
            _ = try log(id)
            replies[id] = text
        }
    }

    /// The city has no such case: the device that wrote it has not synced.
    public struct NoCase: Error {}

    /// Another one whenever the centre or a device wrote something.
    var mark: Int { cases.values.map(\.count).reduce(0, +) }

    func redeem(_ code: String) -> FakeUser? { codes.removeValue(forKey: code) }

    func newCitizen() -> FakeUser { FakeUser(name: "citizen-\(newId().suffix(8))", role: "citizen") }

    func newId() -> String { hex(next(), 32) }

    func newHash() -> String { hex(next(), 64) }

    /// The time of the city: every entry has one of its own, in order, from 2026-01-01 on.
    func now() -> Millis { 1_767_225_600_000 + Millis(next()) }

    func grid(_ position: PositionInput?) -> FakeGrid? {
        guard let position else { return nil }
        return grids.first { $0.holds(position) }
    }

    func word(_ log: [FakeEntry], of id: CaseId) -> FakeWord {
        let stage = Standing(log).publicStage
        let scores = log.compactMap { entry in if case .rated(let score) = entry.answer { score } else { nil } }
        return FakeWord(
            stage: stage, may: may(stage, rated: !scores.isEmpty), reply: replies[id],
            urged: log.filter { $0.kind == "urge" }.count, rated: scores.last)
    }

    /// Refuses what the city cannot take, by the field.
    func check(_ input: DraftInput) throws {
        try Self.checkForm(input)
        if let edition = input.edition, !classes.contains(where: { $0.edition == edition }) {
            throw wrong("edition", "the catalogue has no such edition")
        }
        let known = classes.first { $0.kind == input.class?.kind && $0.code == input.class?.code }
        guard let known else { throw wrong("class", "the catalogue has no such class") }
        if let condition = input.condition, !known.conditions.contains(where: { $0.code == condition }) {
            throw wrong("condition", "the class has no such condition")
        }
    }

    /// Refuses what no city takes.
    static func checkForm(_ input: DraftInput) throws {
        guard input.class != nil else { throw wrong("class", "choose a class") }
        guard let position = input.position else { throw wrong("position", "a report needs a position") }
        try check(position)
        if let fault = Bounds.fault(of: input) { throw wrong(fault.field, fault.text) }
    }

    /// Refuses what is no position.
    static func check(_ position: PositionInput) throws {
        guard (-90...90).contains(position.lat), (-180...180).contains(position.lon) else {
            throw wrong("position", "this is no place on earth")
        }
        guard (0...100_000).contains(position.accuracyM ?? 0) else {
            throw wrong("position", "accuracy must lie between 0 and 100000 metres")
        }
    }

    private func may(_ stage: PublicStage, rated: Bool) -> Set<String> {
        switch stage {
        case .received: ["supplement", "urge", "withdraw"]
        case .verifying, .accepted, .inProgress: ["supplement", "urge", "withdraw"]
        case .closed: rated ? ["reopen_request"] : ["rate", "reopen_request"]
        default: []
        }
    }

    private func instruct(
        _ id: CaseId, _ kind: String, persons: [String] = [], units: [String] = []
    ) throws {
        try lock.withLock {
            let entry = FakeEntry(
                hash: newHash(), kind: kind, by: "centre", role: "operator", at: now(), persons: persons,
                units: units)
            cases[id] = try log(id) + [entry]
        }
    }

    private func log(_ id: CaseId) throws -> [FakeEntry] {
        guard let log = cases[id] else { throw NoCase() }
        return log
    }

    private func next() -> UInt64 {
        count += 1
        return count
    }

    /// The class of covers of manholes.
    public static let manhole = ClassInfo(
        edition: "fake", kind: .component, code: "01002", name: Names(zh: "井盖", en: "manhole cover"),
        conditions: [], urgent: false, parent: nil, heading: false, local: false, collect: nil, accuracy: nil,
        validFrom: nil, validTo: nil, aliases: [], pinyin: "jg")
}
