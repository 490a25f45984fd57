import Gewu
import GewuTesting
import XCTest

/// Every role's work, with a real server.
final class RolesTests: XCTestCase {
    func testAnInspectorReportsAndVerifiesBeforeFiling() async throws {
        let wang = try await Device.inspector()
        let saved = try await wang.client.report(request(photos: [photo()]))
        XCTAssertNil(saved.warning)
        try await wang.synced()
        try Town.server.operate(
            "verify-request", saved.case, "--person", wang.user, "--same-period", "22:00-06:30")
        try await wang.synced()
        let tasks = try await wang.client.tasks()
        XCTAssertEqual(tasks.map(\.question), ["verify"])
        XCTAssertEqual(tasks.first?.inPerson, true)
        XCTAssertEqual(tasks.first?.samePeriod, DayWindow(fromMinute: 1320, toMinute: 390))
        let allowed = try await wang.client.allowed(saved.case)
        XCTAssertTrue(allowed.contains("verify"))
        try await wang.client.verify(saved.case, .exists, act("属实", inspection()))
        let before = try await wang.client.show(saved.case)
        XCTAssertEqual(before.row.stage, .verifiedExists)
        try await wang.synced()
        let entry = try await wang.client.show(saved.case).entries.last
        XCTAssertEqual(entry?.kind, "verify")
        XCTAssertEqual(entry?.delivery, .received)
        XCTAssertEqual(entry?.texts.map(\.text), ["属实"])
    }

