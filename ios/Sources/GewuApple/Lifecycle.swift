#if canImport(UIKit)
    import Gewu
    import UIKit

    /// Lets go of the database in the background and takes it up in the foreground, so that the system
    /// never ends the app for holding a lock while it sleeps.
    @MainActor
    public final class Lifecycle {
        private var watching: [any NSObjectProtocol] = []

        public init(_ client: GewuClient) {
            let center = NotificationCenter.default
            watching = [
                center.addObserver(
                    forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: .main
                ) { _ in MainActor.assumeIsolated { Self.suspend(client) } },
                center.addObserver(
                    forName: UIApplication.willEnterForegroundNotification, object: nil, queue: .main
                ) { _ in Task { try? await client.resume() } },
            ]
        }

        /// Stops watching.
        public func stop() {
            watching.forEach(NotificationCenter.default.removeObserver)
            watching = []
        }

        private static func suspend(_ client: GewuClient) {
            let app = UIApplication.shared
            let time = app.beginBackgroundTask(withName: "gewu.suspend")
            Task {
                try? await client.suspend()
                app.endBackgroundTask(time)
            }
        }
    }
#endif
