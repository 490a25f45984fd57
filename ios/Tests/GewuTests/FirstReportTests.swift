import Foundation
import Gewu
import GewuTesting
import XCTest

/// Reports that wait for the city to know the phone, and who gives up waiting.
final class FirstReportTests: XCTestCase {
    private let hole = DraftInput(class: manhole, position: atTheMarket(), text: "路上有个坑")

    /// A screen that agreed.
    private func screen(_ server: String, _ folder: Folder, _ wire: Silence? = nil) async throws -> GewuCitizen {
        let options = OpenOptions(folder: folder.path, transport: wire)
        let screen = GewuCitizen(server: server, options: options)
        try await screen.consent("2026-01")
        return screen
    }

    private func report(_ screen: GewuCitizen) -> Task<Reported, any Error> {
        Task { try await screen.report(DraftInput(class: manhole, position: atTheMarket(), text: "路上有个坑")) }
    }

    /// How long cancelling it takes.
    private func cancelled(_ report: Task<Reported, any Error>) async throws -> TimeInterval {
        let from = Date()
        report.cancel()
        let why = try await failure { try await report.value }
        XCTAssertEqual(why, .cancelled)
        return Date().timeIntervalSince(from)
    }

    func testAReportThatIsCancelledAtASilentServerReturnsAtOnce() async throws {
        let (folder, deaf) = (try Folder(), try OneAnswer(nil))
        let screen = try await screen(deaf.url, folder)
        for _ in 1...2 {
            let begun = report(screen)
            try await Task.sleep(nanoseconds: 500_000_000)
            let took = try await cancelled(begun)
            XCTAssertLessThan(took, 2)
        }
        let waiting = try await screen.waiting()
        XCTAssertEqual(waiting, [])
    }

    /// Somebody who pressed a button does not wait until a network of the platform's gives up.
    func testAFirstReportAtASilentServerWaitsOnThePhoneAfterTenSeconds() async throws {
        let (folder, deaf) = (try Folder(), try OneAnswer(nil))
        let screen = try await screen(deaf.url, folder)
        let from = Date()
        guard case .waiting = try await screen.report(hole, photos: [photo()]) else { return XCTFail("reported") }
        XCTAssertLessThan(Date().timeIntervalSince(from), 20)
        let waiting = try await screen.waiting()
        XCTAssertEqual(waiting.map(\.photos.count), [1])
    }

    func testASyncThatIsCancelledAtASilentServerReturnsAtOnce() async throws {
        let (folder, deaf) = (try Folder(), try OneAnswer(nil))
        let screen = try await screen(deaf.url, folder)
        let begun = Task { try await screen.sync() }
        try await Task.sleep(nanoseconds: 500_000_000)
        let from = Date()
        begun.cancel()
        let why = try await failure { try await begun.value }
        XCTAssertEqual(why, .cancelled)
        XCTAssertLessThan(Date().timeIntervalSince(from), 2)
    }

    func testWhoSharesTheEnrolmentOfACancelledReportKeepsIt() async throws {
        let (folder, wire) = (try Folder(), Silence())
        let screen = try await screen(try Town.server.url, folder, wire)
        wire.silent = true
        let first = report(screen)
        try await until("a request that hangs") { wire.waiting.value > 0 }
        let second = report(screen)
        try await Task.sleep(nanoseconds: 300_000_000)
        let took = try await cancelled(first)
        XCTAssertLessThan(took, 2)
        XCTAssertEqual(wire.ended.value, 0, "the request of the other one goes on")
        wire.silent = false
        // The request that hangs fails as a network does, and the report waits.
        wire.letGo(.Timeout)
        guard case .waiting = try await second.value else { return XCTFail("reported without a city") }
        let synced = try await screen.sync()
        XCTAssertEqual(synced?.outcome, .complete)
        let mine = try await screen.myReports().first { _ in true }
        XCTAssertEqual(mine?.rows.count, 1)
    }

    func testAReportAfterACancelledOneIsTaken() async throws {
        let (folder, wire) = (try Folder(), Silence())
        let screen = try await screen(try Town.server.url, folder, wire)
        wire.silent = true
        let first = report(screen)
        try await until("a request that hangs") { wire.waiting.value > 0 }
        first.cancel()
        wire.silent = false
        guard case .done = try await screen.report(hole) else { return XCTFail("waits") }
        _ = await first.result
    }
}
