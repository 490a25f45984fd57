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
        XCTAssertEqual(snippets.count, 7)
        for snippet in snippets { XCTAssertTrue(code.contains(snippet), "not compiled:\n\(snippet)") }
    }

    func testTheReportOfTheGuideReachesARealServer() async throws {
        try await withRealServer { client in
            let id = try await reportCover(client, photo: photo().path)
            let report = try await syncInFront(client)
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

    func testTheCitizensScreenOfTheGuideReports() async throws {
        let folder = try Folder()
        let screen = GewuCitizen(server: try Town.server.url, folder: folder.path)
        let input = DraftInput(class: manhole, position: atTheMarket(), text: "坑")
        let word = try await citizenScreen(screen, input, photo())
        XCTAssertTrue(word.hasPrefix("saved as "), word)
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
    }
}
