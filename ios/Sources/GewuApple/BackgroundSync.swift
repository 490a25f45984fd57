import Foundation
import Gewu

/// When the next sync is to be, as a task of the platform's; pure.
public struct SyncPlan: Equatable, Sendable {
    /// Not before so many seconds from now.
    public var delay: TimeInterval

    /// The platform runs nothing regular more often.
    public static let least: TimeInterval = 15 * 60

    /// What to plan after a sync; nothing when there is nothing to run.
    public static func after(_ report: SyncReport) -> SyncPlan? {
        switch report.outcome {
        case .later(let milliseconds, _): SyncPlan(delay: max(least, Double(milliseconds) / 1_000))
        case .cancelled: report.unsent > 0 ? SyncPlan(delay: least) : nil
        case .complete, .stopped: nil
        }
    }
}

#if canImport(BackgroundTasks)
    import BackgroundTasks

    /// Syncs when the platform gives the app a moment in the background.
    ///
    /// Name ``identifier`` under `BGTaskSchedulerPermittedIdentifiers`, call ``register(_:)`` before the
    /// app has finished launching and ``plan(_:)`` when it goes to the background.
    public final class BackgroundSync: Sendable {
        /// The name of the task.
        public static let identifier = "gewu.sync"

        public init() {}

        /// Registers the task; `client` opens or finds the app's one client.
        public func register(_ client: @escaping @Sendable () async throws -> GewuClient) {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.identifier, using: nil) { task in
                let task = Ours(task)
                let work = Task {
                    let report = try? await client().sync(.timer)
                    // The platform wants the next one asked for, each time.
                    if let plan = report.flatMap(SyncPlan.after) { try? self.plan(plan) }
                    task.value.setTaskCompleted(success: report?.outcome == .complete)
                }
                task.value.expirationHandler = { work.cancel() }
            }
        }

        /// Asks for a moment; the platform decides when, and whether.
        public func plan(_ plan: SyncPlan) throws {
            let request = BGAppRefreshTaskRequest(identifier: Self.identifier)
            request.earliestBeginDate = Date(timeIntervalSinceNow: plan.delay)
            try BGTaskScheduler.shared.submit(request)
        }

        /// Tasks of the platform's may be completed from any thread.
        private struct Ours: @unchecked Sendable {
            let value: BGTask
            init(_ value: BGTask) { self.value = value }
        }
    }
#endif
