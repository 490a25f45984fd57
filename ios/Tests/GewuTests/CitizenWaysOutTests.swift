import Foundation
import Gewu
import GewuTesting
import XCTest

/// What a citizen's screen says of what did not come to the city, and how its user gets out of it.
final class CitizenWaysOutTests: XCTestCase {
    private let hole = DraftInput(class: manhole, position: atTheMarket(), text: "路上有个坑")

    private func screen(_ folder: Folder) async throws -> GewuCitizen {
        let screen = GewuCitizen(server: try Town.server.url, folder: folder.path)
        try await screen.consent("2026-01")
        return screen
    }

    /// A report that the city has.
    private func reported(_ screen: GewuCitizen) async throws -> CaseId {
        guard case .done(let saved) = try await screen.report(hole) else { throw Undone() }
        try await screen.sync()
        return saved.case
    }

    func testWhoseDatabaseWasDamagedSeesItDiscardsItAndLeaves() async throws {
        let folder = try Folder()
        let before = try await screen(folder)
        _ = try await before.report(hole)
        await before.close()
        try await until("the end of its log") { try !folder.files.contains("gewu.db-wal") }
        try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: folder.child("gewu.db")))
        let after = GewuCitizen(server: try Town.server.url, folder: folder.path)
        let damaged = try await failure { try await after.hasConsent() }
        guard case .corrupt = damaged.problem else { return XCTFail("\(damaged)") }
        let agreed = try await after.hasConsent()
        XCTAssertFalse(agreed)
        try await after.consent("2026-01")
        let aside = try await after.movedAside()
        XCTAssertEqual(aside.map(\.bytes), [100_000])
        let name = try XCTUnwrap(aside.first?.name)
        let held = try await failure { try await after.leave() }
        XCTAssertEqual(held.wayOut, .giveUp)
        XCTAssertTrue(held.text.contains(name) && held.text.contains("discardMovedAside"), held.text)
        let other = try await failure { try await after.discardMovedAside("other.db") }
        XCTAssertEqual(other.wayOut, .refresh)
        try await after.discardMovedAside(name)
        let none = try await after.movedAside()
        XCTAssertEqual(none, [])
        try await after.leave()
    }

    func testWhatMayBeAskedForIsReopeningByItsName() async throws {
        let folder = try Folder()
        let screen = try await screen(folder)
        let id = try await reported(screen)
        let early = try await failure { try await screen.askToReopen(id, "还没修") }
        XCTAssertEqual(early.wayOut, .giveUp)
        try Town.server.operate("decline", id)
        try await screen.sync()
        let may = try await screen.show(id).publicWord?.may
        XCTAssertEqual(may, ["reopen_request"])
        try await screen.askToReopen(id, "还没修")
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
        XCTAssertTrue(try Town.server.operate("show", id).contains("还没修"))
    }

    func testWhatTheCitySetAsideIsShownWithItsReason() async throws {
        let (folder, server) = (try Folder(), try Town.server)
        let screen = try await screen(folder)
        let id = try await reported(screen)
        let nothing = try await screen.setAside()
        XCTAssertEqual(nothing, [])
        let urged = try await screen.urge(id, "快一点").change
        try server.operate("compromise", try await screen.signInRequest().device)
        try await screen.sync()
        try server.operate("late", "--set-aside", urged)
        try await screen.sync()
        let aside = try await screen.setAside()
        XCTAssertEqual(aside.map(\.change), [urged])
        XCTAssertEqual(aside.map(\.kind), ["urge"])
        XCTAssertEqual(aside.map(\.texts), [["快一点"]])
        XCTAssertEqual(aside.map(\.reason), ["too_late"])
        XCTAssertFalse(aside.contains(where: \.words.isEmpty))
    }
}
