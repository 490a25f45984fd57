// long-file: one suite, in the order of a report's way; parts of it would each need the same set-up
import Foundation
import Gewu
import GewuTesting
import XCTest

/// What an app may count on, of the real library and of the fake alike: so the fake cannot drift. Each test
/// runs with both.
final class ContractTests: XCTestCase {
    private static let real = Result { try RealTown() }

    /// Does the same in both towns.
    private func both(_ work: (any Town) async throws -> Void) async throws {
        for town in [try Self.real.get(), FakeTown()] as [any Town] { try await named(town, work) }
    }

    private func named(_ town: any Town, _ work: (any Town) async throws -> Void) async throws {
        do {
            try await work(town)
        } catch {
            XCTFail("with the \(town.name) one: \(error)")
        }
    }

    func testNothingIsSavedAndNobodyAskedBeforeConsent() async throws {
        try await both { town in
            let client = try await town.untouched()
            let before = try await client.hasConsent()
            let enrolling = try await refused { try await client.enrol(server: town.url) }
            let reporting = try await refused { try await client.report(request()) }
            let drafting = try await refused { try await client.newDraft() }
            XCTAssertEqual([enrolling, reporting, drafting].map(\.wayOut), [.giveUp, .giveUp, .giveUp])
            try await client.consent(terms: "2026-01")
            let after = try await client.hasConsent()
            let lockers = try await client.lockers()
            XCTAssertEqual(lockers, [])
            XCTAssertEqual([before, after], [false, true])
            _ = try await client.newDraft()
        }
    }

    func testNobodyIsAskedToDoAnythingBeforeTheyAreSomebody() async throws {
        try await both { town in
            let client = try await town.untouched()
            let asked = try await refused { try await client.tasks() }
            XCTAssertEqual(asked.wayOut, .enrol)
            let shown = try await client.liveTasks().first { _ in true }
            XCTAssertEqual(shown, [])
            let terms = try await refused { try await client.consent(terms: "") }
            XCTAssertEqual(terms.field, "terms")
            let agreed = try await client.hasConsent()
            XCTAssertFalse(agreed)
        }
    }

    func testWhatCanNeverBeTakenIsRefusedByItsField() async throws {
        try await both { town in
            let client = try await town.inspector().client
            for text in ["", "   ", "a\0b", String(repeating: "字", count: 4_001)] {
                let why = try await refused { try await client.report(request(text)) }
                XCTAssertEqual(why.field, "text", town.name)
            }
            try await client.report(request(String(repeating: "😀", count: 4_000)))
            let place = atTheMarket()
            try await client.checkReport(DraftInput(class: manhole, position: place, text: "井盖缺失"))
            let faults = [
                "text": DraftInput(class: manhole, position: place, text: ""),
                "component": DraftInput(class: manhole, position: place, component: ""),
                "edition": DraftInput(class: manhole, position: place, edition: ""),
            ]
            for (field, input) in faults {
                let why = try await refused { try await client.checkReport(input) }
                XCTAssertEqual(why.field, field, town.name)
            }
            let accuracies = [-1, Double.nan].map {
                PositionInput(lon: 123.422729, lat: 41.7999616, accuracyM: $0, datum: .wgs84)
            }
            for place in accuracies + [atTheMarket(lon: .nan)] {
                let report = try await refused { try await client.report(request(position: place)) }
                let locate = try await refused { try await client.locate(place) }
                XCTAssertEqual([report.field, locate.field], ["position", "position"], town.name)
            }
            let many = Array(repeating: photo(), count: 21)
            let photos = try await refused { try await client.report(request(photos: many)) }
            XCTAssertEqual(photos.field, "photo")
            for id in ["", "not-a-case"] {
                let why = try await refused { try await client.show(id) }
                XCTAssertEqual(why.field, "case", town.name)
            }
            let note = try await refused { try await client.note("zz", act("x")) }
            XCTAssertEqual(note.field, "case")
            let rows = try await client.cases(ListQuery(mine: true)).rows
            XCTAssertEqual(rows.count, 1)
        }
    }

