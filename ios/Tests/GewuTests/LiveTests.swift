import Foundation
import Gewu
import GewuTesting
import XCTest

/// Live queries, progress, callbacks and cancellation.
final class LiveTests: XCTestCase {
    func testAListShowsThePresentAtOnceAndThenEachChange() async throws {
        let wang = try await Device.inspector()
        var sizes = wang.client.liveCases(ListQuery(mine: true)).makeAsyncIterator()
        for expected in 0...2 {
            let page = try await sizes.next()
            XCTAssertEqual(page?.rows.count, expected)
            _ = try await wang.reported()
        }
    }

    func testAChangeOfDraftsDoesNotWakeAListOfCases() async throws {
        let wang = try await Device.inspector()
        let asked = Counter()
        let watching = Task {
            for try await _ in wang.client.live(.cases, { _ in asked.more() }) {}
        }
        // Two at most: the present, and the listener's own first word.
        var drafts = wang.client.liveDrafts().makeAsyncIterator()
        _ = try await drafts.next()
        try await until("the first answer") { asked.value > 0 }
        try await Task.sleep(nanoseconds: 200_000_000)
        let before = asked.value
        XCTAssertLessThanOrEqual(before, 2)
        for at in 1...5 {
            _ = try await wang.client.newDraft(DraftInput(text: "draft \(at)"))
            let told = try await drafts.next()
            XCTAssertEqual(told?.count, at)
        }
        XCTAssertEqual(asked.value, before)
        watching.cancel()
    }

    func testTasksAndStatusTellByThemselves() async throws {
        let unit = fresh("unit")
        let (wang, zhao) = (try await Device.inspector(), try await Device.crew(unit))
        let task = Task { try await zhao.client.liveTasks().first { !$0.isEmpty } }
        let unsent = Task { try await wang.client.liveStatus().first { !$0.synced } }
        let id = try await wang.reported()
        let seen = try await unsent.value
        XCTAssertGreaterThan(seen?.changes ?? 0, 0)
        let sent = Task { try await wang.client.liveStatus().first { $0.synced && $0.lastSync != nil } }
        try await wang.synced()
        _ = try await sent.value
        try Town.dispatch(id, to: unit)
        try await zhao.synced()
        let told = try await task.value
        XCTAssertEqual(told?.map(\.row.case), [id])
    }

    func testALiveCaseEndsWhenItsUserSignsOut() async throws {
        let wang = try await Device.inspector()
        let id = try await wang.reported()
        var live = wang.client.liveCase(id).makeAsyncIterator()
        _ = try await live.next()
        try await wang.client.signOut(unsentTo: wang.folder.child("unsent"))
        while let detail = try await live.next() { XCTAssertEqual(detail.row.case, id) }
        let another = try await Device.inspector()
        let why = try await failure { for try await _ in another.client.liveCase(id) {} }
        XCTAssertEqual(why.wayOut, .refresh)
    }

    func testLiveQueriesEndWhenTheClientIsClosedAndTheFolderIsFreeAtOnce() async throws {
        let device = try await Device.inspector()
        let seen = Counter()
        let watching = Task {
            for try await _ in device.client.liveCases() { seen.more() }
        }
        try await until("the first page") { seen.value > 0 }
        device.client.close()
        try await watching.value
        let again = try await GewuClient.open(folder: device.folder.path)
        let agreed = try await again.hasConsent()
        XCTAssertTrue(agreed)
    }

    func testLiveQueriesWaitWhileSuspendedAndGoOnAfterResuming() async throws {
        let wang = try await Device.inspector()
        let sizes = Kept<Int>()
        let watching = Task {
            for try await page in wang.client.liveCases(ListQuery(mine: true)) {
                sizes.keep(page.rows.count)
            }
        }
        try await until("the present") { sizes.all == [0] }
        try await wang.client.suspend()
        try await Task.sleep(nanoseconds: 50_000_000)
        try await wang.client.resume()
        _ = try await wang.reported()
        try await until("the report") { sizes.all == [0, 1] }
        watching.cancel()
    }

    func testATaskThatIsCancelledEndsItsLiveQuery() async throws {
        let wang = try await Device.inspector()
        let watching = Task {
            for try await _ in wang.client.liveStatus() {}
            return "ended"
        }
        try await Task.sleep(nanoseconds: 50_000_000)
        watching.cancel()
        let word = try await watching.value
        XCTAssertEqual(word, "ended")
    }

