import Foundation
import Gewu
import GewuTesting
import XCTest

/// What the contract needs of a city: the real one and the fake one.
protocol Town: Sendable {
    var name: String { get }
    var url: String { get }

    /// A device that agreed to nothing yet.
    func untouched() async throws -> GewuClient
    func code(for user: String, role: String, units: [String], dutyGrids: [String]) throws -> String
    func addHostApp(_ name: String) throws
    func removeHostApp(_ name: String) throws
    func hostToken(app: String, user: String, for request: SignInRequest) throws -> String

    /// Whose account the centre finds behind a case.
    func account(_ id: CaseId) throws -> String?
    func verifyRequest(_ id: CaseId, person: String) throws
    func file(_ id: CaseId) throws
    func dispatch(_ id: CaseId, lead: String) throws
    func checkRequest(_ id: CaseId, person: String) throws
    func close(_ id: CaseId) throws
    func reply(_ id: CaseId, _ text: String) throws

    /// The network is gone from here on.
    func goAway()
}

/// The real library with a real server.
final class RealTown: Town {
    let name = "real"
    private let server: GewuTestServer
    private let folders = Kept()

    init() throws { server = try GewuTestServer() }

    deinit {
        server.stop()
        folders.all.forEach { try? FileManager.default.removeItem(atPath: $0) }
    }

    var url: String { server.url }

    func untouched() async throws -> GewuClient {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(fresh("contract")).path
        folders.keep(folder)
        return try await GewuClient.open(OpenOptions(folder: folder, lockPatienceMs: 200))
    }

    func code(for user: String, role: String, units: [String], dutyGrids: [String]) throws -> String {
        try server.code(for: user, role: role, units: units, dutyGrids: dutyGrids)
    }

    func addHostApp(_ name: String) throws { try server.addHostApp(name) }

    func removeHostApp(_ name: String) throws { try server.operate("host-app", "remove", name) }

    func hostToken(app: String, user: String, for request: SignInRequest) throws -> String {
        try server.hostToken(app: app, user: user, for: request)
    }

    func account(_ id: CaseId) throws -> String? {
        let said = try server.operate("account", id)
        let object = try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any]
        return object?["sub"] as? String
    }

    func verifyRequest(_ id: CaseId, person: String) throws {
        try server.operate("verify-request", id, "--person", person)
    }

    func file(_ id: CaseId) throws { try server.operate("file", id) }

    func dispatch(_ id: CaseId, lead: String) throws { try server.operate("dispatch", id, "--lead", lead) }

    func checkRequest(_ id: CaseId, person: String) throws {
        try server.operate("check-request", id, "--person", person)
    }

    func close(_ id: CaseId) throws { try server.operate("close", id) }

    func reply(_ id: CaseId, _ text: String) throws { try server.operate("reply", id, "--text", text) }

    func goAway() { server.kill() }
}

/// The fake.
struct FakeTown: Town {
    let name = "fake"
    private let city = FakeCity()

    var url: String { city.url }

    func untouched() async throws -> GewuClient { GewuClient.over(FakeGewu(city)) }

    func code(for user: String, role: String, units: [String], dutyGrids: [String]) -> String {
        city.code(for: user, role: role, units: units, dutyGrids: dutyGrids)
    }

    func addHostApp(_ name: String) { city.addHostApp(name) }

    func removeHostApp(_ name: String) { city.removeHostApp(name) }

    func hostToken(app: String, user: String, for request: SignInRequest) -> String {
        city.hostToken(app: app, user: user, for: request)
    }

    func account(_ id: CaseId) throws -> String? { try city.account(id) }

    func verifyRequest(_ id: CaseId, person: String) throws { try city.verifyRequest(id, person: person) }

    func file(_ id: CaseId) throws { try city.file(id) }

    func dispatch(_ id: CaseId, lead: String) throws { try city.dispatch(id, lead: lead) }

    func checkRequest(_ id: CaseId, person: String) throws { try city.checkRequest(id, person: person) }

    func close(_ id: CaseId) throws { try city.close(id) }

    func reply(_ id: CaseId, _ text: String) throws { try city.reply(id, text) }

    func goAway() { city.reachable = false }
}

/// A device with its user.
struct Owned: Sendable {
    let client: GewuClient
    let user: String

    func synced() async throws {
        let report = try await client.sync()
        XCTAssertEqual(report.outcome, .complete)
    }
}

extension Town {
    /// A device that agreed and belongs to nobody.
    func stranger() async throws -> GewuClient {
        let client = try await untouched()
        try await client.consent(terms: "2026-01")
        return client
    }

    func inspector() async throws -> Owned { try await staff("inspector", dutyGrids: ["990101Z01"]) }

    func crew(_ unit: String) async throws -> Owned { try await staff("crew", units: [unit]) }

    func citizen() async throws -> Owned {
        let client = try await stranger()
        let who = try await client.enrol(server: url).who
        return Owned(client: client, user: who.user)
    }

    /// A case that a unit is asked to work on.
    func dispatched(by reporter: Owned, to unit: String) async throws -> CaseId {
        let id = try await reporter.client.report(request()).case
        try await reporter.synced()
        try file(id)
        try dispatch(id, lead: unit)
        return id
    }

    private func staff(
        _ role: String, units: [String] = [], dutyGrids: [String] = []
    ) async throws -> Owned {
        let (client, user) = (try await stranger(), fresh(role))
        let code = try code(for: user, role: role, units: units, dutyGrids: dutyGrids)
        try await client.enrol(server: url, code: code)
        return Owned(client: client, user: user)
    }
}

func fresh(_ what: String) -> String { "\(what)-\(UUID().uuidString.prefix(8).lowercased())" }

let manhole = ClassRef(kind: .component, code: "01002")

func atTheMarket(lon: Double = 123.422729, lat: Double = 41.7999616) -> PositionInput {
    PositionInput(lon: lon, lat: lat, accuracyM: 5, datum: .wgs84)
}

var fixtures: String { ProcessInfo.processInfo.environment["GEWU_FIXTURES"] ?? "fixtures" }

func photo(_ name: String = "manhole-before.jpg", _ role: EvidenceRole = .scene) -> PhotoFile {
    PhotoFile(path: "\(fixtures)/photos/\(name)", role: role, provenance: .camera)
}

func request(
    _ text: String = "井盖缺失", class kind: ClassRef = manhole, position: PositionInput = atTheMarket(),
    photos: [PhotoFile] = [photo()]
) -> ReportRequest {
    ReportRequest(class: kind, position: position, text: text, photos: photos)
}

func act(_ text: String? = nil, _ photos: PhotoFile...) -> ActInput { ActInput(text: text, photos: photos) }

/// What the policy asks of a handle: a photo before and one after.
func workDone() -> ActInput { act("已更换", photo("manhole-before.jpg", .before), photo("manhole-after.jpg", .after)) }

func inspection() -> PhotoFile { photo("manhole-after.jpg", .inspection) }

/// How a call failed that has to fail: by what the app can do.
func refused<T>(
    file: StaticString = #filePath, line: UInt = #line, _ work: () async throws -> T
) async throws -> GewuError {
    do {
        let value = try await work()
        XCTFail("was done: \(value)", file: file, line: line)
    } catch let error as GewuError {
        return error
    }
    throw Undone()
}

/// There was no failure where there had to be one; it is recorded already.
struct Undone: Error {}

/// Texts that threads share.
final class Kept: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [String] = []
    func keep(_ value: String) { lock.withLock { values.append(value) } }
    var all: [String] { lock.withLock { values } }
}
