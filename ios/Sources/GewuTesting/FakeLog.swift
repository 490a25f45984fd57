import Foundation
import Gewu

/// One thing that somebody wrote in a case.
struct FakeEntry: Equatable {
    var hash: String
    var kind: String
    var by: String
    var role: String
    var unit: String?
    var at: Millis
    var text: String?
    var reason: String?
    var photos: [FakePhoto] = []
    var kindOfCase: ClassRef?
    var position: PositionInput?
    var persons: [String] = []
    var units: [String] = []
    var answer = Answer.none

    /// What an answer came to.
    enum Answer: Equatable {
        case none
        case verified(VerifyResult)
        case checked(CheckResult)
        case rated(UInt8)
    }
}

/// A photo, by its file.
struct FakePhoto: Equatable {
    let sha256: String
    let bytes: UInt64
    let size: PhotoSize
    let file: PhotoFile
}

/// What the centre waits for.
struct Asked: Equatable {
    let kind: String
    let persons: [String]
    let units: [String]
}

/// Where a case stands after its entries, in the order in which they were written.
struct Standing {
    private(set) var stage = Stage.reported
    private(set) var asked: Asked?
    private(set) var handledBy: String?

    init(_ entries: [FakeEntry]) { entries.forEach { take($0) } }

    /// The same as the public is told it.
    var publicStage: PublicStage {
        switch stage {
        case .reported: .received
        case .withdrawn: .withdrawn
        case .filed: .accepted
        case .declined: .declined
        case .closed: .closed
        case .verifying, .verifiedExists, .verifiedNotExists, .verifiedUnable: .verifying
        default: .inProgress
        }
    }

    private mutating func take(_ entry: FakeEntry) {
        switch entry.kind {
        case "withdraw": (stage, asked) = (.withdrawn, nil)
        case "verify_request": (stage, asked) = (.verifying, asking("verify", entry))
        case "verify": (stage, asked) = (verified(entry.answer), nil)
        case "file": (stage, asked) = (.filed, nil)
        case "dispatch": (stage, asked) = (.dispatched, asking("dispatch", entry))
        case "handle": (stage, handledBy) = (.handled, entry.by)
        case "check_request": (stage, asked) = (.checking, asking("check", entry))
        case "check": (stage, asked) = (checked(entry.answer), nil)
        case "close": (stage, asked) = (.closed, nil)
        default: break
        }
    }

    private func asking(_ kind: String, _ entry: FakeEntry) -> Asked {
        Asked(kind: kind, persons: entry.persons, units: entry.units)
    }

    private func verified(_ answer: FakeEntry.Answer) -> Stage {
        switch answer {
        case .verified(.exists): .verifiedExists
        case .verified(.notExists): .verifiedNotExists
        default: .verifiedUnable
        }
    }

    private func checked(_ answer: FakeEntry.Answer) -> Stage {
        switch answer {
        case .checked(.pass): .checkPassed
        case .checked(.notPass): .checkFailed
        default: .checkUnable
        }
    }
}

/// What the city tells the reporter.
struct FakeWord: Equatable {
    let stage: PublicStage
    let may: Set<String>
    let reply: String?
    let urged: Int
    let rated: UInt8?
}

/// Who uses a device.
struct FakeUser {
    let name: String
    let role: String
    var units: [String] = []
    var dutyGrids: [String] = []

    var isCitizen: Bool { role == "citizen" }

    /// Whether this user is asked, in person or as one of a unit.
    func isAsked(_ asked: Asked?) -> Bool {
        guard let asked else { return false }
        return asked.persons.contains(name) || asked.units.contains(where: units.contains)
    }

    /// What this user may write in a case, by the neutral names of kinds.
    func may(_ entries: [FakeEntry], _ word: FakeWord?) -> Set<String> {
        let standing = Standing(entries)
        let fresh = standing.stage == .reported
        if isCitizen { return standing.stage == .withdrawn ? [] : word?.may ?? ["supplement", "urge", "withdraw"] }
        var own: Set<String> = ["note"]
        if fresh, entries.first?.by == name { own.formUnion(["withdraw", "supplement"]) }
        if isAsked(standing.asked) { own.formUnion(answers(standing)) }
        return own
    }

    private func answers(_ standing: Standing) -> Set<String> {
        switch standing.asked?.kind {
        case "dispatch": standing.stage == .dispatched ? Self.work : []
        case "check": standing.handledBy == name ? [] : ["check", "seen"]
        default: ["verify", "seen"]
        }
    }

    private static let work: Set<String> = [
        "take", "set_out", "arrived", "progress", "handle", "seen", "extend_request", "send_back_request",
    ]
}
