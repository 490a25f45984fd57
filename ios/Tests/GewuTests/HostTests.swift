import Foundation
import Gewu
import XCTest

/// The app in the SDK's place: keys, requests, log, network.
final class HostTests: XCTestCase {
    func testTheAppsTransportCarriesAWholeDay() async throws {
        let folder = try Folder()
        let (keys, wire) = (Keys(), Counted())
        let client = try await GewuClient.open(
            OpenOptions(folder: folder.path, secrets: keys, transport: wire, app: "test 1"))
        try await client.consent(terms: "1")
        let server = try Town.server
        let code = try server.code(for: fresh("li"), role: "inspector", dutyGrids: [market])
        try await client.enrol(server: server.url, code: code)
        try await client.report(request(photos: [photo()]))
        let report = try await client.sync()
        XCTAssertEqual(report.outcome, .complete)
        let status = try await client.status()
        XCTAssertTrue(status.synced)
        XCTAssertGreaterThan(wire.sent.value, 3)
        XCTAssertTrue(keys.names.contains("device-key"))
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.child("secrets")))
    }

    func testALockedKeyStoreIsSaidAndNothingIsLost() async throws {
        let folder = try Folder()
        let keys = Keys()
        let options = Box(OpenOptions(folder: folder.path, secrets: keys))
        let client = try await GewuClient.open(options.value)
        try await client.consent(terms: "1")
        try await client.enrol(server: try Town.server.url)
        try await client.report(request(photos: [photo()]))
        client.close()
        keys.locked = true
        let why = try await failure { try await GewuClient.open(options.value) }
        XCTAssertEqual(why.problem, .keys)
        keys.locked = false
        let again = try await GewuClient.open(options.value)
        let rows = try await again.cases().rows
        XCTAssertEqual(rows.count, 1)
    }

    func testAKeyStoreThatWasEmptiedAsksToEnrolAgainAndKeepsTheWork() async throws {
        let folder = try Folder()
        let keys = Keys()
        let options = Box(OpenOptions(folder: folder.path, secrets: keys))
        let client = try await GewuClient.open(options.value)
        try await client.consent(terms: "1")
        try await client.enrol(server: try Town.server.url)
        try await client.report(request(photos: [photo()]))
        client.close()
        keys.empty()
        let again = try await GewuClient.open(options.value)
        let why = try await failure { try await again.whoami() }
        XCTAssertEqual(why.wayOut, .enrol)
        let rows = try await again.cases().rows
        XCTAssertEqual(rows.count, 1)
    }

    func testATransportThatThrowsAnythingIsANetworkThatIsAway() async throws {
        let device = try await Device.stranger(transport: Broken())
        let client = device.client
        let url = try Town.server.url
        let why = try await failure { try await client.enrol(server: url) }
        XCTAssertEqual(why.wayOut, .tryLater)
    }

    func testPhotosWaitForTheNetworkThatTheUserChose() async throws {
        let wang = try await Device.inspector()
        try await wang.client.setUploadPolicy(uploads(paused: false, photos: .wifi))
        try wang.client.tell(network: .cellular)
        _ = try await wang.reported()
        try await wang.client.sync()
        let waiting = try await wang.client.status()
        XCTAssertTrue(waiting.heldBack == 1 && waiting.changes == 0, "\(waiting)")
        try wang.client.tell(network: .wifi)
        try await wang.synced()
        let done = try await wang.client.status()
        XCTAssertTrue(done.synced)
    }

    func testABrokenLogStopsNothingAndHearsARestoredDatabase() async throws {
        let folder = try Folder()
        let (keys, log) = (Keys(), Lines())
        let options = Box(OpenOptions(folder: folder.path, secrets: keys, log: log))
        let client = try await GewuClient.open(options.value)
        try await client.consent(terms: "1")
        client.close()
        // A key store that remembers more openings than the database counts: a restored backup.
        keys.change("install") { $0[15] = 9 }
        let again = try await GewuClient.open(options.value)
        let agreed = try await again.hasConsent()
        XCTAssertTrue(agreed)
        XCTAssertTrue(log.all.all.contains { $0.text.contains("restored") }, "\(log.all.all)")
    }

    func testFilesAreReadAgainWhenThePhoneHasTime() async throws {
        let wang = try await Device.inspector()
        _ = try await wang.reported()
        let report = try await wang.client.scrub(mostBytes: .max)
        XCTAssertTrue(report.done && report.files >= 2 && report.damaged.isEmpty, "\(report)")
    }

    func testAnUploadIsHandedToThePlatformAndCountsWhenTheServerHasIt() async throws {
        let wang = try await Device.inspector()
        try await wang.client.setUploadPolicy(uploads(paused: true))
        _ = try await wang.reported()
        try await wang.client.sync()
        try await wang.client.setUploadPolicy(uploads(paused: false))
        let handed = try await wang.client.handOverUploads(most: 8)
        XCTAssertFalse(handed.isEmpty)
        let wire = URLSessionTransport()
        for upload in handed {
            let file = try Data(contentsOf: URL(fileURLWithPath: XCTUnwrap(upload.path)))
            let answer = try wire.send(
                order: HttpOrder(
                    method: "PATCH", url: upload.url, headers: upload.headers,
                    body: file.dropFirst(Int(upload.offset)) + Data(), line: 1))
            let offset = answer.headers.first { $0.name == "upload-offset" }.flatMap { UInt64($0.value) }
            XCTAssertEqual(offset, upload.bytes)
            try await wang.client.handedUploadEnded(
                upload, .answered(status: answer.status, offset: offset))
        }
        try await wang.synced()
        let status = try await wang.client.status()
        XCTAssertTrue(status.synced)
    }

    func testClosingEndsASyncThatHangsAndTheFolderOpensAgain() async throws {
        let wire = Silence()
        let device = try await Device.inspector(transport: wire)
        wire.silent = true
        let sync = Task { try await device.client.sync() }
        try await until("a request that hangs") { wire.waiting.value > 0 }
        device.client.close()
        let again = try await GewuClient.open(
            OpenOptions(folder: device.folder.path, lockPatienceMs: 2_000))
        let report = try await sync.value
        XCTAssertEqual(report.outcome, .cancelled)
        again.close()
    }

    func testAnAnswerThatWantsAPasswordIsAnAnswer() throws {
        for head in ["401 Unauthorized\r\nWWW-Authenticate", "407 No\r\nProxy-Authenticate"] {
            let answering = try OneAnswer("HTTP/1.1 \(head): Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno")
            let wire = URLSessionTransport(patience: 5)
            let answer = try wire.send(
                order: HttpOrder(method: "GET", url: answering.url, headers: [], body: Data(), line: 1))
            XCTAssertEqual(String(answer.status), String(head.prefix(3)))
        }
    }

    func testRedirectsAreNotFollowedAndWhatIsNotThereIsSaid() throws {
        let wire = URLSessionTransport(patience: 5)
        let order = HttpOrder(method: "GET", url: "http://127.0.0.1:9/", headers: [], body: Data(), line: 1)
        XCTAssertThrowsError(try wire.send(order: order)) { error in
            guard case HostError.Offline = error else { return XCTFail("\(error)") }
        }
        let server = try Town.server.url
        let absent = HttpOrder(method: "GET", url: server + "/no/such", headers: [], body: Data(), line: 1)
        XCTAssertEqual(try wire.send(order: absent).status, 404)
    }
}

