import Foundation
@_exported import GewuSDK

/// Why a call failed, by what the app can do about it: see ``wayOut``. Each `text` is a fragment that
/// reads after *failed:* and holds nothing that a person wrote.
public enum GewuError: Error, Equatable, Sendable {
    /// Something that was handed in cannot be taken: show the text beside the field.
    case invalidInput(field: String, text: String)
    /// What was named is not on this device: list again, or sync.
    case notFound(text: String)
    /// The user may not do this, or not now: show why and leave the button out.
    case notPermitted(text: String)
    /// The device belongs to no city yet, or lost its key: show the screen for enrolling.
    case notEnrolled(text: String)
    /// The device cannot keep or read data: what helps depends on the problem.
    case storage(problem: StorageProblem, text: String)
    /// The server cannot be reached now: nothing is lost, try later.
    case network(text: String)
    /// The server answered, and refused: show its words.
    case serverRefused(status: UInt16, text: String)
    /// App and server, or app and data, are of versions that do not fit: update, or sync first.
    case tooOld(text: String)
    /// Something else is at work: wait for it, then try again.
    case busy(text: String)
    /// The task was cancelled, and the work with it; nothing of it is left.
    case cancelled
    /// The client was closed.
    case closed
    /// A fault of the SDK's own; the app goes on, and what was saved is saved.
    case fault(text: String)
}

/// What an app can do about a failed call.
public enum WayOut: CaseIterable, Sendable {
    /// Show the words beside the field.
    case correctInput
    /// List again, or sync.
    case refresh
    /// Show why, and leave the button out.
    case giveUp
    /// Show the screen for enrolling.
    case enrol
    /// Ask the user to make room, to unlock the phone, or hand the folder in: see the problem.
    case mendStorage
    /// Nothing is lost: try later.
    case tryLater
    /// Show the server's words.
    case askTheCity
    /// Update the app, or sync first.
    case update
    /// Nothing: somebody of the app's own wished it so.
    case nothing
    /// Tell us.
    case tellUs
}

extension GewuError {
    /// What can be done about it.
    public var wayOut: WayOut {
        switch self {
        case .invalidInput: .correctInput
        case .notFound: .refresh
        case .notPermitted: .giveUp
        case .notEnrolled: .enrol
        case .storage: .mendStorage
        case .network, .busy: .tryLater
        case .serverRefused: .askTheCity
        case .tooOld: .update
        case .cancelled, .closed: .nothing
        case .fault: .tellUs
        }
    }

    /// Its words for people.
    public var text: String {
        switch self {
        case .invalidInput(_, let text), .notFound(let text), .notPermitted(let text),
            .notEnrolled(let text), .storage(_, let text), .network(let text),
            .serverRefused(_, let text), .tooOld(let text), .busy(let text), .fault(let text):
            text
        case .cancelled: "it was cancelled"
        case .closed: "the client is closed"
        }
    }

    /// The field that is wrong, for ``invalidInput(field:text:)``.
    public var field: String? {
        if case .invalidInput(let field, _) = self { field } else { nil }
    }

    /// What is the matter, for ``storage(problem:text:)``.
    public var problem: StorageProblem? {
        if case .storage(let problem, _) = self { problem } else { nil }
    }

    /// The same error in the words of this module; a panic of Rust's becomes ``fault(text:)``.
    public init(_ error: any Error) {
        switch error {
        case let own as GewuError: self = own
        case let sdk as SdkError: self.init(sdk: sdk)
        case is CancellationError: self = .cancelled
        default: self = .fault(text: String(reflecting: error))
        }
    }

    private init(sdk: SdkError) {
        self =
            switch sdk {
            case .InvalidInput(let field, let text): .invalidInput(field: field, text: text)
            case .NotFound(let text): .notFound(text: text)
            case .NotPermitted(let text): .notPermitted(text: text)
            case .NotEnrolled(let text): .notEnrolled(text: text)
            case .Storage(let problem, let text): .storage(problem: problem, text: text)
            case .Network(let text): .network(text: text)
            case .ServerRefused(let status, let text): .serverRefused(status: status, text: text)
            case .TooOld(let text): .tooOld(text: text)
            case .Busy(let text): .busy(text: text)
            }
    }
}

extension GewuError: LocalizedError {
    public var errorDescription: String? { text }
}
