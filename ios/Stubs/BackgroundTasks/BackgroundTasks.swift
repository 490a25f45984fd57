// As much of BackgroundTasks as GewuApple uses, for compiling and testing it on Linux. Apple's is the
// truth; where this differs, this is wrong.
import Foundation

open class BGTask: NSObject {
    public var expirationHandler: (() -> Void)?
    open func setTaskCompleted(success _: Bool) {}
}

open class BGTaskRequest: NSObject {
    public let identifier: String
    public var earliestBeginDate: Date?
    fileprivate init(named identifier: String) { self.identifier = identifier }
}

public final class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) { super.init(named: identifier) }
}

public final class BGTaskScheduler: NSObject, @unchecked Sendable {
    public static let shared = BGTaskScheduler()
    /// For tests: what was registered and asked for.
    public private(set) var handlers: [String: (BGTask) -> Void] = [:]
    public private(set) var requests: [BGTaskRequest] = []

    @discardableResult
    public func register(
        forTaskWithIdentifier identifier: String, using _: DispatchQueue?,
        launchHandler: @escaping (BGTask) -> Void
    ) -> Bool {
        handlers[identifier] = launchHandler
        return true
    }

    public func submit(_ request: BGTaskRequest) throws { requests.append(request) }
}