/// A key store in memory.
final class Keys: HostSecrets, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String: Data] = [:]
    private var refuses = false

    var locked: Bool {
        get { lock.withLock { refuses } }
        set { lock.withLock { refuses = newValue } }
    }
    var names: Set<String> { lock.withLock { Set(kept.keys) } }
    func empty() { lock.withLock { kept = [:] } }
    func change(_ name: String, _ change: (inout Data) -> Void) {
        lock.withLock { if var secret = kept[name] { change(&secret); kept[name] = secret } }
    }

    private func open<T>(_ work: (inout [String: Data]) -> T) throws -> T {
        try lock.withLock {
            if refuses { throw HostError.Locked }
            return work(&kept)
        }
    }
    func get(name: String) throws -> Data? { try open { $0[name] } }
    func put(name: String, secret: Data) throws { try open { $0[name] = secret } }
    func remove(name: String) throws { try open { $0[name] = nil } }
}

private final class Counted: HostTransport {
    private let inner = URLSessionTransport()
    let sent = Counter()
    func send(order: HttpOrder) throws -> HttpAnswer {
        sent.more()
        return try inner.send(order: order)
    }
    func cancel(line: UInt64) throws { try inner.cancel(line: line) }
}

private final class Broken: HostTransport {
    struct Anything: Error {}
    func send(order _: HttpOrder) throws -> HttpAnswer { throw Anything() }
    func cancel(line _: UInt64) throws { throw Anything() }
}

private final class Lines: HostLog {
    let all = Kept<LogRecord>()
    func log(line: LogRecord) throws {
        all.keep(line)
        throw HostError.Failed
    }
}
