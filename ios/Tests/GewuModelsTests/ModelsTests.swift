import Foundation
import Gewu
import GewuModels
import GewuTesting
import XCTest

/// What the screens do, with the real library and a real server; what goes wrong, with the fake.
@MainActor
final class ModelsTests: XCTestCase {
    private static let server = Result { try GewuTestServer() }
    private let words = Words(Locale(identifier: "en"))

    /// A phone of somebody's, signed in as the app does it.
    private func phone(_ role: String?, units: [String] = []) async throws -> Phone {
        let phone = try await Phone(Self.server.get())
        try await phone.session.agree(terms: "2026-01")
        let grids = role == "inspector" ? ["990101Z01"] : []
        let code = try role.map { try phone.server.code(for: fresh($0), role: $0, units: units, dutyGrids: grids) }
        await phone.session.signIn(code: code)
        return phone
    }

    func testOneWayInLeadsEachRoleToItsOwnScreens() async throws {
        let phone = try await Phone(Self.server.get())
        var seen: [Session] = []
        phone.session.changed = { seen.append($0) }
        try await phone.session.look()
        try await phone.session.agree(terms: "2026-01")
        XCTAssertEqual(seen, [.needsConsent, .needsSignIn(nil, [])])
        await phone.session.signIn(code: "WRNG-C0DE")
        guard case .needsSignIn(let why?, _) = phone.session.state else { return XCTFail("\(seen)") }
        XCTAssertEqual(why.wayOut, .askTheCity)
        await phone.session.signIn(code: "  ")
        XCTAssertEqual(phone.role, .citizen)
        let again = SessionModel(phone.client, server: phone.server.url)
        try await again.look()
        XCTAssertEqual(again.state, phone.session.state)
        let (inspector, crew) = (try await self.phone("inspector"), try await self.phone("crew", units: ["drainage"]))
        XCTAssertEqual([inspector.role, crew.role], [.inspector, .crew])
    }

    func testSigningOutWaitsUntilEverythingIsSent() async throws {
        let wang = try await phone("inspector")
        try await wang.client.report(request("井盖缺失"))
        await wang.session.signOut()
        guard case .signedIn(_, _, let why?) = wang.session.state else { return XCTFail("signed out") }
        XCTAssertEqual(why.wayOut, .giveUp)
        try await wang.client.sync()
        await wang.session.signOut()
        XCTAssertEqual(wang.session.state, .needsSignIn(nil, []))
    }

    func testASharedHandsetIsHandedOnWithWhatIsUnsentLockedUp() async throws {
        let wang = try await phone("inspector")
        let saved = try await wang.client.report(request("井盖缺失")).case
        await wang.session.lockUp(with: "")
        guard case .signedIn(_, _, let why?) = wang.session.state else { return XCTFail("\(wang.session.state)") }
        XCTAssertEqual(why.field, "passphrase")
        await wang.session.lockUp(with: "石榴 树下 七点")
        guard case .needsSignIn(nil, let lockers) = wang.session.state else { return XCTFail("\(wang.session.state)") }
        let locker = try XCTUnwrap(lockers.first)
        let code = try wang.server.code(for: fresh("li"), role: "crew", units: ["drainage"])
        await wang.session.signIn(code: code)
        XCTAssertEqual(wang.role, .crew)
        await wang.session.signOut()
        await wang.session.unlock(locker, with: "wrong")
        guard case .needsSignIn(_?, [locker]) = wang.session.state else { return XCTFail("\(wang.session.state)") }
        await wang.session.unlock(locker, with: "石榴 树下 七点")
        XCTAssertEqual(wang.role, .inspector)
        let row = try await wang.client.show(saved).row
        XCTAssertEqual(row.summary, "井盖缺失")
    }

    func testTheAppInFrontSyncsByItselfAndSaysWhatIsInTheWay() async throws {
        let wang = try await phone("inspector")
        let sync = SyncModel(wang.client)
        let running = Task { try await sync.inFront() }
        let title = fresh("cover")
        try await wang.client.report(request(title))
        for try await rows in TodayModel(wang.client, since: 0, words).rows {
            if rows.contains(where: { $0.title == title && !$0.waits }) { break }
        }
        running.cancel()
        _ = await running.result
        XCTAssertNil(sync.problem)
    }

    func testAServerThatIsAwayIsToldWhileTheAppIsInFront() async throws {
        let city = FakeCity()
        let client = GewuClient.over(FakeGewu(city))
        let session = SessionModel(client, server: city.url)
        try await session.agree(terms: "2026-01")
        await session.signIn(code: nil)
        city.reachable = false
        let sync = SyncModel(client)
        let (told, teller) = AsyncStream.makeStream(of: String?.self)
        sync.changed = { teller.yield($0) }
        let running = Task { try await sync.inFront() }
        var problems = told.makeAsyncIterator()
        var problem = await problems.next() ?? nil
        while problem == nil { problem = await problems.next() ?? nil }
        city.reachable = true
        try sync.soon()
        while problem != nil { problem = await problems.next() ?? nil }
        running.cancel()
        _ = await running.result
    }

