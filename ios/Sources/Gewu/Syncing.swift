import Foundation
import GewuSDK

/// What a sync tells: how far it is, and at the end what it did.
public enum SyncEvent: Equatable, Sendable {
    /// So far.
    case step(SyncProgress)
    /// The last one. That the network is away is told by the report's outcome and is no error.
    case finished(SyncReport)
}

extension GewuClient {
    /// Exchanges with the server until both hold the same. Cancelling the task ends it with the outcome
    /// `cancelled`, as closing the client does, and nothing is lost. `onStep` is called from a thread of the SDK's.
    @discardableResult
    public func sync(
        _ trigger: SyncTrigger = .manual,
        onStep: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws(GewuError) -> SyncReport {
        await hasLetGo()
        let listener = onStep.map(Steps.init)
        return try await cancellable { core, cancel in
            try core.sync(cancel: cancel, trigger: trigger, listener: listener)
        }
    }

    /// Syncs as long as somebody reads. Steps that are not read in time are left out, the last event
    /// never is.
    public func syncing(_ trigger: SyncTrigger = .manual) -> AsyncThrowingStream<SyncEvent, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(64)) { told in
            let running = Task {
                do {
                    let report = try await sync(trigger) { told.yield(.step($0)) }
                    told.yield(.finished(report))
                    told.finish()
                } catch {
                    told.finish(throwing: error)
                }
            }
            told.onTermination = { _ in self.letGo(of: running) }
        }
    }

    /// Keeps the device synced as long as somebody reads: a sync follows what is saved, a network that comes back
    /// (``tell(network:)``), the app that comes to the front (``tell(inFront:)``), a push (``onPushHint()``) and a
    /// timer; failures are waited out, and urgent cases do not wait. In the foreground news come at once. Ends that
    /// are not read in time are left out, the last one never is. Closing the client ends it. One at a time; uses
    /// a thread of its own. A task that is cancelled while it reads goes on when the work has ended; who lets go
    /// of it otherwise does not wait, but the next sync does.
    ///
    /// Ask with ``syncSoon()`` meanwhile: a ``sync(_:onStep:)`` that meets one of these fails as busy.
    public func stayingSynced() -> StayingSynced { StayingSynced(client: self) }

    /// When files may go up.
    public func uploadPolicy() async throws(GewuError) -> UploadPolicy {
        try await call { try $0.uploadPolicy() }
    }

    /// Decides when files may go up.
    public func setUploadPolicy(_ policy: UploadPolicy) async throws(GewuError) {
        try await call { try $0.setUploadPolicy(policy: policy) }
    }

    /// Hands the next files to an uploader of the platform's, at most so many.
    public func handOverUploads(most: Int) async throws(GewuError) -> [HandedUpload] {
        let most = try unsigned(most, "most")
        return try await call { try $0.handOverUploads(most: most) }
    }

    /// Says how such an upload ended.
    public func handedUploadEnded(
        _ upload: HandedUpload, _ result: HandedResult
    ) async throws(GewuError) {
        try await call { try $0.handedUploadEnded(upload: upload, result: result) }
    }

    /// Runs blocking work that a handle can stop, and uses the handle when the task is cancelled. It
    /// returns only when the work has ended.
    func cancellable<T: Sendable>(
        on queue: DispatchQueue? = nil, _ work: @escaping @Sendable (Gewu, CancelHandle) throws -> T
    ) async throws(GewuError) -> T {
        let cancel: CancelHandle
        do { cancel = try CancelHandle() } catch { throw GewuError(error) }
        let result: Result<T, GewuError> = await stoppable(cancel) {
            await withTaskCancellationHandler {
                do throws(GewuError) {
                    return .success(try await call(on: queue ?? workers) { try work($0, cancel) })
                } catch {
                    // The core says that it is busy with ending; here it was the task or the app that ended it.
                    if case .busy = error, Task.isCancelled { return .failure(.cancelled) }
                    if case .busy = error, isClosed { return .failure(.closed) }
                    return .failure(error)
                }
            } onCancel: {
                // It only fails when Rust panics, and then the work has ended.
                try? cancel.cancel()
            }
        }
        return try result.get()
    }
}

/// Hands the steps of a sync on.
final class Steps: SyncListener {
    private let tell: @Sendable (SyncProgress) -> Void
    init(_ tell: @escaping @Sendable (SyncProgress) -> Void) { self.tell = tell }
    func soFar(progress: SyncProgress) throws { tell(progress) }
}
