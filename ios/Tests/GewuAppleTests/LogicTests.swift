import Foundation
import Gewu
import XCTest

@testable import GewuApple

/// What of the platform's part needs no platform.
final class LogicTests: XCTestCase {
    private func fix(
        at: TimeInterval = 100, lat: Double = 41.79, accuracy: Double? = 5, simulated: Bool = false
    ) -> Fix {
        Fix(lon: 123.42, lat: lat, accuracyM: accuracy, at: at, simulated: simulated)
    }

    func testAFreshFixIsGoneByAndASimulatedOneNever() {
        var filter = FixFilter()
        XCTAssertNil(filter.judge(fix(), now: 101))
        XCTAssertEqual(filter.judge(fix(at: 101, simulated: true), now: 101), .simulated)
        XCTAssertEqual(fix().position, PositionInput(lon: 123.42, lat: 41.79, accuracyM: 5, datum: .wgs84))
    }

    func testAFixIsStaleJustBeyondTheLimitAndOutOfOrderOnesAreMarked() {
        var filter = FixFilter()
        XCTAssertNil(filter.judge(fix(), now: 110))
        XCTAssertEqual(filter.judge(fix(), now: 110.001), .stale)
        XCTAssertEqual(filter.judge(fix(at: 99), now: 100), .timeBack)
    }

    func testNoAccuracyNoughtAndACoarseOneSayTooLittle() {
        for accuracy in [nil, 0, 200.1] {
            var filter = FixFilter()
            XCTAssertEqual(filter.judge(fix(accuracy: accuracy), now: 100), .coarse)
        }
        var filter = FixFilter()
        XCTAssertNil(filter.judge(fix(accuracy: 200), now: 100))
    }

    func testAJumpIsOneBeyondBothCirclesAndOnlyForAWhile() {
        // 0.01 degree of latitude is some 1,112 m.
        var filter = FixFilter()
        XCTAssertNil(filter.judge(fix(), now: 100))
        XCTAssertEqual(filter.judge(fix(at: 101, lat: 41.80), now: 101), .jump)
        XCTAssertNil(filter.judge(fix(at: 120, lat: 41.80), now: 120))
        XCTAssertEqual(filter.judge(fix(at: 121, lat: 41.90), now: 121), .jump)
        XCTAssertNil(filter.judge(fix(at: 240, lat: 41.90), now: 240))
    }

    func testSecretsAreKeptReplacedAndRemoved() throws {
        let chain = Chain()
        let secrets = KeychainSecrets(items: chain)
        XCTAssertNil(try secrets.get(name: "device-key"))
        try secrets.put(name: "device-key", secret: Data([1]))
        try secrets.put(name: "device-key", secret: Data([2]))
        XCTAssertEqual(try secrets.get(name: "device-key"), Data([2]))
        try secrets.remove(name: "device-key")
        try secrets.remove(name: "device-key")
        XCTAssertNil(try secrets.get(name: "device-key"))
    }

    func testALockedPhoneIsSaidAsSuchAndLeavesWhatWasThere() throws {
        let chain = Chain()
        let secrets = KeychainSecrets(items: chain)
        try secrets.put(name: "a", secret: Data([1]))
        chain.answer = .locked
        for work in [
            { _ = try secrets.get(name: "a") }, { try secrets.put(name: "a", secret: Data()) },
            { try secrets.remove(name: "a") },
        ] as [() throws -> Void] {
            XCTAssertThrowsError(try work()) { XCTAssertEqual($0 as? HostError, .Locked) }
        }
        chain.answer = .failed(-25_293)
        XCTAssertThrowsError(try secrets.get(name: "a")) { XCTAssertEqual($0 as? HostError, .Failed) }
        chain.answer = nil
        XCTAssertEqual(try secrets.get(name: "a"), Data([1]))
    }

    func testASecretThatSomebodyAddedInBetweenIsReplaced() throws {
        let chain = Chain()
        chain.addsFirst = Data([9])
        try KeychainSecrets(items: chain).put(name: "a", secret: Data([1]))
        XCTAssertEqual(chain.read("a"), .done(Data([1])))
    }

