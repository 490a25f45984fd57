import Foundation
import Gewu
import GewuTesting
import XCTest

/// What an app gets that calls too early, too late, or with what cannot be taken.
final class ErrorsTests: XCTestCase {
    func testNothingHappensBeforeConsent() async throws {
        let folder = try Folder()
        let client = try await GewuClient.open(folder: folder.path)
        let before = try await client.hasConsent()
        XCTAssertFalse(before)
        let url = try Town.server.url
        let enrolling = try await failure { try await client.enrol(server: url) }
        XCTAssertEqual(enrolling.wayOut, .giveUp)
        let reporting = try await failure { try await client.report(request()) }
        XCTAssertEqual(reporting.wayOut, .giveUp)
        try await client.consent(terms: "2026-01")
        let after = try await client.hasConsent()
        XCTAssertTrue(after)
    }

    func testADeviceOfNoCityAsksToBeEnrolled() async throws {
        let device = try await Device.stranger()
        let why = try await failure { try await device.client.whoami() }
        XCTAssertEqual(why.wayOut, .enrol)
        XCTAssertTrue(why.text.contains("enrol"), why.text)
        let syncing = try await failure { try await device.client.sync() }
        XCTAssertEqual(syncing.wayOut, .enrol)
    }

    func testAFieldThatCannotBeTakenIsNamed() async throws {
        let device = try await Device.inspector()
        let client = device.client
        let wrong = [
            ("class", request(class: ClassRef(kind: .component, code: "99999"))),
            ("position", request(position: atTheMarket(lat: 91))),
            ("photo", request(photos: [photo("bad/text.jpg")])),
            ("text", request(String(repeating: "字", count: 4_001))),
        ]
        for (field, request) in wrong {
            let why = try await failure { try await client.report(request) }
            XCTAssertEqual(why.field, field)
            XCTAssertEqual(why.wayOut, .correctInput)
        }
        let rows = try await client.cases(ListQuery(mine: true)).rows
        XCTAssertEqual(rows, [])
    }

    func testTextThatIsNoIdentityIsAnErrorAndNoCrash() async throws {
        let device = try await Device.stranger()
        let client = device.client
        let nonsense = try await failure { try await client.show("case 7") }
        XCTAssertEqual(nonsense.field, "case")
        let unknown = try await failure { try await client.show("00112233445566778899aabbccddeeff") }
        XCTAssertEqual(unknown.wayOut, .refresh)
    }

    func testAWrongAddressAndAnAbsentServerAreToldApart() async throws {
        let device = try await Device.stranger()
        let client = device.client
        let wrong = try await failure { try await client.enrol(server: "city hall") }
        XCTAssertEqual(wrong.field, "server")
        // Nobody listens on the port of discarding.
        let absent = try await failure { try await client.enrol(server: "http://127.0.0.1:9") }
        XCTAssertEqual(absent.wayOut, .tryLater)
    }

    func testAWrongCodeIsRefusedInTheServersWords() async throws {
        let device = try await Device.stranger()
        let client = device.client
        let url = try Town.server.url
        let why = try await failure { try await client.enrol(server: url, code: "WRNG-C0DE") }
        XCTAssertEqual(why.wayOut, .askTheCity)
        XCTAssertFalse(why.text.isEmpty)
    }

    func testAFolderBelongsToOneClientAtATime() async throws {
        let folder = try Folder()
        let first = try await GewuClient.open(folder: folder.path)
        let options = Box(OpenOptions(folder: folder.path, lockPatienceMs: 50))
        let second = try await failure { try await GewuClient.open(options.value) }
        XCTAssertEqual(second.wayOut, .tryLater)
        XCTAssertTrue(second.text.contains("closed"), second.text)
        first.close()
        let third = try await GewuClient.open(folder: folder.path)
        third.close()
    }

    func testAClientThatNobodyHoldsLetsGoOfItsFolder() async throws {
        let folder = try Folder()
        for _ in 0..<3 {
            let client = try await GewuClient.open(
                OpenOptions(folder: folder.path, lockPatienceMs: 2_000))
            _ = try await client.hasConsent()
        }
    }

