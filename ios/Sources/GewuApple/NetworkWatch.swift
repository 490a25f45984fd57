#if canImport(Network)
    import Dispatch
    import Gewu
    import Network

    /// Tells a client what kind of network there is, as long as it is kept.
    public final class NetworkWatch: Sendable {
        private let monitor: NWPathMonitor

        public init(_ client: GewuClient) {
            monitor = NWPathMonitor()
            monitor.pathUpdateHandler = { [weak client] path in
                // A client that was closed wants to hear of nothing.
                try? client?.tell(network: NetworkKind(path))
            }
            monitor.start(queue: DispatchQueue(label: "gewu-network"))
        }

        deinit { monitor.cancel() }
    }

    extension NetworkKind {
        /// Whether somebody roams is not said by the platform: what is constrained, by the user's wish to
        /// save data, is treated as roaming.
        init(_ path: NWPath) {
            self =
                switch (path.isExpensive, path.isConstrained) {
                case _ where path.status == .unsatisfied: .offline
                case (_, true): .roaming
                case (true, false): .cellular
                case (false, false): path.status == .satisfied ? .wifi : .unknown
                }
        }
    }
#endif
