import Foundation
import Gewu
import GewuTesting
import XCTest

/// A citizen's screen that ends while it reports: what threw is never sent, what is kept is said to be.
final class CitizenCloseTests: XCTestCase {
    private let hole = DraftInput(class: manhole, position: atTheMarket(), text: "路上有个坑")

    private func arrived(_ screen: GewuCitizen) async throws -> Int? {
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
        return try await screen.myReports().first { _ in true }?.rows.count
    }

    func testWhatThrowsBesideACloseIsNotSentLater() async throws {
        let (folder, url) = (try Folder(), try Town.server.url)
        let first = GewuCitizen(server: url, folder: folder.path)
        try await first.consent("2026-01")
        try await first.sync()
        await first.close()
        var kept = 0
        for round in 0..<60 {
            let (screen, input) = (GewuCitizen(server: url, folder: folder.path), Handover(hole))
            let reports = (0..<3).map { _ in Task { try await screen.report(input.value) } }
            try await Task.sleep(nanoseconds: UInt64(round % 13) * 1_000_000)
            await screen.close()
            for report in reports where (try? await report.value) != nil { kept += 1 }
            await screen.close()
        }
        let count = try await arrived(GewuCitizen(server: url, folder: folder.path))
        XCTAssertEqual(count, kept)
    }

    func testAFirstReportLiesOnThePhoneBeforeTheCityIsAsked() async throws {
        let (folder, wire, url) = (try Folder(), Silence(), try Town.server.url)
        wire.silent = true
        let screen = GewuCitizen(server: url, options: OpenOptions(folder: folder.path, transport: wire))
        try await screen.consent("2026-01")
        let input = Handover(hole)
        let report = Task { try await screen.report(input.value, photos: [photo()]) }
        try await until("a request that waits") { wire.waiting.value > 0 }
        await screen.close()
        wire.letGo(.Cancelled)
        guard case .waiting = try await report.value else { return XCTFail("does not wait") }
        await screen.close()
        let again = GewuCitizen(server: url, folder: folder.path)
        let waiting = try await again.waiting()
        XCTAssertEqual(waiting.map(\.photos.count), [1])
        let count = try await arrived(again)
        XCTAssertEqual(count, 1)
    }
}
