import Gewu

/// How much a task presses, the most first.
public enum Urgency: Int, CaseIterable, Comparable, Sendable {
    case overdue, soon, inTime, noLimit

    public static func < (a: Urgency, b: Urgency) -> Bool { a.rawValue < b.rawValue }

    /// By the clock's light where there is one, else by what remains.
    public init(_ clock: ClockLine?) {
        switch clock?.light {
        case .red: self = .overdue
        case .yellow: self = .soon
        case .green: self = .inTime
        case nil:
            let remaining = clock?.remainingMs
            self = remaining.map { $0 < 0 ? .overdue : .inTime } ?? .noLimit
        }
    }

    /// Its word.
    public var word: Word {
        switch self {
        case .overdue: .overdue
        case .soon: .soon
        case .inTime: .inTime
        case .noLimit: .noLimit
        }
    }
}

/// What a user can tap on a task, in the order of the work.
public enum TaskButton: String, CaseIterable, Sendable {
    case take
    case setOut = "set_out"
    case arrive = "arrived"
    case handle
    case verify
    case check

    /// Its word.
    public var word: Word {
        switch self {
        case .take: .take
        case .setOut: .setOut
        case .arrive: .arrived
        case .handle: .handle
        case .verify: .verify
        case .check: .check
        }
    }

    /// Whether the work needs photos with it.
    public var wantsPhotos: Bool { self == .handle || self == .verify || self == .check }
}

/// A task as a row shows it.
public struct TaskRow: Equatable, Identifiable, Sendable {
    public let id: CaseId
    public let title: String
    public let urgency: Urgency
    public let inPerson: Bool
    /// What the rules give the user here now.
    public let buttons: [TaskButton]
    /// What a screen reader says.
    public let spoken: String
}

/// The tasks of a crew or an inspector: by urgency, each with what may be done about it.
public struct TasksModel: Sendable {
    private let client: GewuClient
    private let words: Words

    /// In a language.
    public init(_ client: GewuClient, _ words: Words = Words()) { (self.client, self.words) = (client, words) }

    /// The rows, always as they stand: the most urgent first, and in the city's order among equals.
    public var rows: LiveQuery<[TaskRow]> {
        let words = words
        return client.live(.tasks) { core in
            let rows = try core.tasks().filter { $0.cancelled == nil }.map { task in
                TaskRow(task, Set(try core.allowed(case: task.row.case)), words)
            }
            // Equals stay in their order, which `sorted` does not promise.
            return Urgency.allCases.flatMap { urgency in rows.filter { $0.urgency == urgency } }
        }
    }

    /// Opens a task, which signs for it where the city asks for that.
    @discardableResult
    public func open(_ id: CaseId) async throws(GewuError) -> Bool { try await client.opened(id) }

    /// Does what a button says, with photos where the work needs them: before and after, or of the place.
    @discardableResult
    public func tap(
        _ button: TaskButton, _ id: CaseId, text: String? = nil, photos: [PhotoFile] = []
    ) async throws(GewuError) -> Saved {
        switch button {
        case .take: try await client.take(id)
        case .setOut: try await client.setOut(id)
        case .arrive: try await client.arrive(id)
        case .handle: try await client.handle(id, ActInput(text: text, photos: beforeAndAfter(photos)))
        case .verify: try await client.verify(id, .exists, ActInput(text: text, photos: inspecting(photos)))
        case .check: try await client.check(id, .pass, ActInput(text: text, photos: inspecting(photos)))
        }
    }

    /// The first is of before, the others of after.
    private func beforeAndAfter(_ photos: [PhotoFile]) -> [PhotoFile] {
        photos.enumerated().map { index, photo in photo.with(index == 0 ? .before : .after) }
    }

    private func inspecting(_ photos: [PhotoFile]) -> [PhotoFile] { photos.map { $0.with(.inspection) } }
}

extension PhotoFile {
    fileprivate func with(_ role: EvidenceRole) -> PhotoFile {
        PhotoFile(
            path: path, role: role, provenance: provenance, capturedAt: capturedAt, position: position,
            redacts: redacts)
    }
}

extension TaskRow {
    fileprivate init(_ task: FieldTask, _ allowed: Set<String>, _ words: Words) {
        let (stage, urgency) = (words[Word(task.row.stage)], Urgency(task.clock))
        let title = task.row.summary ?? stage
        self.init(
            id: task.row.case, title: title, urgency: urgency, inPerson: task.inPerson,
            buttons: TaskButton.allCases.filter { allowed.contains($0.rawValue) },
            spoken: words.spoken(title, words[urgency.word], task.clock?.dueText, stage))
    }
}
