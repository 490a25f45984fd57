// What docs/embed-ios.md shows; a test compares the two.
import Foundation
import Gewu
import GewuTesting

func openDevice(in folder: URL, keys: any HostSecrets) async throws -> GewuClient {
    try await GewuClient.open(
        OpenOptions(
            folder: folder.path,
            secrets: keys,
            transport: URLSessionTransport(),
            app: "city-app 3.2"))
}

func firstStart(_ client: GewuClient, server: String, code: String) async throws {
    if try await !client.hasConsent() { try await client.consent(terms: "2026-01") }
    do {
        let enrolled = try await client.enrol(server: server, code: code)
        print("welcome, \(enrolled.who.user)")
    } catch {
        print("\(error.wayOut): \(error.text)")
        throw error
    }
}

func reportCover(_ client: GewuClient, photo: String) async throws -> CaseId {
    let request = ReportRequest(
        class: ClassRef(kind: .component, code: "01002"),
        position: PositionInput(lon: 123.422729, lat: 41.7999616, accuracyM: 5, datum: .wgs84),
        text: "井盖缺失",
        photos: [PhotoFile(path: photo, role: .scene, provenance: .camera)])
    return try await client.report(request).case
}

@MainActor
func showToday(_ client: GewuClient, show: ([FieldTask]) -> Void) async throws {
    for try await tasks in client.liveTasks() { show(tasks) }
}

func syncInFront(_ client: GewuClient) async -> SyncReport? {
    do {
        for try await event in client.syncing(.foreground) {
            switch event {
            case .step(let progress): print(progress)
            case .finished(let report): return report
            }
        }
    } catch {
        print("not synced: \(GewuError(error).text)")
    }
    return nil
}

func withRealServer(_ work: (GewuClient) async throws -> Void) async throws {
    let server = try GewuTestServer()
    defer { server.stop() }
    let name = "device-\(UUID().uuidString)"
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    defer { try? FileManager.default.removeItem(at: folder) }
    let client = try await GewuClient.open(folder: folder.path)
    defer { client.close() }
    try await client.consent(terms: "test")
    let code = try server.code(for: "li", role: "inspector", dutyGrids: ["990101Z01"])
    try await client.enrol(server: server.url, code: code)
    try await work(client)
}

func citizenScreen(
    _ screen: GewuCitizen, _ input: DraftInput, _ photo: PhotoFile
) async throws -> String {
    if try await !screen.hasConsent() { try await screen.consent("2026-01") }
    do {
        let reported = try await screen.report(input, photos: [photo])
        // What is saved is saved, whatever the sync meets.
        _ = try? await screen.sync()
        switch reported {
        case .done(let saved): return "saved as \(saved.case)"
        case .waiting: return "kept until there is a network"
        }
    } catch {
        return "not saved: \(error.text)"
    }
}

func signedIn(
    _ screen: GewuCitizen, backend: (SignInRequest) async throws -> String
) async throws {
    guard try await screen.account() == nil else { return }
    let token = try await backend(try await screen.signInRequest())
    try await screen.signIn(token)
}

func followAndRate(_ screen: GewuCitizen, show: (String) -> Void) async throws {
    guard let mine = try await screen.myReports().first(where: { _ in true }) else { return }
    for row in mine.rows {
        show("\(row.summary): \(row.publicStage.map { "\($0)" } ?? "")")
        let may = try await screen.show(row.case).publicWord?.may ?? []
        if may.contains("rate") { try await screen.rate(row.case, 5, "谢谢") }
    }
}
