import Foundation
import Gewu
import GewuTesting
import XCTest

/// The report screen in somebody else's app.
final class CitizenTests: XCTestCase {
    private func hole(
        _ code: String? = "01002", _ position: PositionInput? = atTheMarket(), _ text: String = "路上有个坑"
    ) -> DraftInput {
        DraftInput(
            class: code.map { ClassRef(kind: .component, code: $0) }, position: position, text: text)
    }

    /// A screen that agreed.
    private func screen(_ folder: Folder, _ wire: any HostTransport) async throws -> GewuCitizen {
        let options = OpenOptions(folder: folder.path, transport: wire)
        let screen = GewuCitizen(server: try Town.server.url, options: options)
        try await screen.consent("2026-01")
        return screen
    }

    /// What the city has of this screen's reports after another sync.
    private func arrived(_ screen: GewuCitizen) async throws -> Int? {
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
        let waiting = try await screen.waiting()
        XCTAssertEqual(waiting, [])
        return try await screen.myReports().first { _ in true }?.rows.count
    }

    func testAReportThatFailsHasSavedNothing() async throws {
        let folder = try Folder()
        let screen = try await screen(folder, Away())
        try await screen.sync()
        let photos = [photo(), photo("bad/text.jpg")]
        let why = try await failure { try await screen.report(hole(), photos: photos) }
        XCTAssertEqual(why.field, "photo")
        let input = Handover(hole())
        let report = Task {
            try await screen.report(input.value, photos: Array(repeating: photo(), count: 8))
        }
        try await Task.sleep(nanoseconds: 100_000_000)
        await screen.close()
        _ = try await failure { try await report.value }
        let count = try await arrived(screen)
        XCTAssertEqual(count, 0)
    }

    func testAReportThatIsCancelledHasSavedNothing() async throws {
        let (folder, wire) = (try Folder(), Away())
        let screen = try await screen(folder, wire)
        let input = Handover(hole())
        wire.holds = true
        let early = Task { try await screen.report(input.value, photos: [photo()]) }
        try await until("a request that waits") { wire.held.value > 0 }
        early.cancel()
        wire.holds = false
        let why = try await failure { try await early.value }
        XCTAssertEqual(why, .cancelled)
        let none = try await arrived(screen)
        XCTAssertEqual(none, 0)
        let amid = Task {
            try await screen.report(input.value, photos: Array(repeating: photo(), count: 8))
        }
        try await Task.sleep(nanoseconds: 100_000_000)
        amid.cancel()
        _ = try await failure { try await amid.value }
        let count = try await arrived(screen)
        XCTAssertEqual(count, 0)
    }

    func testASyncBesideAReportHandsInNothingThatIsUnfinished() async throws {
        let folder = try Folder()
        let screen = try await screen(folder, Away())
        try await screen.sync()
        let (input, over) = (Handover(hole()), Counter())
        let report = Task {
            defer { over.more() }
            return try await screen.report(input.value, photos: [photo(), photo("manhole-after.jpg")])
        }
        while over.value == 0 { try await screen.sync() }
        guard case .done(let saved) = try await report.value else { return XCTFail("waits") }
        let count = try await arrived(screen)
        XCTAssertEqual(count, 1)
        let entries = try await screen.show(saved.case).entries
        XCTAssertEqual(entries.map(\.photos.count), [2])
    }

    func testWhatNoCityTakesIsRefusedWithoutOne() async throws {
        let (folder, wire) = (try Folder(), Away())
        wire.away = true
        let screen = try await screen(folder, wire)
        let long = String(repeating: "字", count: 4_001)
        let wrong = [
            (hole(nil), "class"), (hole("01002", nil), "position"),
            (hole("01002", atTheMarket(lon: .nan)), "position"), (hole("01002", atTheMarket(), long), "text"),
            (hole("01002", atTheMarket(), " "), "text"), (hole("01002", atTheMarket(), "a\0"), "text"),
        ]
        let bad: [(DraftInput, String)] = [
            (contact(Contact(phone: "abc")), "contact"), (contact(Contact(phone: "12")), "contact"),
            (contact(Contact(phone: String(repeating: "1", count: 33))), "contact"),
            (contact(Contact(name: String(repeating: "王", count: 81))), "contact"),
            (contact(Contact(name: "王\0")), "contact"), (contact(Contact(name: " ")), "contact"),
            (contact(Contact(idNumber: "123")), "contact"), (contact(Contact(idNumber: "12 345")), "contact"),
            (coded(component: String(repeating: "c", count: 257)), "component"), (coded(component: ""), "component"),
            (coded(language: String(repeating: "z", count: 257)), "language"), (coded(language: "zh\0"), "language"),
            (coded(campaign: "a\0"), "campaign"), (hole("0\0"), "class"),
        ]
        for (input, field) in wrong + bad {
            let why = try await failure { try await screen.report(input, photos: [photo()]) }
            XCTAssertEqual(why.field, field)
        }
        let waiting = try await screen.waiting()
        XCTAssertEqual(waiting, [])
        let most = hole("01002", atTheMarket(), String(repeating: "😀", count: 4_000))
        guard case .waiting = try await screen.report(most) else { return XCTFail("reported without a city") }
        let good = [
            contact(Contact()), contact(Contact(phone: "+86 (138) 0013-8000")),
            contact(Contact(name: String(repeating: "王", count: 80), idNumber: "99010119900101001X")),
            coded(component: String(repeating: "c", count: 256), language: "en"),
        ]
        for input in good {
            guard case .waiting = try await screen.report(input) else { return XCTFail("reported without a city") }
        }
        // The real city takes them too.
        wire.away = false
        let count = try await arrived(screen)
        XCTAssertEqual(count, 1 + good.count)
    }

