import Foundation
import Gewu
import GewuTesting
import XCTest

/// One city for all tests; each test has persons and units of its own.
enum Town {
    private static let started = Result { try GewuTestServer() }

    static var server: GewuTestServer {
        get throws { try started.get() }
    }

    /// The centre's way from a report to a dispatched case.
    static func dispatch(_ id: CaseId, to unit: String) throws {
        try server.operate("file", id)
        try server.operate("dispatch", id, "--lead", unit)
    }
}

func fresh(_ what: String) -> String { "\(what)-\(UUID().uuidString.prefix(8).lowercased())" }

/// A folder that goes with the test.
final class Folder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(fresh("gewu"))
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func child(_ name: String) -> String { "\(path)/\(name)" }

    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path) }
    }
}

/// A device with its user. Its folder goes when nobody holds it.
struct Device: Sendable {
    let client: GewuClient
    let user: String
    let folder: Folder

    /// A device that agreed to the terms and belongs to nobody.
    static func stranger(transport: (any HostTransport)? = nil) async throws -> Device {
        let folder = try Folder()
        let client = try await GewuClient.open(
            OpenOptions(folder: folder.path, transport: transport, lockPatienceMs: 200))
        try await client.consent(terms: "2026-01")
        return Device(client: client, user: "nobody", folder: folder)
    }

    static func staff(
        _ role: String, units: [String] = [], dutyGrids: [String] = [],
        server: GewuTestServer? = nil, transport: (any HostTransport)? = nil
    ) async throws -> Device {
        let device = try await stranger(transport: transport)
        let user = fresh(role)
        let server = try server ?? Town.server
        let code = try server.code(for: user, role: role, units: units, dutyGrids: dutyGrids)
        try await device.client.enrol(server: server.url, code: code)
        return Device(client: device.client, user: user, folder: device.folder)
    }

    /// The inspector of the market's duty grid.
    static func inspector(
        server: GewuTestServer? = nil, transport: (any HostTransport)? = nil
    ) async throws -> Device {
        try await staff("inspector", dutyGrids: [market], server: server, transport: transport)
    }

    static func crew(_ unit: String) async throws -> Device {
        try await staff("crew", units: [unit])
    }

    static func citizen() async throws -> Device {
        let device = try await stranger()
        try await device.client.enrol(server: try Town.server.url)
        return device
    }

    /// Syncs until nothing is left, or fails.
    func synced(file: StaticString = #filePath, line: UInt = #line) async throws {
        let report = try await client.sync()
        XCTAssertEqual(report.outcome, .complete, file: file, line: line)
    }

    func reported(_ text: String = "井盖缺失") async throws -> CaseId {
        try await client.report(request(text, photos: [photo()])).case
    }
}

let market = "990101Z01"
let manhole = ClassRef(kind: .component, code: "01002")

func atTheMarket(lon: Double = 123.422729, lat: Double = 41.7999616) -> PositionInput {
    PositionInput(lon: lon, lat: lat, accuracyM: 5, datum: .wgs84)
}

var fixtures: String { ProcessInfo.processInfo.environment["GEWU_FIXTURES"] ?? "fixtures" }

func photo(
    _ name: String = "manhole-before.jpg", _ role: EvidenceRole = .scene,
    _ provenance: Provenance = .camera
) -> PhotoFile {
    PhotoFile(path: "\(fixtures)/photos/\(name)", role: role, provenance: provenance)
}

func request(
    _ text: String = "井盖缺失", class kind: ClassRef = manhole,
    position: PositionInput = atTheMarket(), photos: [PhotoFile] = []
) -> ReportRequest {
    ReportRequest(class: kind, position: position, text: text, photos: photos)
}

func act(_ text: String? = nil, _ photos: PhotoFile...) -> ActInput {
    ActInput(text: text, photos: photos)
}

/// What the policy asks of a handle: a photo before and one after.
func workDone() -> ActInput {
    act("已更换", photo("manhole-before.jpg", .before), photo("manhole-after.jpg", .after))
}

func inspection() -> PhotoFile { photo("manhole-after.jpg", .inspection) }

/// The error of a call that has to fail.
func failure<T>(
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

/// A count that threads share.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    @discardableResult func more() -> Int { lock.withLock { count += 1; return count } }
    var value: Int { lock.withLock { count } }
}

/// A list that threads share.
final class Kept<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []
    func keep(_ value: Value) { lock.withLock { values.append(value) } }
    var all: [Value] { lock.withLock { values } }
}

/// What is handed to another task and not touched meanwhile.
struct Handover<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// Waits until something holds, for 30 seconds at most.
func until(
    _ what: String, file: StaticString = #filePath, line: UInt = #line,
    _ holds: () async throws -> Bool
) async throws {
    for _ in 0..<3_000 {
        if try await holds() { return }
        try await Task.sleep(nanoseconds: 10_000_000)
    }
    XCTFail("never came: \(what)", file: file, line: line)
}
