import Gewu

/// Keeps the phone synced while the app is in front, and says what is in the way.
@MainActor
public final class SyncModel {
    private let client: GewuClient

    /// Why the last sync did not end well, in the SDK's words; nil when it did.
    public private(set) var problem: String? {
        didSet { changed?(problem) }
    }

    /// Called after each sync, on the main actor.
    public var changed: ((String?) -> Void)?

    /// Over the app's one client.
    public init(_ client: GewuClient) { self.client = client }

    /// Syncs by itself until it is cancelled: run it while somebody is signed in and the app is in front.
    public func inFront() async throws {
        try client.tell(inFront: true)
        defer { try? client.tell(inFront: false) }
        for try await end in client.stayingSynced() { problem = Self.problem(of: end) }
    }

    /// The user wants it now.
    public func soon() throws(GewuError) { try client.syncSoon() }

    private static func problem(of end: SyncEnd) -> String? {
        switch end {
        case .failed(let error): error.text
        case .ended(let report):
            switch report.outcome {
            case .complete, .cancelled: nil
            case .later(_, let why), .stopped(let why): why
            }
        }
    }
}