    private func contact(_ contact: Contact) -> DraftInput {
        DraftInput(class: manhole, position: atTheMarket(), contact: contact)
    }

    private func coded(
        component: String? = nil, campaign: String? = nil, language: String? = nil
    ) -> DraftInput {
        DraftInput(
            class: manhole, position: atTheMarket(), component: component, campaign: campaign, language: language)
    }

    func testAWaitingReportThatTheCityRefusesIsNamedAndHoldsNobodyForEver() async throws {
        let (folder, wire) = (try Folder(), Away())
        wire.away = true
        let screen = try await screen(folder, wire)
        guard case .waiting(let unknown) = try await screen.report(hole("99999"), photos: [photo()]) else {
            return XCTFail("reported without a city")
        }
        _ = try await screen.report(hole())
        let early = try await failure { try await screen.leave() }
        XCTAssertTrue(early.text.contains("sync"), early.text)
        wire.away = false
        let report = try await screen.sync()
        XCTAssertEqual(report?.outcome, .complete)
        let left = try await screen.waiting()
        XCTAssertEqual(left.map(\.id), [unknown])
        XCTAssertEqual(left.map(\.refused?.field), ["class"])
        XCTAssertEqual(left.map(\.photos.count), [1])
        let mine = try await screen.myReports().first { _ in true }
        XCTAssertEqual(mine?.rows.count, 1)
        let held = try await failure { try await screen.leave() }
        XCTAssertEqual(held.wayOut, .giveUp)
        XCTAssertTrue(held.text.contains(unknown) && held.text.contains("discardWaiting"), held.text)
        try await screen.discardWaiting(unknown)
        try await screen.leave()
    }

    func testEightFirstReportsAtOnceAreEightReportsOfOnePhone() async throws {
        let folder = try Folder()
        let screen = try await screen(folder, Away())
        let input = Handover(hole())
        let all = (0..<8).map { _ in Task { try await screen.report(input.value, photos: [photo()]) } }
        for one in all {
            guard case .done = try await one.value else { return XCTFail("waits") }
        }
        let count = try await arrived(screen)
        XCTAssertEqual(count, 8)
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

    func testWhatWaitedGoesUnderTheAccountOfWhoeverSignsInMeanwhile() async throws {
        let (folder, wire) = (try Folder(), Away())
        let server = try Town.server
        let app = fresh("app")
        try server.addHostApp(app)
        let screen = GewuCitizen(
            server: server.url, options: OpenOptions(folder: folder.path, transport: wire))
        let early = try await failure { try await screen.signInRequest() }
        XCTAssertEqual(early.wayOut, .giveUp)
        try await screen.consent("2026-01")
        wire.away = true
        guard case .waiting = try await screen.report(hole()) else { return XCTFail("reported") }
        let away = try await failure { try await screen.signInRequest() }
        XCTAssertEqual(away.wayOut, .tryLater)
        let nobody = try await screen.account()
        XCTAssertNil(nobody)
        wire.away = false
        try await signedIn(screen) { try server.hostToken(app: app, user: "user-1", for: $0) }
        let account = try await screen.account()
        XCTAssertEqual(account, app)
        let count = try await arrived(screen)
        XCTAssertEqual(count, 1)
        let id = try await screen.myReports().first { _ in true }?.rows.first?.case
        let found = try server.operate("account", try XCTUnwrap(id))
        XCTAssertTrue(found.contains("user-1"), found)
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
    let held = Counter()
    private var isHeld = false
    var away: Bool {
        get { lock.withLock { gone } }
        set { lock.withLock { gone = newValue } }
    }
    /// Whether requests wait.
    var holds: Bool {
        get { lock.withLock { isHeld } }
        set { lock.withLock { isHeld = newValue } }
    }
    func send(order: HttpOrder) throws -> HttpAnswer {
        asked.more()
        if holds { held.more() }
        while holds { Thread.sleep(forTimeInterval: 0.005) }
        if away { throw HostError.Offline }
        return try inner.send(order: order)
    }
    func cancel(line: UInt64) throws { try inner.cancel(line: line) }
}