    func testTodayShowsWhatWasTouchedTodayAndWhatWaits() async throws {
        let wang = try await phone("inspector")
        let title = fresh("cover")
        let today = TodayModel(wang.client, since: 0, words)
        var banners = today.banner.makeAsyncIterator()
        let first = try await banners.next()
        XCTAssertEqual(first, "All is sent")
        try await wang.client.report(request(title))
        let row = try await row(of: title, in: today)
        XCTAssertEqual(row?.spoken, "\(title), Reported, Photos 1, Not sent")
        let waiting = try await banners.next()
        XCTAssertEqual(waiting?.hasPrefix("Not sent: "), true)
        try await wang.client.sync()
        let sent = try await self.row(of: title, in: today)
        XCTAssertEqual(sent?.waits, false)
        var tomorrow = TodayModel(wang.client, since: .max, words).rows.makeAsyncIterator()
        let none = try await tomorrow.next()
        XCTAssertEqual(none, [])
    }

    func testACrewGoesFromSettingOutToHandledByItsButtons() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await phone("inspector"), try await phone("crew", units: [unit]))
        let id = try await dispatched(by: wang, to: unit)
        try await zhao.client.sync()
        let model = TasksModel(zhao.client, words)
        let rows = try await first(model.rows)
        XCTAssertEqual(rows.map(\.id), [id])
        XCTAssertTrue(Set(rows[0].buttons).isSuperset(of: [.setOut, .arrive, .handle]))
        XCTAssertFalse(rows[0].buttons.contains(.verify))
        XCTAssertTrue(rows[0].spoken.hasPrefix("井盖缺失, \(words[rows[0].urgency.word])"), rows[0].spoken)
        try await model.open(id)
        try await model.tap(.setOut, id)
        try await model.tap(.arrive, id)
        do {
            try await model.tap(.handle, id, text: "已更换", photos: [photo("bad/text")])
            XCTFail("handled with a text for a photo")
        } catch { XCTAssertEqual(error.field, "photo") }
        try await model.tap(.handle, id, text: "已更换", photos: [photo("manhole-before"), photo("manhole-after")])
        let left = try await first(model.rows)
        XCTAssertEqual(left, [])
        let roles = try await zhao.client.show(id).entries.last?.photos.map(\.role)
        XCTAssertEqual(roles, [.before, .after])
    }

    func testAnInspectorAnswersARequestByItsButton() async throws {
        let wang = try await phone("inspector")
        let id = try await wang.client.report(request("井盖缺失")).case
        try await wang.client.sync()
        let who = try await wang.client.whoami().user
        try wang.server.operate("verify-request", id, "--person", who)
        try await wang.client.sync()
        let model = TasksModel(wang.client, words)
        let rows = try await first(model.rows)
        XCTAssertEqual(rows.map(\.inPerson), [true])
        XCTAssertTrue(rows[0].buttons.contains(.verify) && !rows[0].buttons.contains(.handle))
        try await model.tap(.verify, id, text: "属实", photos: [photo("manhole-after")])
        let left = try await first(model.rows)
        XCTAssertEqual(left, [])
    }

    func testACitizenFollowsAReportTakesAnotherBackAndRates() async throws {
        let unit = fresh("unit")
        let (someone, zhao) = (try await phone(nil), try await phone("crew", units: [unit]))
        let model = MyReportsModel(someone.client, words)
        let id = try await someone.client.report(request("路灯不亮")).case
        try await someone.client.sync()
        let early = try await first(model.reports)
        XCTAssertEqual(early.map(\.buttons), [[.urge, .withdraw]])
        XCTAssertEqual(early.map(\.row.stage), ["Received"])
        try await model.urge(id, "请快一点")
        try dispatch(id, to: unit, someone)
        try await zhao.client.sync()
        let photos = [photo("manhole-before"), photo("manhole-after")]
        try await TasksModel(zhao.client, words).tap(.handle, id, text: "已修", photos: photos)
        try await zhao.client.sync()
        try someone.server.operate("close", id)
        try await someone.client.sync()
        let closed = try await first(model.reports)
        XCTAssertEqual(closed.map(\.row.stage), ["Closed"])
        XCTAssertEqual(closed.map(\.buttons), [[.rate]])
        try await model.rate(id, stars: 5, "谢谢")
        let other = try await someone.client.report(request("看错了")).case
        try await model.withdraw(other)
        let stages = try await first(model.reports).filter { $0.id == other }.map(\.row.stage)
        XCTAssertEqual(stages, ["Withdrawn"])
    }

    func testAReportFollowsTheGridKeepsItselfAndIsHandedIn() async throws {
        let wang = try await phone("inspector")
        let model = try await ReportModel.begin(wang.client)
        let place = request("").position
        model.edit { $0.text = "井盖" }
        model.edit { $0.position = place }
        await model.settled()
        guard case .inside(let located) = model.state.place else { return XCTFail("\(model.state.place)") }
        XCTAssertEqual(located.duty, "990101Z01")
        let kept = try await wang.client.draft(model.draft).input
        XCTAssertEqual(kept, model.state.form.input)
        await model.attach(photo("bad/text"))
        XCTAssertEqual(model.state.problem?.field, "photo")
        await model.attach(photo("manhole-before"))
        let none = await model.handIn()
        XCTAssertNil(none)
        XCTAssertEqual(model.state.problem?.field, "class")
        let resumed = try await ReportModel.resume(wang.client, model.draft)
        XCTAssertEqual(resumed.state.photos.count, 1)
        let goingOn = try await ReportModel.goOn(wang.client)
        XCTAssertEqual(goingOn.draft, model.draft)
        resumed.edit { $0.kind = ClassRef(kind: .component, code: "01002") }
        let saved = await resumed.handIn()
        XCTAssertNil(resumed.state.problem)
        let row = try await wang.client.show(XCTUnwrap(saved).case).row
        XCTAssertEqual(row.summary, "井盖")
        resumed.edit { $0.text = "too late" }
        XCTAssertEqual(resumed.state.form.text, "井盖")
        let left = try await wang.client.drafts()
        XCTAssertEqual(left, [])
    }

    func testANetworkThatIsAwayAndAFullPhoneAreToldApart() async throws {
        let city = FakeCity()
        let fake = FakeGewu(city)
        let client = GewuClient.over(fake)
        let session = SessionModel(client, server: city.url)
        try await session.agree(terms: "2026-01")
        city.reachable = false
        await session.signIn(code: nil)
        guard case .needsSignIn(let away?, _) = session.state else { return XCTFail("\(session.state)") }
        XCTAssertEqual(Word(away.wayOut).map { words[$0] }, "No connection now; try later")
        city.reachable = true
        await session.signIn(code: nil)
        let id = try await client.report(request("坑")).case
        try await client.sync()
        fake.fail("urge", with: .Storage(problem: .full, text: "no room"))
        let model = MyReportsModel(client, words)
        do {
            try await model.urge(id)
            XCTFail("urged")
        } catch { XCTAssertEqual(error.problem, .full) }
        try await model.urge(id)
    }

    private func first<Value>(_ live: LiveQuery<Value>) async throws -> Value {
        var reading = live.makeAsyncIterator()
        let value = try await reading.next()
        return try XCTUnwrap(value)
    }

    private func row(of title: String, in today: TodayModel) async throws -> ListRow? {
        try await first(today.rows).first { $0.title == title }
    }

    private func dispatched(by reporter: Phone, to unit: String) async throws -> CaseId {
        let id = try await reporter.client.report(request("井盖缺失")).case
        try await reporter.client.sync()
        try dispatch(id, to: unit, reporter)
        return id
    }

    private func dispatch(_ id: CaseId, to unit: String, _ phone: Phone) throws {
        try phone.server.operate("file", id)
        try phone.server.operate("dispatch", id, "--lead", unit)
    }
}

/// A device with the real library.
@MainActor
final class Phone {
    let server: GewuTestServer
    let client: GewuClient
    let session: SessionModel
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(fresh("ui")).path

    init(_ server: GewuTestServer) async throws {
        self.server = server
        client = try await GewuClient.open(folder: folder)
        session = SessionModel(client, server: server.url)
    }

    deinit {
        client.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var role: AppRole? { if case .signedIn(let role, _, _) = session.state { role } else { nil } }
}

func fresh(_ what: String) -> String { "\(what)-\(UUID().uuidString.prefix(8).lowercased())" }

/// A photo as a picker or a camera hands it over.
func photo(_ name: String) -> PhotoFile {
    let fixtures = ProcessInfo.processInfo.environment["GEWU_FIXTURES"] ?? "fixtures"
    return PhotoFile(path: "\(fixtures)/photos/\(name).jpg", role: .scene, provenance: .camera)
}

private func request(_ text: String) -> ReportRequest {
    ReportRequest(
        class: ClassRef(kind: .component, code: "01002"),
        position: PositionInput(lon: 123.422729, lat: 41.7999616, accuracyM: 5, datum: .wgs84), text: text,
        photos: [photo("manhole-before")])
}
