import Foundation
import Gewu
import GewuTesting
import XCTest

/// Devices in processes of their own: killed while they save, and with one of Rust's in one loop.
final class ProcessTests: XCTestCase {
    func testWhatAKilledProcessSaidWasSavedIsThere() async throws {
        let wang = try await Device.inspector()
        wang.client.close()
        var said: [CaseId] = []
        for _ in 0..<3 {
            said += try Saver(wang.folder, "reports").saveUntilKilled(atLeast: 3)
        }
        XCTAssertGreaterThanOrEqual(said.count, 9)
        let client = try await GewuClient.open(folder: wang.folder.path)
        var kept: Set<CaseId> = []
        for try await row in client.allCases(ListQuery(mine: true)) { kept.insert(row.case) }
        XCTAssertEqual(Set(said).subtracting(kept), [])
        // At most one save of each process was cut off after the commit and before the word.
        XCTAssertLessThanOrEqual(kept.count, said.count + 3)
        let report = try await client.sync()
        XCTAssertEqual(report.outcome, .complete)
        let status = try await client.status()
        XCTAssertTrue(status.synced)
    }

    func testDraftsWithPhotosSurviveAKilledProcess() async throws {
        let wang = try await Device.inspector()
        wang.client.close()
        let said = try Saver(wang.folder, "drafts").saveUntilKilled(atLeast: 2)
        let client = try await GewuClient.open(folder: wang.folder.path)
        for id in said {
            let photos = try await client.draft(id).photos
            XCTAssertEqual(photos.count, 1)
        }
        try await client.reportDraft(said[0])
        let report = try await client.sync()
        XCTAssertEqual(report.outcome, .complete)
    }

    func testASwiftProcessReportsARustProcessHandlesAndBothHoldTheSame() async throws {
        let server = try Town.server
        let (unit, li, zhao) = (fresh("unit"), fresh("li"), fresh("zhao"))
        let (swift, rust) = (try Folder(), try Folder())
        let crew = try server.code(for: zhao, role: "crew", units: [unit])
        try gewu(rust, "enroll", "--server", server.url, "--code", crew)
        let code = try server.code(for: li, role: "inspector", dutyGrids: [market])
        let id = try XCTUnwrap(device(swift, "report", server.url, code).last)
        try Town.dispatch(id, to: unit)
        try gewu(rust, "sync")
        try gewu(rust, "take", id)
        let photos = "\(fixtures)/photos"
        try gewu(
            rust, "handle", id, "--before", "\(photos)/manhole-before.jpg",
            "--after", "\(photos)/manhole-after.jpg")
        try gewu(rust, "sync")
        try server.operate("check-request", id, "--person", li)
        try device(swift, "check", id)
        try server.operate("close", id)
        try gewu(rust, "sync")
        let hash = try device(swift, "hash", id).dropLast().last
        let other = try await GewuClient.open(folder: rust.path)
        let (row, there) = (try await other.show(id).row, try await other.stateHash(id))
        XCTAssertEqual(row.stage, .closed)
        XCTAssertEqual(hash, there)
    }

    func testOneLineStartsACityAndTakesItAwayAgain() async throws {
        let server = try GewuTestServer()
        let wang = try await Device.inspector(server: server)
        _ = try await wang.reported()
        try await wang.synced()
        XCTAssertTrue(try server.operate("list").contains("\"stage\""))
        server.stop()
        let late = try await Device.stranger()
        let why = try await failure { try await late.client.enrol(server: server.url) }
        XCTAssertEqual(why.wayOut, .tryLater)
    }

    func testAWordThatTheOperatorMayNotSayIsAnErrorWithTheServersWords() throws {
        XCTAssertThrowsError(try Town.server.operate("close", "no such case")) { error in
            XCTAssertTrue("\(error)".contains("gewu op close"), "\(error)")
        }
        XCTAssertThrowsError(try GewuTestServer(program: "/nowhere/gewu"))
    }

    @discardableResult
    private func gewu(_ folder: Folder, _ words: String...) throws -> [String] {
        let program = try XCTUnwrap(ProcessInfo.processInfo.environment["GEWU_PROGRAM"])
        return try lines(of: program, words + ["--dir", folder.path])
    }

    @discardableResult
    private func device(_ folder: Folder, _ words: String...) throws -> [String] {
        try lines(of: try deviceProgram(), [folder.path] + words)
    }

    private func lines(of program: String, _ words: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 0, "\(words): \(said)")
        return said.split(separator: "\n").map(String.init)
    }
}

/// `GewuDevice`, which stands beside the tests.
private func deviceProgram() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: tests).deletingLastPathComponent()
        .appendingPathComponent("GewuDevice").path
}

/// A process that saves without end.
private final class Saver {
    private let process = Process()
    private let said: String

    init(_ folder: Folder, _ what: String) throws {
        said = folder.child(fresh("said"))
        _ = FileManager.default.createFile(atPath: said, contents: nil)
        process.executableURL = URL(fileURLWithPath: try deviceProgram())
        process.arguments = [folder.path, what]
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: said))
        try process.run()
    }

    /// What it said it had saved, until SIGKILL hit it in the midst of the next.
    func saveUntilKilled(atLeast count: Int) throws -> [String] {
        while try lines().count < count {
            guard process.isRunning else {
                XCTFail("it ended by itself")
                break
            }
            Thread.sleep(forTimeInterval: 0.005)
        }
        Thread.sleep(forTimeInterval: .random(in: 0.005...0.04))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .uncaughtSignal)
        XCTAssertEqual(process.terminationStatus, SIGKILL)
        return try lines()
    }

    /// Whole lines only: the last may be cut off.
    private func lines() throws -> [String] {
        let text = try String(contentsOfFile: said, encoding: .utf8)
        return text.split(separator: "\n").map(String.init).filter { $0.count == 32 }
    }
}