    func testAThousandChangesReachALiveQueryAndLeaveNothingBehind() async throws {
        let wang = try await Device.inspector()
        let draft = try await wang.client.newDraft()
        var live: LiveQuery<[Draft]>.Iterator? = wang.client.liveDrafts().makeAsyncIterator()
        _ = try await live?.next()
        for at in 1...1_000 {
            try await wang.client.updateDraft(draft, DraftInput(text: "\(at)"))
            let told = try await live?.next()
            XCTAssertEqual(told?.first?.input.text, "\(at)")
        }
        live = nil
        // Two hundred readers come and go; their places and threads go with them.
        let memory = try residentKilobytes()
        for _ in 0..<200 {
            let first = try await wang.client.liveDrafts().first { _ in true }
            XCTAssertEqual(first?.count, 1)
        }
        XCTAssertEqual(wang.client.liveQueries, 0)
        XCTAssertEqual(try listeners(), 1)
        wang.client.close()
        try await until("the end of the listener") { try listeners() == 0 }
        XCTAssertLessThan(try residentKilobytes(), memory + 64_000)
    }

    func testAClientThatNobodyHoldsLeavesNoListener() async throws {
        do {
            let wang = try await Device.inspector()
            var live = wang.client.liveStatus().makeAsyncIterator()
            _ = try await live.next()
            try await until("the listener") { try listeners() == 1 }
        }
        try await until("the end of the listener") { try listeners() == 0 }
    }

    func testWhatAListenerThrowsEndsItAndNothingElse() async throws {
        let wang = try await Device.inspector()
        let calls = Counter()
        let listening = try wang.client.opened().listen(listener: Ear { _ in
            calls.more()
            throw GewuError.closed
        })
        for _ in 0..<3 { _ = try await wang.client.newDraft() }
        try await until("the first call") { calls.value > 0 }
        try await Task.sleep(nanoseconds: 100_000_000)
        XCTAssertEqual(calls.value, 1)
        let drafts = try await wang.client.drafts()
        XCTAssertEqual(drafts.count, 3)
        try listening.cancel()
    }

    func testAListenerMayCallTheSDKBack() async throws {
        let wang = try await Device.inspector()
        let core = try wang.client.opened()
        let sizes = Kept<Int>()
        let listening = try core.listen(listener: Ear { _ in sizes.keep(try core.drafts().count) })
        _ = try await wang.client.newDraft()
        try await until("the draft") { sizes.all.last == 1 }
        try listening.cancel()
    }

    func testCallbacksComeFromManyThreadsAtOnce() async throws {
        let wang = try await Device.inspector()
        let meeting = Meeting(of: 8)
        let core = try wang.client.opened()
        let listening = try (0..<8).map { _ in
            try core.listen(listener: Ear { _ in meeting.arrive() })
        }
        try await until("eight threads in a call at once") { meeting.met }
        for one in listening { try one.cancel() }
    }

    func testManyTasksSaveAtOnceAndEachSaveCounts() async throws {
        let wang = try await Device.inspector()
        let saved = try await withThrowingTaskGroup(of: CaseId.self) { group in
            for at in 0..<24 { group.addTask { try await wang.reported("report \(at)") } }
            return try await group.reduce(into: Set<CaseId>()) { $0.insert($1) }
        }
        XCTAssertEqual(saved.count, 24)
        var shown: Set<CaseId> = []
        for try await row in wang.client.allCases(ListQuery(mine: true)) { shown.insert(row.case) }
        XCTAssertEqual(shown, saved)
        try await wang.synced()
    }

    func testASyncTellsItsStepsAndEndsWithItsReport() async throws {
        let wang = try await Device.inspector()
        _ = try await wang.reported()
        var events: [SyncEvent] = []
        for try await event in wang.client.syncing() { events.append(event) }
        guard case .finished(let report) = events.last else { return XCTFail("\(events)") }
        XCTAssertEqual(report.outcome, .complete)
        XCTAssertEqual(report.unsent, 0)
        XCTAssertTrue(events.contains { if case .step(.exchanged) = $0 { true } else { false } })
        XCTAssertTrue(events.contains {
            if case .step(.uploading(_, let sent, let total, _)) = $0 { sent == total } else { false }
        })
    }

    func testEnrollingTellsTheStepsOfTheFirstSync() async throws {
        let device = try await Device.stranger()
        let (steps, told) = AsyncStream.makeStream(of: SyncProgress.self)
        try await device.client.enrol(server: try Town.server.url) { told.yield($0) }
        told.finish()
        var left: UInt64?
        for await step in steps {
            if case .exchanged(_, _, _, let still) = step { left = still }
        }
        XCTAssertEqual(left, 0)
    }

    func testCancellingATaskEndsASyncThatHangsAndLosesNothing() async throws {
        let wire = Silence()
        let wang = try await Device.inspector(transport: wire)
        let id = try await wang.reported()
        wire.silent = true
        let syncing = Task { try await wang.client.sync() }
        try await until("a request that hangs") { wire.waiting.value > 0 }
        let from = Date()
        syncing.cancel()
        let report = try await syncing.value
        XCTAssertEqual(report.outcome, .cancelled)
        XCTAssertLessThan(Date().timeIntervalSince(from), 5)
        wire.silent = false
        let mine = try await wang.client.cases(ListQuery(mine: true)).rows.map(\.case)
        XCTAssertEqual(mine, [id])
        try await wang.synced()
    }

