import Foundation
import Gewu
import GewuTesting
import XCTest

// The snippets of docs/howto/threads-and-lifecycle.md, word for word.

// While the app is in front or somebody is on shift; cancel it before `suspend()`.
func staySynced(_ client: GewuClient) -> Task<Void, any Error> {
    Task {
        try client.tell(inFront: true)
        defer { try? client.tell(inFront: false) }
        for try await _ in client.stayingSynced() {}
    }
}

func withoutServer(_ work: (GewuClient, FakeCity) async throws -> Void) async throws {
    let city = FakeCity()
    let client = GewuClient.over(FakeGewu(city))
    try await client.consent(terms: "test")
    let code = city.code(for: "li", role: "inspector", dutyGrids: ["990101Z01"])
    try await client.enrol(server: city.url, code: code)
    try await work(client, city)
}

func citizenWithoutServer(_ work: (GewuCitizen, FakeCity) async throws -> Void) async throws {
    let city = FakeCity()
    let screen = GewuCitizen.over(server: city.url, GewuClient.over(FakeGewu(city)))
    try await screen.consent("test")
    try await work(screen, city)
}

/// The pages of errors and of threads against the code.
final class PagesTests: XCTestCase {
    private let root = URL(fileURLWithPath: fixtures).deletingLastPathComponent()

    private func text(_ file: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
    }

    /// The names on the page. A case more does not compile here until it has one.
    private func name(_ error: GewuError) -> String {
        switch error {
        case .invalidInput: "invalidInput"
        case .notFound: "notFound"
        case .notPermitted: "notPermitted"
        case .notEnrolled: "notEnrolled"
        case .storage: "storage"
        case .network: "network"
        case .serverRefused: "serverRefused"
        case .tooOld: "tooOld"
        case .busy: "busy"
        case .cancelled: "cancelled"
        case .closed: "closed"
        case .fault: "fault"
        }
    }

    private func name(_ problem: StorageProblem) -> String {
        switch problem {
        case .full: "full"
        case .readOnly: "readOnly"
        case .corrupt: "corrupt"
        case .damaged: "damaged"
        case .suspended: "suspended"
        case .keys: "keys"
        case .failed: "failed"
        }
    }

    func testEveryErrorIsOnThePageWithItsWayOut() throws {
        let errors: [GewuError] = [
            .invalidInput(field: "", text: ""), .notFound(text: ""), .notPermitted(text: ""),
            .notEnrolled(text: ""), .storage(problem: .full, text: ""), .network(text: ""),
            .serverRefused(status: 403, text: ""), .tooOld(text: ""), .busy(text: ""), .cancelled, .closed,
            .fault(text: ""),
        ]
        let cases = try text("ios/Sources/Gewu/GewuError.swift").components(separatedBy: "\n}").first ?? ""
        XCTAssertEqual(cases.components(separatedBy: "\n    case ").count - 1, errors.count)
        let rows = try text("docs/errors.md").split(separator: "\n").map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
        for error in errors {
            let row = try XCTUnwrap(rows.first { $0.count > 4 && $0[1] == name(error) }, name(error))
            let wayOut = row[2].replacingOccurrences(of: "_", with: "").lowercased()
            XCTAssertEqual(wayOut, "\(error.wayOut)".lowercased(), name(error))
        }
    }

    func testEveryProblemOfStorageIsOnThePage() throws {
        let page = try text("docs/errors.md")
        let problems: [StorageProblem] = [
            .full, .readOnly, .corrupt(movedTo: ""), .damaged, .suspended, .keys, .failed(""),
        ]
        for problem in problems { XCTAssertTrue(page.contains("| `\(name(problem))` |"), name(problem)) }
    }

    func testTheSnippetsOfThePageAreCompiledAndWork() async throws {
        let page = try text("docs/howto/threads-and-lifecycle.md")
        let snippets = page.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        let code = try text("ios/Tests/GewuTestingTests/PagesTests.swift")
        XCTAssertEqual(snippets.count, 3)
        for snippet in snippets { XCTAssertTrue(code.contains(snippet), snippet) }
        try await withoutServer { client, city in
            let server = try await client.whoami().server
            XCTAssertEqual(server, city.url)
            let staying = staySynced(client)
            let synced = try await client.liveStatus().first { $0.lastSync != nil }
            XCTAssertNotNil(synced)
            staying.cancel()
        }
        try await citizenWithoutServer { screen, city in
            city.reachable = false
            let hole = DraftInput(class: manhole, position: atTheMarket(), text: "路上有个坑")
            guard case .waiting = try await screen.report(hole) else { return XCTFail("reported") }
            city.reachable = true
            let report = try await screen.sync()
            XCTAssertEqual(report?.outcome, .complete)
            let mine = try await screen.myReports().first { _ in true }
            XCTAssertEqual(mine?.rows.count, 1)
        }
    }
}
