import Foundation
import Gewu

/// A case as one device holds it.
struct FakeCase {
    let id: CaseId
    let entries: [FakeEntry]
    let unsent: Set<String>
    let word: FakeWord?
    let user: FakeUser
    let city: FakeCity

    var standing: Standing { Standing(entries) }
    var updatedAt: Millis { entries.last?.at ?? 0 }
    var photos: [FakePhoto] { entries.flatMap(\.photos) }
    var may: Set<String> { user.may(entries, word) }
    private var report: FakeEntry? { entries.first }

    var row: CaseRow {
        let grid = city.grid(report?.position)
        return CaseRow(
            case: id, stage: standing.stage, publicStage: word?.stage, class: report?.kindOfCase,
            unitGrid: grid?.unit, dutyGrid: grid?.duty, taskNumber: nil, summary: report?.text,
            photos: UInt32(photos.count), unsent: UInt32(entries.filter { unsent.contains($0.hash) }.count),
            mine: report?.by == user.name, updatedAt: updatedAt)
    }

    var detail: CaseDetail {
        let kind = city.classes.first { $0.code == report?.kindOfCase?.code }
        let question = standing.asked.map {
            OpenQuestion(kind: $0.kind, persons: $0.persons, units: $0.units, assist: [])
        }
        let place = report?.position.map { Place(lon: $0.lon, lat: $0.lat, accuracyM: $0.accuracyM) }
        return CaseDetail(
            row: row, className: kind?.name, conditionText: nil, edition: "fake", place: place,
            question: question, round: 0, viewToken: stateHash, needsNewerApp: false, needsPack: nil,
            complete: true, entries: entries.map(shown), erased: [], setAside: [],
            publicWord: word?.shown(updatedAt), clocks: [])
    }

    /// What the user is asked here, as long as an answer may be written.
    var task: FieldTask? {
        guard let asked = standing.asked, user.isAsked(asked) else { return nil }
        guard !may.isDisjoint(with: ["verify", "check", "handle"]) else { return nil }
        return FieldTask(
            row: row, question: asked.kind, inPerson: asked.persons.contains(user.name), clock: nil, seen: nil,
            mustAccept: false, externalDue: nil, cancelled: nil, lateAnswer: nil)
    }

    var stateHash: Digest {
        let hashes = entries.sorted { $0.at < $1.at }.map(\.hash).joined(separator: ",")
        return fakeDigest(Data(hashes.utf8))
    }

    func fits(_ query: ListQuery) -> Bool {
        let stage = query.stage.map { $0 == standing.stage } ?? true
        let unit = query.unit.map { standing.asked?.units.contains($0) ?? false } ?? true
        let duty = query.dutyGrid.map { $0 == city.grid(report?.position)?.duty } ?? true
        let text = query.text.map { $0.isEmpty || (report?.text ?? "").contains($0) } ?? true
        return stage && unit && duty && text && (!query.mine || report?.by == user.name)
    }

    private func shown(_ entry: FakeEntry) -> EntryDetail {
        let delivery: Delivery = unsent.contains(entry.hash) ? .unsent : .received
        let texts = entry.text.map { [EntryText(digest: fakeDigest(Data($0.utf8)), text: $0)] } ?? []
        return EntryDetail(
            change: entry.hash, kind: entry.kind, by: entry.by, unit: entry.unit, role: entry.role,
            status: "valid", overruledBy: nil, reason: entry.reason, answers: nil, replaces: nil,
            claimedAt: entry.at, clock: .device, receivedAt: delivery == .received ? entry.at : nil,
            delivery: delivery, payload: "{}", texts: texts,
            photos: entry.photos.map { $0.shown(entry.at, delivery) })
    }
}

extension FakePhoto {
    fileprivate func shown(_ at: Millis, _ delivery: Delivery) -> PhotoDetail {
        PhotoDetail(
            sha256: sha256, thumbSha256: nil, role: file.role, mediaType: "image/jpeg", bytes: bytes,
            width: size.width, height: size.height, capturedAt: file.capturedAt ?? at, place: nil,
            provenance: file.provenance, redactionOf: nil, held: true, erased: false, redactedCopies: [],
            shownInstead: nil, delivery: delivery, smallDelivery: nil)
    }
}

extension FakeWord {
    fileprivate func shown(_ at: Millis) -> PublicWord {
        PublicWord(
            stage: stage, may: may.sorted(), taskNumber: nil, reply: reply, updatedAt: at,
            urged: UInt32(urged), rated: rated, duplicate: false, joined: nil, refused: nil,
            told: ["public.\(stage.name)"], reward: nil)
    }
}

extension PublicStage {
    fileprivate var name: String {
        switch self {
        case .received: "received"
        case .verifying: "verifying"
        case .accepted: "accepted"
        case .declined: "declined"
        case .inProgress: "in_progress"
        case .closed: "closed"
        case .withdrawn: "withdrawn"
        }
    }
}

extension FakeGrid {
    func located(_ position: PositionInput, own: [String]) -> Located {
        let duty: OwnDuty = own.isEmpty ? .unbound : own.contains(self.duty) ? .inside : .outside
        let edges = [
            (lon.lowerBound, position.lat), (lon.upperBound, position.lat),
            (position.lon, lat.lowerBound), (position.lon, lat.upperBound),
        ]
        let border = edges.map { metres(position, PositionInput(lon: $0.0, lat: $0.1, datum: position.datum)) }
        return Located(
            lon: position.lon, lat: position.lat, unit: unit, level: nil, parents: [], duty: self.duty,
            road: nil, borderM: border.min() ?? 0, certainty: .certain, candidates: [], ownDuty: duty,
            pack: hex(0, 64))
    }
}

/// The way between two places nearby, on a plane, in metres. A degree of the meridian is a quarter of it,
/// 10,001,966 m on WGS-84, over 90.
func metres(_ a: PositionInput, _ b: PositionInput) -> Double {
    let east = (a.lon - b.lon) * cos(a.lat * .pi / 180)
    return (east * east + (a.lat - b.lat) * (a.lat - b.lat)).squareRoot() * 10_001_966 / 90
}
