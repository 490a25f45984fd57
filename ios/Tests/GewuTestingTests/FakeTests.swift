import Foundation
import Gewu
import GewuTesting
import XCTest

/// What the fake has beside the real one: it does as a test tells it.
final class FakeTests: XCTestCase {
    private let city = FakeCity()
    private lazy var fake = FakeGewu(city)

    private func wang() async throws -> Owned {
        let client = GewuClient.over(fake)
        try await client.consent(terms: "test")
        let code = city.code(for: "wang", role: "inspector", dutyGrids: ["990101Z01"])
        try await client.enrol(server: city.url, code: code)
        return Owned(client: client, user: "wang")
    }

    func testAPlannedErrorComesOnceAndInOrder() async throws {
        let client = try await wang().client
        fake.fail("report", with: .Busy(text: "one"))
        fake.fail("report", with: .Storage(problem: .full, text: "two"))
        let first = try await refused { try await client.report(request()) }
        let second = try await refused { try await client.report(request()) }
        XCTAssertEqual([first, second], [.busy(text: "one"), .storage(problem: .full, text: "two")])
        try await client.report(request())
        let rows = try await client.cases().rows
        XCTAssertEqual(rows.count, 1)
    }

    func testSyncsEndAsATestLikes() async throws {
        let wang = try await wang()
        try await wang.client.report(request())
        fake.endSyncs(with: .stopped(why: "asked for"))
        let stopped = try await wang.client.sync()
        XCTAssertEqual(stopped.outcome, .stopped(why: "asked for"))
        XCTAssertEqual(stopped.unsent, 1)
        fake.endSyncs(with: nil)
        try await wang.synced()
        let status = try await wang.client.status()
        XCTAssertTrue(status.synced)
    }

    func testWhatATestMovesAsideHoldsItsUserUntilItIsDiscarded() async throws {
        let client = try await wang().client
        let damaged = MovedAside(name: "gewu.db.damaged-1", movedAt: 1, bytes: 9)
        fake.moveAside(damaged)
        let aside = try await client.movedAside()
        XCTAssertEqual(aside, [damaged])
        let held = try await refused { try await client.signOut() }
        XCTAssertEqual(held.wayOut, .giveUp)
        XCTAssertTrue(held.text.contains("damaged"), held.text)
        try await client.discard(movedAside: damaged.name)
        try await client.signOut()
    }

    func testWhatATestSetsAsideStandsInTheStatus() async throws {
        let client = try await wang().client
        let note = SetAsideNote(
            case: "0", change: "1", kind: "urge", reason: "standing", words: "why", replacedBy: nil, at: 1,
            texts: ["快一点"])
        fake.setAside(note)
        let notes = try await client.status().setAside
        XCTAssertEqual(notes, [note])
    }

    func testACancelledTaskStopsItsSync() async throws {
        let wang = try await wang()
        try await wang.client.report(request())
        let handle = try CancelHandle()
        try handle.cancel()
        let report = try fake.sync(cancel: handle, trigger: nil, listener: nil)
        XCTAssertEqual(report.outcome, .cancelled)
    }

    func testWhatItDoesNotDoSaysSo() async throws {
        let client = try await wang().client
        let why = try await refused { try await client.exportUnsent(to: "/nowhere") }
        XCTAssertTrue(why.text.contains("exportUnsent") && why.text.contains("GewuTestServer"), why.text)
    }

    /// A call that is not overridden would go to a library with a handle that is none, and crash.
    func testEveryCallOfTheInterfaceIsOverridden() throws {
        let root = URL(fileURLWithPath: fixtures).deletingLastPathComponent()
        func text(_ file: String) throws -> String {
            try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
        }
        let sdk = try text("bindings/generated/swift/GewuSDK.swift")
        let proto = try XCTUnwrap(sdk.components(separatedBy: "public protocol GewuProtocol").dropFirst().first)
        let body = try XCTUnwrap(proto.components(separatedBy: "\n}").first)
        let lines = body.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let names = lines.filter { $0.hasPrefix("func ") }.compactMap { $0.dropFirst(5).split(separator: "(").first }
        XCTAssertGreaterThan(names.count, 60)
        let faked = try text("ios/Sources/GewuTesting/FakeGewu.swift")
        let unfaked = try text("ios/Sources/GewuTesting/UnfakedGewu.swift")
        for name in names {
            let line = "override public func \(name)("
            XCTAssertTrue(faked.contains(line) || unfaked.contains(line), "\(name) is not overridden")
        }
    }
}