    func testCancellingATaskEndsEnrollingThatHangsAndTheCodeWorksAfterwards() async throws {
        let wire = Silence()
        let device = try await Device.stranger(transport: wire)
        wire.silent = true
        let (server, code) = (try Town.server.url, try Town.server.code(
            for: fresh("late"), role: "inspector", dutyGrids: [market]))
        let enrolling = Task { try await device.client.enrol(server: server, code: code) }
        try await until("a request that hangs") { wire.waiting.value > 0 }
        let from = Date()
        enrolling.cancel()
        let why = await enrolling.result
        XCTAssertThrowsError(try why.get())
        XCTAssertLessThan(Date().timeIntervalSince(from), 5)
        wire.silent = false
        let enrolled = try await device.client.enrol(server: server, code: code)
        XCTAssertEqual(enrolled.who.roles, ["inspector"])
    }

    func testPhotosOfAServerThatDoesNotAnswerHoldUpNoOtherCall() async throws {
        let wire = Silence()
        let wang = try await Device.inspector(transport: wire)
        wire.silent = true
        let fetches = (1...100).map { at in
            Task {
                let photo = String(format: "%064x", at)
                try await wang.client.savePhoto(photo, to: wang.folder.child("p\(at)"))
            }
        }
        try await until("four requests that hang") { wire.waiting.value == 4 }
        let from = Date()
        for _ in 1...50 { _ = try await wang.client.cases() }
        XCTAssertLessThan(Date().timeIntervalSince(from), 5)
        XCTAssertEqual(wire.waiting.value, 4)
        fetches.forEach { $0.cancel() }
        wire.silent = false
        try wire.cancel(line: 0)
    }

    func testAReaderThatGoesAwayEndsItsSync() async throws {
        let wire = Silence()
        let wang = try await Device.inspector(transport: wire)
        _ = try await wang.reported()
        wire.silent = true
        let reading = Task { for try await _ in wang.client.syncing() {} }
        try await until("a request that hangs") { wire.waiting.value > 0 }
        reading.cancel()
        try await reading.value
        try await until("the end of the request") { wire.waiting.value == wire.ended.value }
        wire.silent = false
        try await wang.synced()
    }

    func testCancellingTheWorkOnAPhotoLeavesTheDraftAsItWas() async throws {
        let wang = try await Device.inspector()
        let draft = try await wang.client.newDraft()
        let (begun, goOn) = (Counter(), DispatchSemaphore(value: 0))
        let work = Task {
            try await wang.client.attach(photo(), to: draft) { _ in
                if begun.more() == 1 { goOn.wait() }
            }
        }
        try await until("the first step") { begun.value > 0 }
        work.cancel()
        goOn.signal()
        let why = try await failure { try await work.value }
        XCTAssertEqual(why, .cancelled)
        let photos = try await wang.client.draft(draft).photos
        XCTAssertEqual(photos, [])
    }

    func testAnAbsentServerIsAnOutcomeAndNoError() async throws {
        let own = try GewuTestServer()
        let wang = try await Device.inspector(server: own)
        _ = try await wang.reported()
        own.kill()
        let report = try await wang.client.sync()
        guard case .later = report.outcome else { return XCTFail("\(report)") }
        try own.restart()
        try await wang.synced()
        let status = try await wang.client.status()
        XCTAssertTrue(status.synced)
        own.stop()
    }
}

/// Threads of the SDK's that listen, as the system counts them.
private func listeners() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
        // A thread may end while it is looked at.
        let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
        return name == "gewu-listen\n"
    }
}

private func residentKilobytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(pages[1]) ?? 0) * 4
}

/// A listener by a closure.
final class Ear: ChangeListener {
    private let hear: @Sendable ([Changed]) throws -> Void
    init(_ hear: @escaping @Sendable ([Changed]) throws -> Void) { self.hear = hear }
    func changed(what: [Changed]) throws { try hear(what) }
}

/// Threads that wait for each other.
private final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private let expected: Int
    private var here = 0

    init(of expected: Int) { self.expected = expected }

    func arrive() {
        condition.lock()
        defer { condition.unlock() }
        here += 1
        condition.broadcast()
        let patience = Date(timeIntervalSinceNow: 30)
        while here < expected, condition.wait(until: patience) {}
    }

    var met: Bool {
        condition.lock()
        defer { condition.unlock() }
        return here >= expected
    }
}
