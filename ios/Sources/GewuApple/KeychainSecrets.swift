import Foundation
import Gewu

/// What a keychain answered.
public enum KeychainAnswer: Equatable, Sendable {
    /// Done; what was read, if anything was.
    case done(Data?)
    /// There is no such item.
    case absent
    /// There is one already.
    case duplicate
    /// The phone was not unlocked since it was started.
    case locked
    /// Something else, by the platform's number.
    case failed(Int32)
}

/// The four things that a keychain does with an item of a name.
public protocol KeychainItems: Sendable {
    func read(_ name: String) -> KeychainAnswer
    func add(_ name: String, _ secret: Data) -> KeychainAnswer
    func update(_ name: String, _ secret: Data) -> KeychainAnswer
    func delete(_ name: String) -> KeychainAnswer
}

/// Keeps the device's keys in a keychain.
public final class KeychainSecrets: HostSecrets {
    private let items: any KeychainItems

    /// Over any keychain.
    public init(items: any KeychainItems) { self.items = items }

    public func get(name: String) throws -> Data? {
        switch items.read(name) {
        case .done(let secret): return secret
        case .absent: return nil
        case let other: throw Self.refused(other)
        }
    }

    /// What was there stays until the new one has taken its place.
    public func put(name: String, secret: Data) throws {
        switch items.update(name, secret) {
        case .done: return
        case .absent: break
        case let other: throw Self.refused(other)
        }
        switch items.add(name, secret) {
        case .done: return
        case .duplicate:
            // Somebody else added it in between.
            guard case .done = items.update(name, secret) else { throw HostError.Failed }
        case let other: throw Self.refused(other)
        }
    }

    public func remove(name: String) throws {
        switch items.delete(name) {
        case .done, .absent: return
        case let other: throw Self.refused(other)
        }
    }

    private static func refused(_ answer: KeychainAnswer) -> HostError {
        answer == .locked ? .Locked : .Failed
    }
}
