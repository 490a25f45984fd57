import Gewu
import GewuTesting
import XCTest

/// The report screen in somebody else's app.
final class CitizenTests: XCTestCase {
    private func hole(_ code: String = "01002") -> DraftInput {
        DraftInput(
            class: ClassRef(kind: .component, code: code), position: atTheMarket(), text: "路上有个坑")
    }

    func testNothingIsWrittenAskedOrKeptBeforeConsent() async throws {
        let folder = try Folder()
        let wire = Away()
        let screen = GewuCitizen(
            server: try Town.server.url, options: OpenOptions(folder: folder.path, transport: wire))
        let before = try await screen.hasConsent()
        XCTAssertFalse(before)
        let early = try await failure { try await screen.report(self.hole()) }
        XCTAssertEqual(early.wayOut, .giveUp)
        _ = try await failure { try await screen.sync() }
        XCTAssertEqual(try folder.files, [])
        try await screen.consent("2026-01")
        let after = try await screen.hasConsent()
        XCTAssertTrue(after)
        XCTAssertEqual(wire.asked.value, 0)
    }

    func testACitizenReportsFollowsAndUrgesInAFewLines() async throws {
        let folder = try Folder()
        let screen = GewuCitizen(server: try Town.server.url, folder: folder.path)
        try await screen.consent("2026-01")
        guard case .done(let saved) = try await screen.report(hole(), photos: [photo()]) else {
            return XCTFail("waits")
        }
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
        try Town.server.operate("verify-request", saved.case, "--person", "anybody", "--unknown-names")
        try await screen.sync()
        let mine = try await screen.myReports().first { _ in true }
        XCTAssertEqual(mine?.rows.map(\.publicStage), [.verifying])
        try await screen.urge(saved.case)
        let entries = try await screen.show(saved.case).entries
        XCTAssertEqual(entries.count, 2)
        await screen.close()
        let again = GewuCitizen(server: try Town.server.url, folder: folder.path)
        let agreed = try await again.hasConsent()
        XCTAssertTrue(agreed)
    }

    func testAReportWithoutAFirstNetworkWaitsAndGoesUpLater() async throws {
        let folder = try Folder()
        let wire = Away()
        wire.away = true
        let screen = GewuCitizen(
            server: try Town.server.url, options: OpenOptions(folder: folder.path, transport: wire))
        try await screen.consent("2026-01")
        guard case .waiting = try await screen.report(hole(), photos: [photo()]) else {
            return XCTFail("reported without a city")
        }
        let nothing = try await screen.sync()
        XCTAssertNil(nothing)
        let waiting = try await screen.waiting()
        XCTAssertEqual(waiting.count, 1)
        wire.away = false
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
        let left = try await screen.waiting()
        XCTAssertEqual(left, [])
        let mine = try await screen.myReports().first { _ in true }
        XCTAssertEqual(mine?.rows.count, 1)
    }

    func testWhatCannotBeReportedLeavesNothingBehind() async throws {
        let folder = try Folder()
        let screen = GewuCitizen(server: try Town.server.url, folder: folder.path)
        try await screen.consent("2026-01")
        let why = try await failure { try await screen.report(self.hole("99999")) }
        XCTAssertEqual(why.field, "class")
        let waiting = try await screen.waiting()
        XCTAssertEqual(waiting, [])
    }

    func testLeavingTakesEverythingAlong() async throws {
        let folder = try Folder()
        let screen = GewuCitizen(server: try Town.server.url, folder: folder.path)
        try await screen.consent("2026-01")
        _ = try await screen.report(hole(), photos: [photo()])
        let refused = try await failure { try await screen.leave() }
        XCTAssertEqual(refused.wayOut, .giveUp)
        try await screen.sync()
        try await screen.leave()
        let mine = try await screen.myReports().first { _ in true }
        XCTAssertEqual(mine?.rows, [])
    }
}

/// The app's network, which can be away.
private final class Away: HostTransport, @unchecked Sendable {
    private let inner = URLSessionTransport()
    private let lock = NSLock()
    private var gone = false
    let asked = Counter()
    var away: Bool {
        get { lock.withLock { gone } }
        set { lock.withLock { gone = newValue } }
    }
    func send(order: HttpOrder) throws -> HttpAnswer {
        asked.more()
        if away { throw HostError.Offline }
        return try inner.send(order: order)
    }
    func cancel() throws { try inner.cancel() }
}