    func testTheNextMomentFollowsFromTheLastSync() {
        XCTAssertNil(SyncPlan.after(report(.complete)))
        XCTAssertNil(SyncPlan.after(report(.stopped(why: "x"), unsent: 1)))
        XCTAssertNil(SyncPlan.after(report(.cancelled)))
        XCTAssertEqual(SyncPlan.after(report(.cancelled, unsent: 1)), SyncPlan(delay: 900))
        XCTAssertEqual(SyncPlan.after(report(.later(inMs: 1_000, why: "x"))), SyncPlan(delay: 900))
        let late = SyncPlan.after(report(.later(inMs: 3_600_000, why: "x")))
        XCTAssertEqual(late, SyncPlan(delay: 3_600))
    }

    func testATicketKnowsItsUploadAgainAndKeepsNoSecret() throws {
        let upload = HandedUpload(
            sha256: String(repeating: "a", count: 64), case: String(repeating: "b", count: 32),
            path: "/photo", offset: 3, bytes: 9, url: "http://city/up/1",
            headers: [HttpHeader(name: "authorization", value: "secret")], until: 7)
        let ticket = Ticket(upload, "/copy")
        XCTAssertFalse(ticket.text.contains("secret"))
        let again = try XCTUnwrap(Ticket(text: ticket.text))
        XCTAssertEqual(again, ticket)
        XCTAssertEqual(again.upload.url, upload.url)
        XCTAssertEqual(again.upload.bytes, 9)
        XCTAssertNil(Ticket(text: nil))
        XCTAssertNil(Ticket(text: "somebody else's"))
    }

    func testTheRestOfAPhotoIsWhatIsLeftOfIt() throws {
        let whole = FileManager.default.temporaryDirectory
            .appendingPathComponent("rest-\(UUID().uuidString)")
        try Data("0123456789".utf8).write(to: whole)
        defer { try? FileManager.default.removeItem(at: whole) }
        let all = try Rest(of: whole.path, from: 0)
        XCTAssertEqual(all.url.path, whole.path)
        XCTAssertFalse(all.copied)
        let rest = try Rest(of: whole.path, from: 7)
        XCTAssertTrue(rest.copied)
        XCTAssertEqual(try Data(contentsOf: rest.url), Data("789".utf8))
        try FileManager.default.removeItem(at: rest.url)
        XCTAssertThrowsError(try Rest(of: "/nowhere/photo", from: 7))
    }

    private func report(_ outcome: SyncOutcome, unsent: UInt32 = 0) -> SyncReport {
        SyncReport(
            outcome: outcome, exchanges: 0, sent: 0, accepted: 0, setAside: [], received: 0,
            changed: [], uploaded: 0, smallUploaded: 0, photosAcknowledged: 0,
            smallAcknowledged: 0, notices: 0, bytesUp: 0, bytesDown: 0, unsent: unsent)
    }
}

/// A keychain in memory.
private final class Chain: KeychainItems, @unchecked Sendable {
    private var kept: [String: Data] = [:]
    var answer: KeychainAnswer?
    var addsFirst: Data?

    func read(_ name: String) -> KeychainAnswer {
        answer ?? kept[name].map { .done($0) } ?? .absent
    }
    func add(_ name: String, _ secret: Data) -> KeychainAnswer {
        if let addsFirst { kept[name] = addsFirst }
        if let answer { return answer }
        guard kept[name] == nil else { return .duplicate }
        kept[name] = secret
        return .done(nil)
    }
    func update(_ name: String, _ secret: Data) -> KeychainAnswer {
        if let answer { return answer }
        guard kept[name] != nil else { return .absent }
        kept[name] = secret
        return .done(nil)
    }
    func delete(_ name: String) -> KeychainAnswer {
        answer ?? (kept.removeValue(forKey: name) == nil ? .absent : .done(nil))
    }
}