    func testContactsAndCodesThatAreOutOfBoundsAreRefusedByTheirField() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let long = String(repeating: "c", count: 257)
            let contacts = [
                Contact(phone: "abc"), Contact(phone: "12"), Contact(name: " "), Contact(name: "a\u{7}"),
                Contact(name: String(repeating: "王", count: 81)), Contact(idNumber: "123"), Contact(idNumber: "王1234"),
            ]
            let wrong = contacts.map { ($0, nil, nil, "contact") } + [
                (nil, long, nil, "component"), (nil, "", nil, "component"), (nil, nil, long, "language"),
                (nil, nil, "z\0", "language"),
            ] as [(Contact?, String?, String?, String)]
            for (contact, component, language, field) in wrong {
                let input = ReportRequest(
                    class: manhole, position: atTheMarket(), component: component, language: language, contact: contact)
                let why = try await refused { try await client.report(input) }
                XCTAssertEqual(why.field, field, town.name)
            }
            let good = Contact(phone: "+86 (138) 0013-8000", name: String(repeating: "王", count: 80), idNumber: "99-a")
            for contact in [good, Contact()] {
                try await client.report(
                    ReportRequest(class: manhole, position: atTheMarket(), text: "坑", contact: contact))
            }
        }
    }

    func testNumbersThatAreNoneAreRefusedByTheirField() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let limit = try await refused { try await client.searchClasses("井", limit: -1) }
            let count = try await refused { try await client.componentsNear(atTheMarket(), radiusM: 9, count: -1) }
            let most = try await refused { try await client.handOverUploads(most: -1) }
            let grace = try await refused { try await client.suspend(grace: -1) }
            let nan = try await refused { try await client.suspend(grace: .nan) }
            XCTAssertEqual([limit, count, most, grace, nan].map(\.field), ["limit", "count", "most", "grace", "grace"])
        }
    }

    func testWhoIsSuspendedMayBeSuspendedAgain() async throws {
        try await both { town in
            let client = try await town.inspector().client
            try await client.suspend()
            try await client.suspend()
            try await client.resume()
            try await client.report(request())
        }
    }

    /// Signs in as the user of the app.
    private func signIn(
        _ client: GewuClient, _ app: String, _ user: String, in town: any Town
    ) async throws -> Enrolment {
        let request = try await client.signInRequest(server: town.url)
        let token = try town.hostToken(app: app, user: user, for: request)
        return try await client.signIn(server: town.url, token: token)
    }

    func testReportsOfACitizenWhoIsSignedInLeadTheCentreToTheAccount() async throws {
        try await both { town in
            let app = fresh("app")
            try town.addHostApp(app)
            let wu = Owned(client: try await town.stranger(), user: "wu")
            let enrolled = try await signIn(wu.client, app, "user-1", in: town)
            XCTAssertEqual(enrolled.who.account, app, town.name)
            let id = try await wu.client.report(request()).case
            try await wu.synced()
            XCTAssertEqual(try town.account(id), "user-1", town.name)
            let who = try await wu.client.whoami()
            XCTAssertEqual(who.account, app, town.name)
            try await wu.client.signOut()
            let anew = try await wu.client.enrol(server: town.url)
            XCTAssertNil(anew.who.account, town.name)
            let anonymous = try await wu.client.report(request()).case
            try await wu.synced()
            XCTAssertNil(try town.account(anonymous), town.name)
        }
    }

    func testWhoSignsInLaterTakesAlongWhatIsUnsentAndNothingThatTheCityHas() async throws {
        try await both { town in
            let app = fresh("app")
            try town.addHostApp(app)
            let wu = try await town.citizen()
            let early = try await wu.client.report(request()).case
            try await wu.synced()
            let unsent = try await wu.client.report(request()).case
            _ = try await signIn(wu.client, app, "user-1", in: town)
            try await wu.synced()
            XCTAssertEqual([try town.account(early), try town.account(unsent)], [nil, "user-1"], town.name)
        }
    }

    func testTokensThatAreNoGoodAreRefusedAndChangeNothing() async throws {
        try await both { town in
            let app = fresh("app")
            try town.addHostApp(app)
            let untouched = try await town.untouched()
            let early = try await refused { try await untouched.signInRequest(server: town.url) }
            XCTAssertEqual(early.wayOut, .giveUp, town.name)
            let (wu, other) = (try await town.stranger(), try await town.stranger())
            let own = try await wu.signInRequest(server: town.url)
            let again = try await wu.signInRequest(server: town.url)
            XCTAssertEqual(own, again, town.name)
            let token = try town.hostToken(app: app, user: "user-1", for: own)
            let empty = try await refused { try await wu.signIn(server: town.url, token: " ") }
            XCTAssertEqual(empty.field, "token", town.name)
            let none = try await refused { try await wu.signIn(server: town.url, token: "a.b.c") }
            let theirs = try await refused { try await other.signIn(server: town.url, token: token) }
            try await wu.signIn(server: town.url, token: token)
            let second = try await refused { _ = try await self.signIn(wu, app, "user-2", in: town) }
            XCTAssertTrue(second.text.contains("leave first"), second.text)
            try town.removeHostApp(app)
            let removed = try await refused { _ = try await self.signIn(wu, app, "user-1", in: town) }
            XCTAssertEqual(
                [none, theirs, second, removed].map(\.wayOut), Array(repeating: .askTheCity, count: 4), town.name)
            let who = try await wu.whoami()
            XCTAssertEqual(who.account, app, town.name)
            let wang = try await town.inspector().client
            let staff = try await refused { try await wang.signInRequest(server: town.url) }
            XCTAssertEqual(staff.wayOut, .giveUp, town.name)
        }
    }

    func testLiveQueriesOutlastSigningOut() async throws {
        try await both { town in
            let wang = try await town.inspector()
            let id = try await wang.client.report(request()).case
            try await wang.synced()
            try town.verifyRequest(id, person: wang.user)
            try await wang.synced()
            var tasks = wang.client.liveTasks().makeAsyncIterator()
            var one = wang.client.liveCase(id).makeAsyncIterator()
            let before = try await tasks.next()
            _ = try await one.next()
            XCTAssertEqual(before?.count, 1, town.name)
            try await wang.client.signOut()
            let after = try await tasks.next()
            XCTAssertEqual(after, [], town.name)
            while try await one.next() != nil {}
        }
    }

    func testADeviceOfNoCitySaysSoAndKeepsDrafts() async throws {
        try await both { town in
            let client = try await town.stranger()
            let asked = try await refused { try await client.whoami() }
            let synced = try await refused { try await client.sync() }
            let reported = try await refused { try await client.report(request()) }
            XCTAssertEqual([asked, synced, reported].map(\.wayOut), [.enrol, .enrol, .enrol])
            let searched = try await refused { try await client.searchClasses("井盖") }
            XCTAssertEqual(searched.wayOut, .update)
            let located = try await client.locate(atTheMarket())
            XCTAssertNil(located)
            _ = try await client.newDraft(DraftInput(text: "later"))
            let texts = try await client.drafts().map(\.input.text)
            XCTAssertEqual(texts, ["later"])
        }
    }

    func testACodeMakesADeviceSomebodysOnce() async throws {
        try await both { town in
            let client = try await town.stranger()
            let code = try town.code(for: fresh("li"), role: "inspector", units: [], dutyGrids: ["990101Z01"])
            let enrolled = try await client.enrol(server: town.url, code: code)
            let who = try await client.whoami()
            XCTAssertEqual(who.user, enrolled.who.user)
            XCTAssertEqual(who.roles, ["inspector"])
            XCTAssertEqual(who.dutyGrids, ["990101Z01"])
            let other = try await town.stranger()
            let again = try await refused { try await other.enrol(server: town.url, code: code) }
            XCTAssertEqual(again.wayOut, .askTheCity)
        }
    }

    func testAWrongAddressAnAbsentServerAndAWrongCodeAreToldApart() async throws {
        try await both { town in
            let client = try await town.stranger()
            let wrong = try await refused { try await client.enrol(server: "city hall") }
            XCTAssertEqual(wrong.field, "server")
            let absent = try await refused { try await client.enrol(server: "http://127.0.0.1:1") }
            XCTAssertEqual(absent.wayOut, .tryLater)
            let code = try await refused { try await client.enrol(server: town.url, code: "WRNG-C0DE") }
            XCTAssertEqual(code.wayOut, .askTheCity)
        }
    }

    func testDraftsAreKeptInTheOrderOfEditingAndThrownAway() async throws {
        try await both { town in
            let client = try await town.stranger()
            let first = try await client.newDraft(DraftInput(text: "first"))
            let second = try await client.newDraft(DraftInput(text: "second"))
            // The real one counts milliseconds.
            try await Task.sleep(nanoseconds: 3_000_000)
            try await client.updateDraft(first, DraftInput(text: "edited"))
            let texts = try await client.drafts().map(\.input.text)
            XCTAssertEqual(texts, ["edited", "second"])
            let counted = try await client.status().drafts
            XCTAssertEqual(counted, 2)
            try await client.deleteDraft(second)
            let shown = try await refused { try await client.draft(second) }
            let edited = try await refused { try await client.updateDraft(second, DraftInput()) }
            let thrown = try await refused { try await client.deleteDraft(second) }
            XCTAssertEqual([shown, edited, thrown].map(\.wayOut), [.refresh, .refresh, .refresh])
        }
    }

    func testPhotosGoToADraftByTheirPathsAndComeOffAgain() async throws {
        try await both { town in
            let client = try await town.stranger()
            let draft = try await client.newDraft(DraftInput(text: "kept"))
            let attached = try await client.attach(photo(), to: draft)
            XCTAssertTrue(attached.width > 0 && attached.height > 0 && attached.bytes > 0)
            XCTAssertEqual(attached.sha256.count, 64)
            let held = try await client.draft(draft).photos
            XCTAssertEqual(held, [attached])
            for file in ["bad/text.jpg", "absent.jpg"] {
                let why = try await refused { try await client.attach(photo(file), to: draft) }
                XCTAssertEqual(why.field, "photo", file)
            }
            try await client.detach(attached.sha256, from: draft)
            let left = try await client.draft(draft)
            XCTAssertEqual(left.photos, [])
            XCTAssertEqual(left.input.text, "kept")
            let again = try await refused { try await client.detach(attached.sha256, from: draft) }
            XCTAssertEqual(again.wayOut, .refresh)
        }
    }

    func testADraftThatIsNotCompleteNamesTheFieldAndStays() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let draft = try await client.newDraft(DraftInput(position: atTheMarket(), text: "x"))
            let kind = try await refused { try await client.reportDraft(draft) }
            try await client.updateDraft(draft, DraftInput(class: manhole, text: "x"))
            let place = try await refused { try await client.reportDraft(draft) }
            XCTAssertEqual([kind.field, place.field], ["class", "position"])
            let left = try await client.drafts().map(\.id)
            XCTAssertEqual(left, [draft])
        }
    }

    func testADraftBecomesAReportWithItsPhotos() async throws {
        try await both { town in
            let wang = try await town.inspector()
            let input = DraftInput(class: manhole, position: atTheMarket(), text: "井盖缺失")
            let draft = try await wang.client.newDraft(input)
            try await wang.client.attach(photo(), to: draft)
            let saved = try await wang.client.reportDraft(draft)
            XCTAssertNil(saved.warning)
            let left = try await wang.client.drafts()
            XCTAssertEqual(left, [])
            let detail = try await wang.client.show(saved.case)
            XCTAssertEqual(detail.row.stage, .reported)
            XCTAssertEqual(detail.row.summary, "井盖缺失")
            XCTAssertEqual(detail.row.class, manhole)
            XCTAssertEqual(detail.row.dutyGrid, "990101Z01")
            XCTAssertTrue(detail.row.mine && detail.row.unsent > 0 && detail.row.photos == 1)
            XCTAssertEqual(detail.entries.map(\.kind), ["report"])
            XCTAssertEqual(detail.entries.map(\.by), [wang.user])
            XCTAssertEqual(detail.entries.map(\.delivery), [.unsent])
            XCTAssertEqual(detail.entries.first?.texts.map(\.text), ["井盖缺失"])
        }
    }

    func testAReportThatCannotBeTakenNamesTheFieldAndLeavesNothing() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let wrong = [
                ("class", request(class: ClassRef(kind: .component, code: "99999"))),
                ("position", request(position: atTheMarket(lat: 91))),
                ("photo", request(photos: [photo("bad/text.jpg")])),
            ]
            for (field, request) in wrong {
                let why = try await refused { try await client.report(request) }
                XCTAssertEqual(why.field, field)
            }
            let rows = try await client.cases(ListQuery(mine: true)).rows
            XCTAssertEqual(rows, [])
            let far = try await client.report(request(position: atTheMarket(lon: 100)))
            XCTAssertEqual(far.warning, .outsideEveryGrid)
        }
    }

    func testWhatIsNotThereIsNotFound() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let unknown = "00112233445566778899aabbccddeeff"
            let shown = try await refused { try await client.show(unknown) }
            let allowed = try await refused { try await client.allowed(unknown) }
            let noted = try await refused { try await client.note(unknown, act("x")) }
            XCTAssertEqual([shown, allowed, noted].map(\.wayOut), [.refresh, .refresh, .refresh])
        }
    }

    func testListsShowTheNewestFirstAndGoOnWhereAPageEnded() async throws {
        try await both { town in
            let client = try await town.inspector().client
            var own: [CaseId] = []
            for page in 0..<5 {
                own.insert(try await client.report(request("page \(page)")).case, at: 0)
                try await Task.sleep(nanoseconds: 3_000_000)
            }
            let query = ListQuery(mine: true, limit: 2)
            let page = try await client.cases(query)
            XCTAssertEqual(page.rows.map(\.case), Array(own.prefix(2)))
            XCTAssertNotNil(page.next)
            var all: [CaseId] = []
            for try await row in client.allCases(query) { all.append(row.case) }
            XCTAssertEqual(all, own)
            let closed = try await client.cases(ListQuery(stage: .closed, mine: true)).rows
            XCTAssertEqual(closed, [])
        }
    }

    func testALiveListShowsThePresentAndThenEachChange() async throws {
        try await both { town in
            let client = try await town.inspector().client
            var pages = client.liveCases(ListQuery(mine: true)).makeAsyncIterator()
            for count in 0..<3 {
                let page = try await pages.next()
                XCTAssertEqual(page?.rows.count, count)
                try await client.report(request())
            }
        }
    }

    func testDraftsAndStatusAreLive() async throws {
        try await both { town in
            let client = try await town.inspector().client
            var drafts = client.liveDrafts().makeAsyncIterator()
            let none = try await drafts.next()
            XCTAssertEqual(none, [])
            _ = try await client.newDraft(DraftInput(text: "live"))
            let one = try await drafts.next()
            XCTAssertEqual(one?.map(\.input.text), ["live"])
            try await client.report(request())
            for try await status in client.liveStatus() where !status.synced {
                XCTAssertTrue(status.changes > 0)
                break
            }
        }
    }

    func testAReportIsSyncedWhenTheCityHasAllOfIt() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let id = try await client.report(request()).case
            let before = try await client.status()
            // A device may have more to say than its user wrote; a photo goes with its small picture.
            XCTAssertTrue(before.changes > 0 && before.photos > 0 && before.texts == 1 && !before.synced)
            var events: [SyncEvent] = []
            for try await event in client.syncing() { events.append(event) }
            guard case .finished(let report)? = events.last, case .step? = events.first else {
                return XCTFail("\(events)")
            }
            XCTAssertEqual(report.outcome, .complete)
            XCTAssertEqual([report.accepted, report.unsent], [before.changes, 0])
            let after = try await client.status()
            XCTAssertTrue(after.synced)
            XCTAssertEqual(after.lastSync?.outcome, .complete)
            let detail = try await client.show(id)
            XCTAssertEqual(detail.entries.map(\.delivery), [.received])
            XCTAssertEqual(detail.row.unsent, 0)
        }
    }

    func testANetworkThatIsAwayIsAnOutcomeAndLosesNothing() async throws {
        for town in [try RealTown(), FakeTown()] as [any Town] {
            try await named(town) { town in
                let client = try await town.inspector().client
                try await client.report(request())
                town.goAway()
                let outcome = try await client.sync().outcome
                guard case .later = outcome else { return XCTFail("\(outcome)") }
                let status = try await client.status()
                XCTAssertTrue(!status.synced && status.changes > 0)
                XCTAssertEqual(status.lastSync?.outcome, outcome)
            }
        }
    }

    func testAnInspectorVerifiesWhenAsked() async throws {
        try await both { town in
            let wang = try await town.inspector()
            let id = try await wang.client.report(request()).case
            let early = try await wang.client.allowed(id)
            XCTAssertFalse(early.contains("verify"))
            try await wang.synced()
            try town.verifyRequest(id, person: wang.user)
            try await wang.synced()
            let task = try await wang.client.tasks().first
            XCTAssertEqual(task?.question, "verify")
            XCTAssertEqual(task?.inPerson, true)
            XCTAssertEqual(task?.row.stage, .verifying)
            try await wang.client.verify(id, .exists, act("属实", inspection()))
            let stage = try await wang.client.show(id).row.stage
            XCTAssertEqual(stage, .verifiedExists)
            let left = try await wang.client.tasks()
            XCTAssertEqual(left, [])
        }
    }

    func testADeviceThatStaysSyncedDeliversByItselfAndHearsOfNewsInFront() async throws {
        try await both { town in
            let client = try await town.inspector().client
            do {
                var ends = client.stayingSynced().makeAsyncIterator()
                _ = try await ends.next()
                let id = try await client.report(request()).case
                while let end = try await ends.next() {
                    if case .ended(let report) = end, report.accepted > 0 { break }
                }
                let second = try await refused { _ = try await client.stayingSynced().first { _ in true } }
                XCTAssertEqual(second.wayOut, .tryLater)
                try client.tell(inFront: true)
                try town.file(id)
                let filed = try await client.liveCase(id).first { $0.row.stage == .filed }
                XCTAssertNotNil(filed)
            }
            // Whoever lets go of it has ended it.
            _ = try await client.stayingSynced().first { _ in true }
            try await client.sync()
        }
    }

    func testACrewHandlesWhatWasDispatchedAndBothHoldTheSame() async throws {
        try await both { town in
            let unit = fresh("unit")
            let (wang, zhao) = (try await town.inspector(), try await town.crew(unit))
            let id = try await town.dispatched(by: wang, to: unit)
            var live = zhao.client.liveTasks().makeAsyncIterator()
            let none = try await live.next()
            XCTAssertEqual(none, [])
            try await zhao.synced()
            let task = try await live.next()?.first
            XCTAssertEqual(task?.question, "dispatch")
            XCTAssertEqual(task?.inPerson, false)
            XCTAssertEqual(task?.row.stage, .dispatched)
            let own = ["take", "set_out", "arrived", "progress", "handle"]
            let allowed = try await zhao.client.allowed(id)
            XCTAssertTrue(allowed.isSuperset(of: own))
            try await zhao.client.take(id)
            try await zhao.client.setOut(id)
            try await zhao.client.arrive(id)
            try await zhao.client.progress(id, percent: 50, act("一半"))
            try await zhao.client.handle(id, workDone())
            let stage = try await zhao.client.show(id).row.stage
            XCTAssertEqual(stage, .handled)
            try await zhao.synced()
            try await wang.synced()
            let kinds = try await wang.client.show(id).entries.map(\.kind).filter(own.contains)
            XCTAssertEqual(kinds, own)
            let hashes = [try await wang.client.stateHash(id), try await zhao.client.stateHash(id)]
            XCTAssertEqual(Set(hashes).count, 1)
        }
    }

    func testAnInspectorChecksTheWorkAndTheCaseCloses() async throws {
        try await both { town in
            let unit = fresh("unit")
            let (wang, zhao) = (try await town.inspector(), try await town.crew(unit))
            let id = try await town.dispatched(by: wang, to: unit)
            try await zhao.synced()
            try await zhao.client.handle(id, workDone())
            try await zhao.synced()
            try town.checkRequest(id, person: wang.user)
            try await wang.synced()
            let questions = try await wang.client.tasks().map(\.question)
            XCTAssertEqual(questions, ["check"])
            try await wang.client.check(id, .pass, act("已修好", inspection()))
            let checked = try await wang.client.show(id).row.stage
            XCTAssertEqual(checked, .checkPassed)
            try await wang.synced()
            try town.close(id)
            try await wang.synced()
            let closed = try await wang.client.show(id).row.stage
            XCTAssertEqual(closed, .closed)
        }
    }

    func testNobodyDoesAnotherOnesWork() async throws {
        try await both { town in
            let unit = fresh("unit")
            let (wang, zhao) = (try await town.inspector(), try await town.crew(unit))
            let id = try await town.dispatched(by: wang, to: unit)
            try await wang.synced()
            try await zhao.synced()
            let own = try await zhao.client.allowed(id)
            XCTAssertTrue(own.contains("handle"))
            let handled = try await refused { try await wang.client.handle(id, workDone()) }
            let taken = try await refused { try await wang.client.take(id) }
            XCTAssertEqual([handled, taken].map(\.wayOut), [.giveUp, .giveUp])
            let other = try await town.crew(fresh("unit"))
            try await other.synced()
            let tasks = try await other.client.tasks()
            XCTAssertEqual(tasks, [])
            let hidden = try await refused { try await other.client.show(id) }
            XCTAssertEqual(hidden.wayOut, .refresh)
        }
    }

    func testACitizenTakesAReportBack() async throws {
        try await both { town in
            let someone = try await town.citizen()
            let id = try await someone.client.report(request("看错了")).case
            let allowed = try await someone.client.allowed(id)
            XCTAssertTrue(allowed.contains("withdraw"))
            try await someone.client.withdraw(id)
            let stage = try await someone.client.show(id).row.stage
            XCTAssertEqual(stage, .withdrawn)
            let urged = try await refused { try await someone.client.urge(id) }
            XCTAssertEqual(urged.wayOut, .giveUp)
            try await someone.synced()
        }
    }

    func testACitizenSeesThePublicWordAloneAndAddsAndUrges() async throws {
        try await both { town in
            let someone = try await town.citizen()
            let id = try await someone.client.report(request("路上有个坑")).case
            try await someone.synced()
            try town.file(id)
            try town.reply(id, "我们去看看")
            try await someone.synced()
            let detail = try await someone.client.show(id)
            XCTAssertEqual(detail.publicWord?.stage, .accepted)
            XCTAssertEqual(detail.publicWord?.reply, "我们去看看")
            XCTAssertEqual(detail.entries.map(\.kind), ["report"])
            try await someone.client.supplement(id, act("就在门口"))
            try await someone.client.urge(id, act("请快一点"))
            try await someone.synced()
            let kinds = try await someone.client.show(id).entries.map(\.kind)
            XCTAssertEqual(kinds, ["report", "supplement", "urge"])
        }
    }

    func testACitizenRatesWhatWasClosed() async throws {
        try await both { town in
            let unit = fresh("unit")
            let (someone, zhao) = (try await town.citizen(), try await town.crew(unit))
            let id = try await town.dispatched(by: someone, to: unit)
            let early = try await refused { try await someone.client.rate(id, 5) }
            XCTAssertEqual(early.wayOut, .giveUp)
            try await zhao.synced()
            try await zhao.client.handle(id, workDone())
            try await zhao.synced()
            try town.close(id)
            try await someone.synced()
            let six = try await refused { try await someone.client.rate(id, 6) }
            XCTAssertEqual(six.wayOut, .correctInput)
            try await someone.client.rate(id, 5, act("谢谢"))
            try await someone.synced()
            try await someone.synced()
            let rated = try await someone.client.show(id).publicWord?.rated
            XCTAssertEqual(rated, 5)
        }
    }

    func testCallsFailWhileSuspendedAndLiveQueriesGoOnAfter() async throws {
        try await both { town in
            let client = try await town.inspector().client
            var pages = client.liveCases(ListQuery(mine: true)).makeAsyncIterator()
            let none = try await pages.next()
            XCTAssertEqual(none?.rows, [])
            try await client.suspend()
            let why = try await refused { try await client.cases() }
            XCTAssertEqual(why.problem, .suspended)
            try await client.resume()
            try await client.report(request())
            let one = try await pages.next()
            XCTAssertEqual(one?.rows.count, 1)
        }
    }

    func testSequencesEndWithTheClientAndLaterCallsFail() async throws {
        try await both { town in
            let client = try await town.inspector().client
            var pages = client.liveCases().makeAsyncIterator()
            _ = try await pages.next()
            client.close()
            client.close()
            let after = try await pages.next()
            XCTAssertNil(after)
            let why = try await refused { try await client.cases() }
            XCTAssertEqual(why, .closed)
        }
    }

    func testADeviceWithoutDamageHasNothingAsideAndDiscardsNothing() async throws {
        try await both { town in
            let client = try await town.stranger()
            let aside = try await client.movedAside()
            XCTAssertEqual(aside, [], town.name)
            let why = try await refused { try await client.discard(movedAside: "gewu.db.damaged") }
            XCTAssertEqual(why.wayOut, .refresh, town.name)
        }
    }

    func testACitizenAsksToReopenWhatWasClosedAndNothingElse() async throws {
        try await both { town in
            let someone = try await town.citizen()
            let unit = fresh("unit")
            let (wang, zhao) = (try await town.inspector(), try await town.crew(unit))
            let id = try await town.dispatched(by: someone, to: unit)
            let early = try await refused { try await someone.client.askReopening(id) }
            XCTAssertEqual(early.wayOut, .giveUp, town.name)
            try await zhao.synced()
            try await zhao.client.handle(id, workDone())
            try await zhao.synced()
            try town.checkRequest(id, person: wang.user)
            try await wang.synced()
            try await wang.client.check(id, .pass, act("合格", inspection()))
            try await wang.synced()
            try town.close(id)
            try await someone.synced()
            let may = try await someone.client.show(id).publicWord?.may
            XCTAssertEqual(Set(may ?? []), ["rate", "reopen_request"], town.name)
            try await someone.client.askReopening(id, act("又坏了"))
            try await someone.synced()
        }
    }

    func testSigningOutIsRefusedWhileSomethingIsUnsentAndForgetsEverythingAfter() async throws {
        try await both { town in
            let wang = try await town.inspector()
            try await wang.client.report(request())
            let early = try await refused { try await wang.client.signOut() }
            XCTAssertEqual(early.wayOut, .giveUp)
            try await wang.synced()
            try await wang.client.signOut()
            let rows = try await wang.client.cases().rows
            XCTAssertEqual(rows, [])
            let who = try await refused { try await wang.client.whoami() }
            XCTAssertEqual(who.wayOut, .enrol)
            let consented = try await wang.client.hasConsent()
            XCTAssertTrue(consented)
        }
    }

    func testTheGridAndTheClassesAreThereWithoutTheNetwork() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let found = try await client.locate(atTheMarket())
            XCTAssertEqual(found?.unit, "990101001001022")
            XCTAssertEqual(found?.duty, "990101Z01")
            XCTAssertEqual(found?.ownDuty, .inside)
            let outside = try await client.locate(atTheMarket(lon: 100))
            XCTAssertNil(outside)
            let classes = try await client.searchClasses("井盖").map(\.code)
            XCTAssertTrue(classes.contains("01002"))
            let word = try await client.labels().word("levitate")
            XCTAssertEqual(word, "levitate")
        }
    }

    func testTheSameMatterNearbyIsShown() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let aside = atTheMarket(lat: 41.8019616)
            let first = try await client.report(request(position: aside)).case
            let similar = try await client.similar(at: aside, of: manhole)
            XCTAssertEqual(similar.first?.row.case, first)
            XCTAssertTrue(similar.first.map { $0.distanceM < 1 } ?? false)
        }
    }

    func testAPhotoOfACaseIsWrittenToAFile() async throws {
        try await both { town in
            let client = try await town.inspector().client
            let id = try await client.report(request()).case
            let photos = try await client.show(id).entries.flatMap(\.photos)
            let held = try XCTUnwrap(photos.first)
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(fresh("photo")).path
            defer { try? FileManager.default.removeItem(atPath: file) }
            try await client.savePhoto(held.sha256, to: file)
            XCTAssertEqual(FileManager.default.contents(atPath: file).map { UInt64($0.count) }, held.bytes)
        }
    }
}