    func testACrewTakesSetsOutArrivesReportsProgressAndHandles() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let id = try await dispatched(by: wang, to: unit)
        try await zhao.synced()
        let tasks = try await zhao.client.tasks()
        XCTAssertEqual(tasks.map(\.question), ["dispatch"])
        XCTAssertEqual(tasks.first?.inPerson, false)
        try await zhao.client.opened(id)
        try await zhao.client.seen(id, .received)
        try await zhao.client.take(id)
        try await zhao.client.setOut(id)
        try await zhao.client.arrive(id)
        try await zhao.client.progress(id, percent: 50, act("一半"))
        try await zhao.client.handle(id, workDone())
        try await zhao.synced()
        try await wang.synced()
        let own = ["take", "set_out", "arrived", "progress", "handle"]
        let kinds = try await wang.client.show(id).entries.map(\.kind)
        XCTAssertEqual(kinds.filter(own.contains), own)
        try await assertSame(id, wang, zhao)
    }

    func testTheWholeLoopClosesAndAnInspectorChecksWhatACrewHasHandled() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let id = try await dispatched(by: wang, to: unit)
        try await zhao.synced()
        try await zhao.client.handle(id, workDone())
        try await zhao.synced()
        try Town.server.operate("check-request", id, "--person", wang.user)
        try await wang.synced()
        try await wang.client.check(id, .pass, act("已修好", inspection()))
        try await wang.synced()
        try Town.server.operate("close", id)
        try await wang.synced()
        try await zhao.synced()
        let stages = [try await wang.client.show(id).row.stage, try await zhao.client.show(id).row.stage]
        XCTAssertEqual(stages, [.closed, .closed])
        try await assertSame(id, wang, zhao)
        let left = try await wang.client.tasks()
        XCTAssertEqual(left, [])
    }

    func testWhoHandledMayNotCheck() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let id = try await dispatched(by: wang, to: unit)
        try await zhao.synced()
        try await zhao.client.handle(id, workDone())
        try await zhao.synced()
        try Town.server.operate("check-request", id, "--person", wang.user)
        try await zhao.synced()
        let denied = try await failure { try await zhao.client.check(id, .pass, act("ok", inspection())) }
        XCTAssertEqual(denied.wayOut, .giveUp)
        let allowed = try await zhao.client.allowed(id)
        XCTAssertFalse(allowed.contains("check"))
    }

    func testAUnitLeadAssignsAPersonByACommand() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let lead = try await Device.staff("unit_lead", units: [unit])
        let id = try await dispatched(by: wang, to: unit)
        try await lead.synced()
        let allowed = try await lead.client.allowed(id)
        XCTAssertTrue(allowed.contains("assign"))
        let fields = "{\"person\":\"\(zhao.user)\"}"
        try await lead.client.command(id, kind: "assign", fields: fields, note: "请去看看")
        try await lead.synced()
        let notes = try await lead.client.status().commandNotes
        XCTAssertEqual(notes.count, 1)
        guard case .done = notes.first?.outcome else { return XCTFail("\(notes)") }
        try await zhao.synced()
        let tasks = try await zhao.client.tasks()
        XCTAssertEqual(tasks.map(\.inPerson), [true])
    }

    func testACommandThatCameTooLateIsAskedForAgainOnWhatTheCaseHasBecome() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let lead = try await Device.staff("unit_lead", units: [unit])
        let id = try await dispatched(by: wang, to: unit)
        try await lead.synced()
        let fields = "{\"person\":\"\(zhao.user)\"}"
        try await lead.client.command(id, kind: "assign", fields: fields)
        try Town.server.operate("supervise", id, "--unit", unit)
        try await lead.synced()
        let before = try await lead.client.status().commandNotes
        guard let stale = before.first, case .stale = stale.outcome else {
            return XCTFail("\(before)")
        }
        let again = try await lead.client.commandAgain(stale.command)
        try await lead.synced()
        let notes = try await lead.client.status().commandNotes
        guard case .done = notes.first(where: { $0.command == again.command })?.outcome else {
            return XCTFail("\(notes)")
        }
    }

    func testACrewAsksForMoreTimeAndTheCentreSeesIt() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let id = try await dispatched(by: wang, to: unit)
        try await zhao.synced()
        try await zhao.client.askExtension(id, limit: "2工作日", reason: "缺材料")
        try await zhao.synced()
        let shown = try await zhao.client.show(id).entries.first { $0.kind == "extend_request" }
        XCTAssertEqual(shown?.delivery, .received)
    }

    func testACitizenReportsAddsUrgesAndSeesThePublicWordOnly() async throws {
        let someone = try await Device.citizen()
        let id = try await someone.reported("路上有个坑")
        try await someone.synced()
        try Town.server.operate("verify-request", id, "--person", "anybody", "--unknown-names")
        try Town.server.operate("reply", id, "--text", "我们去看看")
        try await someone.synced()
        let detail = try await someone.client.show(id)
        XCTAssertEqual(detail.publicWord?.stage, .verifying)
        XCTAssertEqual(detail.publicWord?.reply, "我们去看看")
        XCTAssertFalse(detail.entries.contains { $0.kind == "verify_request" })
        let allowed = try await someone.client.allowed(id)
        XCTAssertEqual(detail.publicWord.map { Set($0.may) }, allowed)
        try await someone.client.supplement(id, act("就在门口"))
        try await someone.client.urge(id, act("请快一点"))
        try await someone.synced()
        let kinds = try await someone.client.show(id).entries.map(\.kind)
        XCTAssertEqual(kinds, ["report", "supplement", "urge"])
    }

    func testACitizenRatesWhatWasClosed() async throws {
        let unit = fresh("unit")
        let (someone, zhao) = (try await Device.citizen(), try await Device.crew(unit))
        let id = try await dispatched(by: someone, to: unit)
        try await zhao.synced()
        try await zhao.client.handle(id, workDone())
        try await zhao.synced()
        try Town.server.operate("close", id)
        try await someone.synced()
        let closed = try await someone.client.show(id)
        XCTAssertEqual(closed.publicWord?.stage, .closed)
        try await someone.client.rate(id, 5, act("谢谢"))
        try await someone.synced()
        try await someone.synced()
        let rated = try await someone.client.show(id).publicWord?.rated
        XCTAssertEqual(rated, 5)
    }

    func testACitizenTakesAReportBackBeforeAnybodyActed() async throws {
        let someone = try await Device.citizen()
        let id = try await someone.reported("看错了")
        try await someone.client.withdraw(id)
        let stage = try await someone.client.show(id).row.stage
        XCTAssertEqual(stage, .withdrawn)
        try await someone.synced()
        let status = try await someone.client.status()
        XCTAssertTrue(status.synced)
    }

    func testPlacesClassesLabelsAndAddressesAreThereWithoutTheNetwork() async throws {
        let device = try await Device.inspector()
        let client = device.client
        let found = try await client.locate(atTheMarket())
        XCTAssertEqual(found?.unit, "990101001001022")
        XCTAssertEqual(found?.ownDuty, .inside)
        let nowhere = try await client.locate(atTheMarket(lon: 100))
        XCTAssertNil(nowhere)
        let near = try await client.componentsNear(atTheMarket(), radiusM: 500).map(\.distanceM)
        XCTAssertEqual(near, near.sorted())
        let classes = try await client.searchClasses("井盖")
        XCTAssertFalse(classes.isEmpty)
        let all = try await client.classes()
        XCTAssertTrue(all.contains { $0.code == "01002" })
        let packs = try await client.packs()
        XCTAssertTrue(packs.contains { $0.kind == "policy" && $0.active })
        let labels = try await client.labels()
        XCTAssertEqual(labels.word("levitate"), "levitate")
        XCTAssertNotEqual(labels.word("report", in: Locale(identifier: "zh_CN")), "report")
        _ = try await client.address(atTheMarket())
    }

    func testACaseNearbyOfTheSameClassIsShownBeforeItIsReportedAgain() async throws {
        let wang = try await Device.inspector()
        // Other tests report at the market; nobody else some steps to the north.
        let aside = atTheMarket(lat: 41.7999616 + 0.0001)
        let there = request(position: aside, photos: [photo()])
        let first = try await wang.client.report(there).case
        let similar = try await wang.client.similar(at: aside, of: manhole)
        XCTAssertEqual(similar.first?.row.case, first)
        XCTAssertLessThan(similar.first?.distanceM ?? 9, 1)
        let second = try await wang.client.report(there).case
        try await wang.client.suggestDuplicate(second, of: first, act("同一个"))
        let last = try await wang.client.show(second).entries.last?.kind
        XCTAssertEqual(last, "duplicate_suggestion")
    }

    func testWhatSomebodyMayNotDoIsRefusedAndSavesNothing() async throws {
        let wang = try await Device.inspector()
        let id = try await wang.reported()
        let denied = try await failure { try await wang.client.handle(id, workDone()) }
        guard case .notPermitted = denied else { return XCTFail("\(denied)") }
        let entries = try await wang.client.show(id).entries
        XCTAssertEqual(entries.count, 1)
    }

    private func dispatched(by reporter: Device, to unit: String) async throws -> CaseId {
        let id = try await reporter.reported()
        try await reporter.synced()
        try Town.dispatch(id, to: unit)
        return id
    }

    private func assertSame(_ id: CaseId, _ one: Device, _ other: Device) async throws {
        let hashes = [try await one.client.stateHash(id), try await other.client.stateHash(id)]
        XCTAssertEqual(hashes[0], hashes[1])
    }
}
