import Foundation
import Gewu

/// A draft, and its photos with their files.
struct FakeDraft {
    let id: DraftId
    let createdAt: Millis
    var updatedAt: Millis
    var input: DraftInput
    var photos: [(photo: FakePhoto, at: Millis)] = []

    var shown: Draft {
        Draft(
            id: id, input: input, photos: photos.map { $0.photo.attached($0.at) }, createdAt: createdAt,
            updatedAt: updatedAt)
    }
}

/// A user of an app.
struct FakeAccount: Equatable {
    let app: String
    let user: String
}

/// What one device holds. Every call under the lock of its city.
struct FakeDevice {
    var consented = false
    var suspended = false
    var user: FakeUser?
    var account: FakeAccount?
    /// Its key, a new one whenever its user leaves.
    private(set) var key = UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    var drafts: [DraftId: FakeDraft] = [:]
    var unsent: Set<String> = []
    var aside: [MovedAside] = []
    var setAside: [SetAsideNote] = []
    var logs: [CaseId: [FakeEntry]] = [:]
    private var words: [CaseId: FakeWord] = [:]

    mutating func agree(to terms: String) throws {
        if terms.allSatisfy(\.isWhitespace) {
            throw wrong("terms", "name the version of the words that the user saw")
        }
        consented = true
    }

    /// Refuses whom no app signs in.
    func checkCitizen() throws {
        if let user, !user.isCitizen {
            throw SdkError.NotPermitted(text: "this device is a member of staff's")
        }
    }

    /// Puts a citizen's device under an account.
    mutating func signIn(_ token: String, to city: FakeCity) throws {
        if token.allSatisfy(\.isWhitespace) || token.utf8.count > 8_192 { throw wrong("token", "this is no sign-in token") }
        let signedIn = try city.signedIn(token, on: key)
        if let account, account != signedIn {
            throw SdkError.ServerRefused(
                status: 403, text: "this device reports under another account: leave first")
        }
        user = user ?? city.newCitizen()
        account = signedIn
    }

    func locate(_ position: PositionInput, in city: FakeCity) throws -> Located? {
        try FakeCity.check(position)
        // Grids come with the first sync.
        guard let user else { return nil }
        return city.grid(position)?.located(position, own: user.dutyGrids)
    }

    func classes(of city: FakeCity) throws -> [ClassInfo] {
        guard user != nil else { throw SdkError.TooOld(text: "no catalogue is here yet; sync first") }
        return city.classes
    }

    func tasks(in city: FakeCity) throws -> [FieldTask] {
        _ = try enrolled()
        return cases(in: city).compactMap(\.task)
    }

    func enrolled() throws -> FakeUser {
        guard let user else { throw SdkError.NotEnrolled(text: "the device belongs to no city: enrol it first") }
        return user
    }

    func cases(in city: FakeCity) -> [FakeCase] {
        guard let user else { return [] }
        let all = logs.map { id, log in
            FakeCase(id: id, entries: log, unsent: unsent, word: words[id], user: user, city: city)
        }
        return all.sorted { $0.updatedAt > $1.updatedAt }
    }

    func show(_ id: CaseId, in city: FakeCity) throws -> FakeCase {
        guard id.count == 32, id.allSatisfy(\.isHexDigit) else {
            throw wrong("case", "CaseId must be 32 hexadecimal digits")
        }
        guard let found = cases(in: city).first(where: { $0.id == id }) else {
            throw SdkError.NotFound(text: "there is no such case on this device")
        }
        return found
    }

    func draft(_ id: DraftId) throws -> FakeDraft {
        guard id.count == 32, id.allSatisfy(\.isHexDigit) else {
            throw wrong("draft", "DraftId must be 32 hexadecimal digits")
        }
        guard let draft = drafts[id] else { throw SdkError.NotFound(text: "there is no such draft") }
        return draft
    }

    mutating func report(_ input: DraftInput, _ photos: [FakePhoto], to city: FakeCity) throws -> Saved {
        let user = try enrolled()
        try city.check(input)
        let entry = FakeEntry(
            hash: city.newHash(), kind: "report", by: user.name, role: user.role, at: city.now(),
            text: input.text, photos: photos, kindOfCase: input.class, position: input.position)
        let id = city.newId()
        logs[id] = [entry]
        unsent.insert(entry.hash)
        let outside = city.grid(input.position) == nil
        return Saved(case: id, change: entry.hash, warning: outside ? .outsideEveryGrid : nil)
    }

    mutating func write(
        _ id: CaseId, _ kind: String, _ act: ActInput, reason: String?, answer: FakeEntry.Answer,
        in city: FakeCity
    ) throws -> Saved {
        let user = try enrolled()
        let may = try show(id, in: city).may
        try check(act, as: kind)
        guard may.contains(kind), act.role == nil || act.role == user.role else {
            throw SdkError.NotPermitted(text: "this user may not do that now")
        }
        let photos = try act.photos.map { try FakePhoto($0) }
        let entry = FakeEntry(
            hash: city.newHash(), kind: kind, by: user.name, role: user.role, unit: act.unit ?? user.units.first,
            at: city.now(), text: act.text, reason: reason, photos: photos, answer: answer)
        logs[id]?.append(entry)
        unsent.insert(entry.hash)
        return Saved(case: id, change: entry.hash, warning: nil)
    }

    /// Gives what the city has not, takes what this user may see; answers what changed.
    mutating func exchange(with city: FakeCity) throws -> [CaseId] {
        let user = try enrolled()
        for (id, log) in logs {
            let sent = log.filter { unsent.contains($0.hash) }
            city.cases[id, default: []] += sent
            if sent.contains(where: { $0.kind == "report" }) { city.reporters[id] = account }
        }
        unsent = []
        return city.cases.filter { user.sees($0.value, in: city) }.keys.filter { take($0, user, city) }
    }

    /// What is left when its user has left.
    mutating func forget() { self = FakeDevice(consented: consented) }

    init(consented: Bool = false) { self.consented = consented }

    /// Whether it says something else than before.
    private mutating func take(_ id: CaseId, _ user: FakeUser, _ city: FakeCity) -> Bool {
        let log = city.cases[id] ?? []
        let seen = user.isCitizen ? log.filter { $0.by == user.name } : log
        let word = user.isCitizen ? city.word(log, of: id) : nil
        defer { (logs[id], words[id]) = (seen, word) }
        return logs[id] != seen || words[id] != word
    }
}

extension FakeUser {
    fileprivate func sees(_ log: [FakeEntry], in city: FakeCity) -> Bool {
        if log.first?.by == name { return true }
        if isCitizen { return false }
        if let duty = city.grid(log.first?.position)?.duty, dutyGrids.contains(duty) { return true }
        return log.contains { $0.persons.contains(name) || $0.units.contains(where: units.contains) }
    }
}
