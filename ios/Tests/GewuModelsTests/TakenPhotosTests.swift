import Foundation
import Gewu
import GewuModels
import GewuTesting
import XCTest

/// Copies of photos go when the SDK has them.
final class TakenPhotosTests: XCTestCase {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(fresh("taken"))

    override func tearDown() { try? FileManager.default.removeItem(at: folder) }

    private var lying: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
    }

    /// A photo as the camera leaves it.
    private func take() throws -> PhotoFile {
        let copy = folder.appendingPathComponent("\(UUID().uuidString).jpg")
        try FileManager.default.copyItem(atPath: photo("manhole-before").path, toPath: copy.path)
        return PhotoFile(path: copy.path, role: .scene, provenance: .camera)
    }

    @MainActor
    func testACopyGoesWhenTheReportHasItsPhoto() async throws {
        let server = try GewuTestServer()
        defer { server.stop() }
        let phone = try await Phone(server)
        try await phone.session.agree(terms: "2026-01")
        await phone.session.signIn(code: nil)
        let taken = TakenPhotos(folder)
        let model = try await ReportModel.begin(phone.client)
        let (copy, other) = (try take(), try take())
        await model.attach(copy)
        taken.remove([copy])
        XCTAssertEqual(try lying, [URL(fileURLWithPath: other.path).lastPathComponent])
        model.edit { form in
            form.kind = ClassRef(kind: .component, code: "01002")
            form.position = PositionInput(lon: 123.422729, lat: 41.7999616, accuracyM: 5, datum: .wgs84)
        }
        let handedIn = await model.handIn()
        let saved = try XCTUnwrap(handedIn)
        let kept = try await phone.client.show(saved.case).entries.flatMap(\.photos)
        let bytes = try await phone.client.photoBytes(try XCTUnwrap(kept.first).sha256)
        XCTAssertFalse(bytes.isEmpty)
        taken.remove([photo("manhole-before")])
        XCTAssertTrue(FileManager.default.fileExists(atPath: photo("manhole-before").path), "somebody else's file")
    }

    func testWhatAnEarlierProcessLeftIsGoneAtTheStart() throws {
        _ = TakenPhotos(folder)
        _ = try take()
        XCTAssertEqual(try lying.count, 1)
        _ = TakenPhotos(folder)
        XCTAssertEqual(try lying, [])
    }

    func testEveryCameraOfTheSampleLeavesItsCopiesThere() throws {
        let sample = URL(fileURLWithPath: photo("manhole-before").path).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("ios/Sources/GewuSample")
        let files = try FileManager.default.contentsOfDirectory(at: sample, includingPropertiesForKeys: nil)
        let screens = try files.map { try String(contentsOf: $0, encoding: .utf8) }.filter { $0.contains("Capture(") }
        XCTAssertEqual(screens.count, 2)
        for screen in screens {
            XCTAssertFalse(screen.contains("temporaryDirectory"))
            XCTAssertTrue(screen.contains("into: TakenPhotos.own.folder") && screen.contains("TakenPhotos.own.remove("))
        }
    }
}
