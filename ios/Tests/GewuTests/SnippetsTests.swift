import Foundation
import Gewu
import GewuTesting
import XCTest

/// What the guide shows is what is compiled, and it works.
final class SnippetsTests: XCTestCase {
    private let root = URL(fileURLWithPath: fixtures).deletingLastPathComponent()

    func testEverySnippetOfTheGuideStandsInCodeThatIsCompiled() throws {
        let code = try text("ios/Tests/GewuTests/EmbedSnippets.swift")
        let pieces = try text("docs/embed-ios.md").components(separatedBy: "```swift\n").dropFirst()
        let snippets = pieces.compactMap { $0.components(separatedBy: "```").first }
        XCTAssertEqual(snippets.count, 9)
        for snippet in snippets { XCTAssertTrue(code.contains(snippet), "not compiled:\n\(snippet)") }
    }

    func testTheReportOfTheGuideReachesARealServer() async throws {
        try await withRealServer { client in
            let id = try await reportCover(client, photo: photo().path)
            let report = await syncInFront(client)
            XCTAssertEqual(report?.outcome, .complete)
            let (status, detail) = (try await client.status(), try await client.show(id))
            XCTAssertTrue(status.synced && detail.complete)
        }
    }

    func testTheFirstStartOfTheGuideEnrolsOverTheAppsTransport() async throws {
        let folder = try Folder()
        let client = try await openDevice(in: URL(fileURLWithPath: folder.path), keys: Keys())
        let server = try Town.server
        let code = try server.code(for: fresh("li"), role: "inspector", dutyGrids: [market])
        try await firstStart(client, server: server.url, code: code)
        // The plain object has the name of the module, and both can be said.
        let plain: Gewu = try client.opened()
        XCTAssertEqual(try plain.whoami().roles, ["inspector"])
        let again = try await failure {
            try await firstStart(client, server: server.url, code: "WRNG-C0DE")
        }
        XCTAssertFalse(again.text.isEmpty)
    }

    func testTheTasksOfTheGuideAreShown() async throws {
        let wang = try await Device.inspector()
        let shown = Kept<[FieldTask]>()
        try await showToday(wang.client) { tasks in
            shown.keep(tasks)
            wang.client.close()
        }
        XCTAssertEqual(shown.all, [[]])
    }

    /// What the guide's list of tasks shows within a moment, and how it ended where it did.
    private static func shown(_ client: GewuClient) async throws -> [Int] {
        let shown = Kept<Int>()
        let ended = Kept<String>()
        let screen = Task { @MainActor in
            do { try await showToday(client) { shown.keep($0.count) } } catch { ended.keep("\(error)") }
        }
        try await Task.sleep(nanoseconds: 500_000_000)
        XCTAssertEqual(ended.all, [])
        screen.cancel()
        return shown.all
    }

    func testTheScreensOfTheGuideOutliveWhateverASyncMeets() async throws {
        let (folder, wire) = (try Folder(), Silence())
        let client = try await GewuClient.open(OpenOptions(folder: folder.path, transport: wire))
        let before = (try await Self.shown(client), await syncInFront(client))
        XCTAssertEqual(before.0, [0], "before consent")
        XCTAssertNil(before.1)
        try await client.consent(terms: "1")
        try await client.enrol(server: try Town.server.url)
        wire.silent = true
        let other = Task { try await client.sync() }
        try await until("a request that hangs") { wire.waiting.value > 0 }
        let beside = await syncInFront(client)
        XCTAssertNil(beside, "beside another sync")
        other.cancel()
        _ = try await other.value
        wire.silent = false
        try await client.suspend()
        let suspended = (try await Self.shown(client), await syncInFront(client))
        XCTAssertEqual(suspended.0, [], "while suspended")
        XCTAssertNil(suspended.1)
        try await client.resume()
        async let last = Self.shown(client)
        try await Task.sleep(nanoseconds: 200_000_000)
        try await client.signOut()
        let tasks = try await last
        XCTAssertEqual(tasks, [0], "at sign-out")
    }

    func testTheCitizensScreenOfTheGuideSaysWhatWentWrong() async throws {
        let folder = try Folder()
        let screen = GewuCitizen(server: "http://127.0.0.1:1", folder: folder.path)
        let input = DraftInput(class: manhole, text: "坑")
        let wrong = try await citizenScreen(screen, input, photo())
        XCTAssertEqual(wrong, "not saved: a report needs a position")
        let whole = DraftInput(class: manhole, position: atTheMarket(), text: "坑")
        let waits = try await citizenScreen(screen, whole, photo())
        XCTAssertEqual(waits, "kept until there is a network")
    }

    func testTheCitizensScreenOfTheGuideReports() async throws {
        let folder = try Folder()
        let screen = GewuCitizen(server: try Town.server.url, folder: folder.path)
        let input = DraftInput(class: manhole, position: atTheMarket(), text: "坑")
        let word = try await citizenScreen(screen, input, photo())
        XCTAssertTrue(word.hasPrefix("saved as "), word)
        let shown = Kept<String>()
        try await followAndRate(screen) { shown.keep($0) }
        XCTAssertEqual(shown.all.count, 1)
        XCTAssertTrue(shown.all[0].hasSuffix(": received"), shown.all[0])
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
    }
}
