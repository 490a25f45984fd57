// One device in a process of its own, for the tests: `FOLDER STEP WORDS...`, one line for each result.
import Foundation
import Gewu

struct Wrong: Error, CustomStringConvertible {
    let description: String
}

func say(_ line: String) {
    print(line)
    // Who reads this may kill us at once, and counts what was said.
    fflush(nil)
}

func photo(_ file: String, _ role: EvidenceRole = .scene) -> PhotoFile {
    let fixtures = ProcessInfo.processInfo.environment["GEWU_FIXTURES"] ?? "fixtures"
    return PhotoFile(path: "\(fixtures)/photos/\(file)", role: role, provenance: .camera)
}

let manhole = ClassRef(kind: .component, code: "01002")
let market = PositionInput(lon: 123.422729, lat: 41.7999616, accuracyM: 5, datum: .wgs84)

func mustSync(_ client: GewuClient) async throws {
    let report = try await client.sync()
    guard report.outcome == .complete else { throw Wrong(description: "\(report)") }
}

func report(_ client: GewuClient) async throws -> CaseId {
    let request = ReportRequest(
        class: manhole, position: market, text: "井盖缺失", photos: [photo("manhole-before.jpg")])
    return try await client.report(request).case
}

func draft(_ client: GewuClient) async throws -> DraftId {
    let draft = try await client.newDraft(
        DraftInput(class: manhole, position: market, text: "killed"))
    try await client.attach(photo("manhole-before.jpg"), to: draft)
    return draft
}

/// Opens a folder of many cases and reads the first page, again and again; the median in milliseconds.
func openings(_ folder: String, _ rounds: Int = 11) async throws -> Double {
    var spent: [Double] = []
    for _ in 0..<rounds {
        let start = DispatchTime.now()
        let client = try await GewuClient.open(folder: folder)
        let rows = try await client.cases(ListQuery(limit: 50)).rows
        spent.append(Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e6)
        guard rows.count == 50 else { throw Wrong(description: "\(rows.count) rows") }
        client.close()
    }
    return spent.sorted()[rounds / 2]
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 2 else { throw Wrong(description: "usage: GewuDevice FOLDER STEP WORDS...") }
let client = try await GewuClient.open(folder: words[0])
switch words[1] {
case "enrol":
    try await client.consent(terms: "2026-01")
    try await client.enrol(server: words[2], code: words[3])
case "report":
    try await client.consent(terms: "2026-01")
    try await client.enrol(server: words[2], code: words[3])
    let id = try await report(client)
    try await mustSync(client)
    say(id)
case "handle":
    try await mustSync(client)
    try await client.take(words[2])
    let photos = [photo("manhole-before.jpg", .before), photo("manhole-after.jpg", .after)]
    try await client.handle(words[2], ActInput(text: "已更换", photos: photos))
    try await mustSync(client)
case "check":
    try await mustSync(client)
    try await client.check(
        words[2], .pass,
        ActInput(text: "已修好", photos: [photo("manhole-after.jpg", .inspection)]))
    try await mustSync(client)
case "hash":
    try await mustSync(client)
    say(try await client.stateHash(words[2]))
    say("\(try await client.show(words[2]).row.stage)")
case "reports":
    while true { say(try await report(client)) }
case "openings":
    client.close()
    let spent = try await openings(words[0])
    say("swift: open to the first page \(spent) ms (median of 11); budget 150")
    guard spent <= 150 else { throw Wrong(description: "too slow") }
case "drafts":
    while true { say(try await draft(client)) }
default:
    throw Wrong(description: "no step \(words[1])")
}
