import Foundation
import Gewu
import GewuTesting
import XCTest

/// What an app that embeds a report screen may count on, over the real library and over the fake alike. Each test
/// runs with both.
final class CitizenContractTests: XCTestCase {
    private static let real = Result { try RealTown() }

    private var hole: DraftInput { DraftInput(class: manhole, position: atTheMarket(), text: "路上有个坑") }

    /// Does the same in both towns.
    private func both(_ work: (any Town) async throws -> Void) async throws {
        for town in [try Self.real.get(), FakeTown()] as [any Town] {
            do {
                try await work(town)
            } catch {
                XCTFail("with the \(town.name) one: \(error)")
            }
        }
    }

    /// A screen that agreed.
    private func screen(_ town: any Town) async throws -> GewuCitizen {
        let screen = GewuCitizen.over(server: town.url, try await town.untouched())
        try await screen.consent("2026-01")
        return screen
    }

    private func reported(_ screen: GewuCitizen) async throws -> CaseId {
        guard case .done(let saved) = try await screen.report(hole, photos: [photo()]) else { throw Undone() }
        return saved.case
    }

    private func synced(_ screen: GewuCitizen) async throws {
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
    }

    private func mine(_ screen: GewuCitizen) async throws -> [CaseId]? {
        try await screen.myReports().first { _ in true }?.rows.map(\.case)
    }

    func testNothingIsDoneBeforeConsent() async throws {
        try await both { town in
            let screen = GewuCitizen.over(server: town.url, try await town.untouched())
            let before = try await screen.hasConsent()
            let reporting = try await refused { try await screen.report(hole) }
            let syncing = try await refused { try await screen.sync() }
            let looking = try await refused { try await screen.waiting() }
            XCTAssertEqual([reporting, syncing, looking].map(\.wayOut), [.giveUp, .giveUp, .giveUp])
            try await screen.consent("2026-01")
            let after = try await screen.hasConsent()
            XCTAssertEqual([before, after], [false, true])
        }
    }

    func testWhatNoCityTakesIsRefusedByItsFieldBeforeItsPhotosAreRead() async throws {
        try await both { town in
            let screen = try await screen(town)
            let unread = [PhotoFile(path: "/no/such/photo.jpg", role: .scene, provenance: .camera)]
            let (place, long) = (atTheMarket(), String(repeating: "字", count: 4_001))
            let wrong = [
                "class": DraftInput(position: place),
                "position": DraftInput(class: manhole),
                "text": DraftInput(class: manhole, position: place, text: long),
                "condition": DraftInput(class: manhole, position: place, condition: long),
                "contact": DraftInput(class: manhole, position: place, contact: Contact(phone: "abc")),
                "selfHandled": DraftInput(class: manhole, position: place, selfHandled: true),
            ]
            for (field, input) in wrong {
                let why = try await refused { try await screen.report(input, photos: unread) }
                XCTAssertEqual(why.field, field, town.name)
            }
            let waiting = try await screen.waiting()
            XCTAssertEqual(waiting, [])
        }
    }

    func testAReportWaitsForTheFirstNetworkAndIsThenTheCitys() async throws {
        try await both { town in
            let client = try await town.untouched()
            let away = GewuCitizen.over(server: "http://127.0.0.1:9", client)
            try await away.consent("2026-01")
            guard case .waiting = try await away.report(hole, photos: [photo()]) else { return XCTFail("reported") }
            let nothing = try await away.sync()
            XCTAssertNil(nothing)
            let waiting = try await away.waiting()
            XCTAssertEqual(waiting.map(\.input), [hole])
            XCTAssertEqual(waiting.map(\.photos.count), [1])
            let leaving = try await refused { try await away.leave() }
            XCTAssertEqual(leaving.wayOut, .giveUp)
            let screen = GewuCitizen.over(server: town.url, client)
            try await synced(screen)
            let left = try await screen.waiting()
            XCTAssertEqual(left, [])
            let mine = try await mine(screen)
            let word = try await screen.show(try XCTUnwrap(mine?.first)).publicWord
            XCTAssertEqual(word?.stage, .received)
        }
    }

    func testAReporterAddsUrgesAndTakesBack() async throws {
        try await both { town in
            let screen = try await screen(town)
            let id = try await reported(screen)
            try await screen.supplement(id, act("就在桥边"))
            try await screen.urge(id, "请尽快")
            try await synced(screen)
            try town.reply(id, "已受理")
            try await synced(screen)
            let word = try await screen.show(id).publicWord
            XCTAssertEqual(word?.reply, "已受理")
            XCTAssertEqual(word?.urged, 1)
            let other = try await reported(screen)
            try await screen.withdraw(other, "报错了")
            try await synced(screen)
            let mine = try await mine(screen)
            XCTAssertEqual(mine.map(Set.init), [id, other])
        }
    }

    func testWordsThatSayNothingAndNamesThatAreNoneAreRefusedByTheirField() async throws {
        try await both { town in
            let screen = try await screen(town)
            try await synced(screen)
            let place = atTheMarket()
            let edition = DraftInput(class: manhole, position: place, edition: "1066")
            let condition = DraftInput(class: manhole, position: place, condition: "none")
            let id = try await reported(screen)
            let nowhere = ActInput(text: "x", position: atTheMarket(lon: 999))
            let found = [
                try await refused { try await screen.report(edition) }.field,
                try await refused { try await screen.report(condition) }.field,
                try await refused { try await screen.supplement(id, act()) }.field,
                try await refused { try await screen.supplement(id, nowhere) }.field,
                try await refused { try await screen.askToReopen(id, "") }.field,
                try await refused { try await screen.discardWaiting("rubbish") }.field,
                try await refused { try await screen.signIn(String(repeating: "x", count: 9_000)) }.field,
            ]
            XCTAssertEqual(found, ["edition", "condition", "text", "position", "text", "draft", "token"], town.name)
            try await synced(screen)
            try town.file(id)
            try await synced(screen)
            let may = try await screen.show(id).publicWord?.may
            XCTAssertEqual(may.map(Set.init), ["supplement", "urge", "withdraw"], town.name)
        }
    }

    func testAReporterRatesWhatWasClosed() async throws {
        try await both { town in
            let unit = fresh("unit")
            let screen = try await screen(town)
            let id = try await reported(screen)
            try await synced(screen)
            try town.file(id)
            try town.dispatch(id, lead: unit)
            let zhao = try await town.crew(unit)
            try await zhao.synced()
            try await zhao.client.handle(id, workDone())
            try await zhao.synced()
            try town.close(id)
            try await synced(screen)
            let may = try await screen.show(id).publicWord?.may
            XCTAssertEqual(may?.contains("rate"), true)
            let wrong = try await refused { try await screen.rate(id, 6) }
            XCTAssertEqual(wrong.wayOut, .correctInput)
            try await screen.rate(id, 5, "谢谢")
            try await synced(screen)
            try await synced(screen)
            let rated = try await screen.show(id).publicWord?.rated
            XCTAssertEqual(rated, 5)
        }
    }

    func testNobodyLeavesBeforeEverythingIsDelivered() async throws {
        try await both { town in
            let screen = try await screen(town)
            try await synced(screen)
            _ = try await reported(screen)
            let early = try await refused { try await screen.leave() }
            XCTAssertEqual(early, .notPermitted(text: "not everything is sent yet: sync first"))
            try await synced(screen)
            try await screen.leave()
            let agreed = try await screen.hasConsent()
            XCTAssertTrue(agreed)
            let mine = try await mine(screen)
            XCTAssertEqual(mine, [])
        }
    }
}