    func testAFileInThePlaceOfTheFolderIsAProblemOfStorage() async throws {
        let folder = try Folder()
        try Data("text".utf8).write(to: URL(fileURLWithPath: folder.child("file")))
        let why = try await failure { try await GewuClient.open(folder: folder.child("file")) }
        XCTAssertEqual(why.wayOut, .mendStorage)
    }

    func testADamagedDatabaseIsMovedAsideAndReported() async throws {
        let folder = try Folder()
        let client = try await GewuClient.open(folder: folder.path)
        try await client.consent(terms: "1")
        client.close()
        try? FileManager.default.removeItem(atPath: folder.child("gewu.db-wal"))
        try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: folder.child("gewu.db")))
        let why = try await failure { try await GewuClient.open(folder: folder.path) }
        guard case .corrupt(let movedTo) = why.problem else { return XCTFail("\(why)") }
        XCTAssertTrue(FileManager.default.fileExists(atPath: movedTo))
        try await GewuClient.open(folder: folder.path).close()
    }

    func testEveryCallAfterCloseFailsAndNoneCrashes() async throws {
        let device = try await Device.inspector()
        let client = device.client
        client.close()
        for _ in 0..<3 {
            let listing = try await failure { try await client.cases() }
            XCTAssertEqual(listing, .closed)
        }
        let reporting = try await failure { try await client.report(request()) }
        XCTAssertEqual(reporting, .closed)
        let syncing = try await failure { try await client.sync() }
        XCTAssertEqual(syncing, .closed)
        XCTAssertThrowsError(try client.tell(network: .wifi))
        var live = client.liveStatus().makeAsyncIterator()
        let nothing = try await live.next()
        XCTAssertNil(nothing)
        client.close()
    }

    func testCallsWhileSuspendedFailAndGoOnAfterResuming() async throws {
        let wang = try await Device.inspector()
        let id = try await wang.reported()
        try await wang.client.suspend()
        let why = try await failure { try await wang.client.show(id) }
        XCTAssertEqual(why.problem, .suspended)
        try await wang.client.resume()
        let again = try await wang.client.show(id)
        XCTAssertEqual(again.row.case, id)
    }

    func testSigningOutIsRefusedWhileSomethingIsUnsent() async throws {
        let wang = try await Device.inspector()
        _ = try await wang.reported()
        let refused = try await failure { try await wang.client.signOut() }
        XCTAssertEqual(refused.wayOut, .giveUp)
        let unsent = wang.folder.child("unsent")
        try await wang.client.signOut(unsentTo: unsent)
        XCTAssertFalse(try FileManager.default.contentsOfDirectory(atPath: unsent).isEmpty)
        let rows = try await wang.client.cases().rows
        XCTAssertEqual(rows, [])
        let gone = try await failure { try await wang.client.whoami() }
        XCTAssertEqual(gone.wayOut, .enrol)
    }

    func testWhatIsLockedUpWaitsForWhoeverHasThePassphrase() async throws {
        let wang = try await Device.inspector()
        let id = try await wang.reported()
        let user = try await wang.client.whoami().user
        let short = try await failure { try await wang.client.lockUp(with: "short") }
        XCTAssertEqual(short.field, "passphrase")
        try await wang.client.lockUp(with: "巡查 77 号")
        let lockers = try await wang.client.lockers()
        XCTAssertEqual(lockers.map(\.user), [user])
        let name = lockers[0].name
        let wrong = try await failure { try await wang.client.unlock(name, with: "巡查 78 号") }
        XCTAssertEqual(wrong.field, "passphrase")
        let back = try await wang.client.unlock(name, with: "巡查 77 号")
        XCTAssertEqual(back.user, user)
        let again = try await wang.client.show(id)
        XCTAssertEqual(again.row.case, id)
    }

    func testEveryErrorOfTheCoreHasWordsAndAWayOut() {
        let errors: [SdkError] = [
            .InvalidInput(field: "field", text: "text"), .NotFound(text: "text"),
            .NotPermitted(text: "text"), .NotEnrolled(text: "text"),
            .Storage(problem: .full, text: "text"), .Network(text: "text"),
            .ServerRefused(status: 403, text: "text"), .TooOld(text: "text"), .Busy(text: "text"),
        ]
        let own = errors.map { GewuError($0) }
        XCTAssertEqual(own.map(\.text), Array(repeating: "text", count: 9))
        XCTAssertEqual(own.map(\.localizedDescription), own.map(\.text))
        let more: [GewuError] = [.cancelled, .closed, .fault(text: "text")]
        XCTAssertEqual(Set((own + more).map(\.wayOut)), Set(WayOut.allCases))
        XCTAssertEqual(GewuError(CancellationError()), .cancelled)
    }

    func testUploadsKeepToWhatTheUserDecided() async throws {
        let wang = try await Device.inspector()
        let paused = uploads(paused: true)
        try await wang.client.setUploadPolicy(paused)
        let kept = try await wang.client.uploadPolicy()
        XCTAssertEqual(kept, paused)
        _ = try await wang.reported()
        try await wang.client.sync()
        let held = try await wang.client.status()
        XCTAssertTrue(held.heldBack > 0 && !held.synced, "\(held)")
        try await wang.client.setUploadPolicy(uploads(paused: false))
        try await wang.synced()
        let done = try await wang.client.status()
        XCTAssertTrue(done.synced)
    }

    func testPagesGoOnWhereTheyEnded() async throws {
        let wang = try await Device.inspector()
        var own: [CaseId] = []
        for at in 0..<5 { own.append(try await wang.reported("page \(at)")) }
        let query = ListQuery(mine: true, limit: 2)
        let page = try await wang.client.cases(query)
        XCTAssertEqual(page.rows.count, 2)
        var all: [CaseId] = []
        for try await row in wang.client.allCases(query) { all.append(row.case) }
        XCTAssertEqual(all.sorted(), own.sorted())
    }

    func testABundleLeavesTheDeviceAsOneFile() async throws {
        let wang = try await Device.inspector()
        let id = try await wang.reported()
        try await wang.synced()
        let file = wang.folder.child("case.gewu")
        let exported = try await wang.client.exportCases([id], to: file)
        XCTAssertEqual(exported.cases, 1)
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? UInt64
        XCTAssertEqual(size, exported.bytes)
        _ = try await wang.reported("unsent")
        let unsent = try await wang.client.exportUnsent(to: wang.folder.child("unsent.gewu"))
        XCTAssertGreaterThan(unsent.bytes, 0)
    }

    func testDraftsGrowAndBecomeReportsAndPhotosLeaveAsFiles() async throws {
        let wang = try await Device.inspector()
        let draft = try await wang.client.newDraft()
        try await wang.client.updateDraft(
            draft, DraftInput(class: manhole, position: atTheMarket(), text: "井盖缺失"))
        let steps = Kept<PhotoProgress>()
        let attached = try await wang.client.attach(photo(), to: draft) { steps.keep($0) }
        XCTAssertEqual(steps.all.last?.stage, .done)
        let drafts = try await wang.client.drafts()
        XCTAssertEqual(drafts.map(\.photos), [[attached]])
        let saved = try await wang.client.reportDraft(draft)
        let file = wang.folder.child("photo.jpg")
        try await wang.client.savePhoto(attached.sha256, to: file)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        XCTAssertEqual(UInt64(bytes.count), attached.bytes)
        let shown = try await wang.client.show(saved.case).entries.first?.photos.first?.sha256
        XCTAssertEqual(shown, attached.sha256)
    }
}

func uploads(paused: Bool, photos: Over = .any) -> UploadPolicy {
    UploadPolicy(
        paused: paused, smallPictures: .any, photos: photos, large: photos, largeBytes: 8_000_000)
}

/// Hands options into a closure that may run anywhere.
struct Box: @unchecked Sendable {
    let value: OpenOptions
    init(_ value: OpenOptions) { self.value = value }
}
