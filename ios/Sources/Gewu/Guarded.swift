import Foundation

/// A value behind a lock. `Mutex` of the standard library would do, and wants a newer iOS.
final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func read<T>(_ look: (Value) throws -> T) rethrows -> T {
        try lock.withLock { try look(value) }
    }

    @discardableResult
    func write<T>(_ change: (inout Value) throws -> T) rethrows -> T {
        try lock.withLock { try change(&value) }
    }
}

/// Carries a value whose parts may go to any thread, which its generated type does not say.
struct Handed<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
