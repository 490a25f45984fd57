// As much of Network as GewuApple uses, for compiling and testing it on Linux. Apple's is the truth;
// where this differs, this is wrong.
import Dispatch

public struct NWPath: Sendable {
    public enum Status: Sendable { case satisfied, unsatisfied, requiresConnection }
    public let status: Status
    public let isExpensive: Bool
    public let isConstrained: Bool
    /// For tests.
    public init(status: Status, isExpensive: Bool, isConstrained: Bool) {
        self.status = status
        self.isExpensive = isExpensive
        self.isConstrained = isConstrained
    }
}

public final class NWPathMonitor: @unchecked Sendable {
    public var pathUpdateHandler: (@Sendable (NWPath) -> Void)?
    public init() {}
    public func start(queue _: DispatchQueue) {}
    public func cancel() {}
}
