import Dispatch
import Foundation
import GewuSDK

/// The SDK on one device, for tasks: each call suspends and does its work on threads of the client's
/// own, live queries are sequences, and whoever cancels a task cancels the work that can be cancelled.
///
/// One client at a time may hold a folder. ``close()``, or letting go of the client, lets go of it; a
/// call after that fails with ``GewuError/closed``, and live queries end. May be shared between threads.
public final class GewuClient: Sendable {
    let workers: DispatchQueue
    let hub: Hub
    /// A server that does not answer holds as many calls as this has room for, and none beyond.
    private let fetchers = OperationQueue()
    private let core: Guarded<Gewu?>
    /// Ends with the work that readers let go of: it is cancelled, and in the way of a sync until it has ended.
    private let lettingGo = Guarded<Task<Void, Never>?>(nil)
    /// What stops the long calls that run now.
    private let underWay = Guarded<[ObjectIdentifier: CancelHandle]>([:])

    private init(core: Gewu) {
        self.core = Guarded(core)
        workers = DispatchQueue(label: "gewu", qos: .userInitiated, attributes: .concurrent)
        hub = Hub()
        fetchers.maxConcurrentOperationCount = 4
        fetchers.qualityOfService = .userInitiated
    }

    deinit { close() }

    /// Opens the device in a folder, or begins one there.
    public static func open(folder: String) async throws(GewuError) -> GewuClient {
        try await open(OpenOptions(folder: folder))
    }

    /// The same with a key store, a transport or a log of the app's.
    public static func open(_ options: OpenOptions) async throws(GewuError) -> GewuClient {
        let handed = Handed(options)
        let queue = DispatchQueue(label: "gewu-open", qos: .userInitiated)
        return try await onQueue(queue) { GewuClient(core: try Gewu.openWith(options: handed.value)) }
    }

    /// A client over another object of the same class: `FakeGewu` of `GewuTesting`, in an app's tests.
    public static func over(_ core: Gewu) -> GewuClient { GewuClient(core: core) }

    /// Does several calls of the plain object in one go, off the calling thread.
    public func call<T: Sendable>(
        _ work: @escaping @Sendable (Gewu) throws -> T
    ) async throws(GewuError) -> T {
        try await call(on: workers, work)
    }

    func call<T: Sendable>(
        on queue: DispatchQueue, _ work: @escaping @Sendable (Gewu) throws -> T
    ) async throws(GewuError) -> T {
        let core = try opened()
        return try await onQueue(queue) { try work(core) }
    }

    /// The same for what may have to come from the server. A task that is cancelled before its turn asks for
    /// nothing.
    func fetching<T: Sendable>(
        _ work: @escaping @Sendable (Gewu) throws -> T
    ) async throws(GewuError) -> T {
        let core = try opened()
        let unwanted = Guarded(false)
        let result: Result<T, GewuError> = await withTaskCancellationHandler {
            do throws(GewuError) {
                return .success(
                    try await handed(to: { fetchers.addOperation($0) }) {
                        if unwanted.read({ $0 }) { throw CancellationError() }
                        return try work(core)
                    })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            unwanted.write { $0 = true }
        }
        return try result.get()
    }

    /// The plain object, whose calls block; keep them off the main thread.
    public func opened() throws(GewuError) -> Gewu {
        guard let core = core.read({ $0 }) else { throw .closed }
        return core
    }

    /// Lets go of the folder as soon as calls under way have ended; syncs and work on photos are told to. At
    /// once, from any thread.
    public func close() {
        hub.close()
        core.write { $0 = nil }
        // It only fails when Rust panics, and then the work has ended.
        underWay.read { Array($0.values) }.forEach { try? $0.cancel() }
    }

    /// Does something that ``close()`` stops by the handle.
    func stoppable<T>(_ cancel: CancelHandle, _ work: () async -> T) async -> T {
        underWay.write { $0[ObjectIdentifier(cancel)] = cancel }
        defer { underWay.write { $0[ObjectIdentifier(cancel)] = nil } }
        return await work()
    }

    /// Cancels work whose reader has gone; ``hasLetGo()`` waits for its end.
    func letGo(of work: Task<Void, Never>) {
        work.cancel()
        lettingGo.write { last in
            last = Task { [last] in
                await last?.value
                await work.value
            }
        }
    }

    /// Waits for the end of all work whose readers have gone.
    func hasLetGo() async { await lettingGo.read { $0 }?.value }

    /// Whether ``close()`` was called.
    var isClosed: Bool { core.read { $0 == nil } }

    /// Records that the user agreed to the terms of this version. Nothing happens before.
    public func consent(terms: String) async throws(GewuError) {
        try await call { try $0.consent(terms: terms) }
    }

    /// Whether the user agreed to any terms.
    public func hasConsent() async throws(GewuError) -> Bool {
        try await call { try $0.hasConsent() }
    }

    /// Makes this the device of the user whom the code was issued for, or without one of a citizen.
    /// Needs the network. The first sync is part of it, and may take minutes where a device is given many
    /// cases: `onStep` hears how far it is, from a thread of the SDK's. Whoever cancels it before the server
    /// has answered may try the same code again.
    @discardableResult
    public func enrol(
        server: String, code: String? = nil, onStep: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws(GewuError) -> Enrolment {
        try await cancellable { core, cancel in
            try core.enrol(
                server: server, cancel: cancel, code: code, listener: onStep.map(Steps.init))
        }
    }

    /// What the app's backend puts into a token for ``signIn(server:token:)``: the city and this device's key.
    /// Needs the network while the device belongs to no city yet.
    public func signInRequest(server: String) async throws(GewuError) -> SignInRequest {
        try await cancellable { core, cancel in try core.signInRequest(server: server, cancel: cancel) }
    }

    /// Has a citizen's reports go under the user's account in the app from now on, and enrols the device where
    /// it is not. What the city has already stays anonymous. Needs the network.
    @discardableResult
    public func signIn(server: String, token: String) async throws(GewuError) -> Enrolment {
        try await cancellable { core, cancel in
            try core.signIn(server: server, token: token, cancel: cancel)
        }
    }

    /// Who uses the device.
    public func whoami() async throws(GewuError) -> WhoAmI {
        try await call { try $0.whoami() }
    }

    /// Leaves the city. Refused while something is unsent, unless a folder is named into which it is
    /// written first.
    public func signOut(unsentTo folder: String? = nil) async throws(GewuError) {
        try await call { try $0.signOut(unsentTo: folder) }
    }

    /// Leaves a shared handset and locks everything up on it until ``unlock(_:with:)``. Others may use it
    /// meanwhile. The passphrase has six characters at least; nobody opens the locker without it.
    public func lockUp(with passphrase: String) async throws(GewuError) {
        try await call { try $0.lockUp(passphrase: passphrase) }
    }

    /// What people locked up here, the oldest first.
    public func lockers() async throws(GewuError) -> [Locker] {
        try await call { try $0.lockers() }
    }

    /// Brings back what somebody locked up. Works without a network, while nobody is signed in.
    @discardableResult
    public func unlock(_ locker: String, with passphrase: String) async throws(GewuError) -> WhoAmI {
        try await call { try $0.unlock(locker: locker, passphrase: passphrase) }
    }

    /// Removes a locker with everything in it, for ever.
    public func discard(locker: String) async throws(GewuError) {
        try await call { try $0.discardLocker(locker: locker) }
    }

    /// Databases that were damaged and moved aside, the oldest first. What was unsent in them is nowhere else.
    /// While there is one, nobody signs out without naming a folder, into which it goes then.
    public func movedAside() async throws(GewuError) -> [MovedAside] {
        try await call { try $0.movedAside() }
    }

    /// Removes a database that was moved aside, for ever, with everything that was unsent in it.
    public func discard(movedAside name: String) async throws(GewuError) {
        try await call { try $0.discardMovedAside(name: name) }
    }

    /// Tells what kind of network there is, or that there is none. At once, from any thread.
    public func tell(network: NetworkKind) throws(GewuError) {
        try atOnce { try $0.tellNetwork(kind: network) }
    }

    /// Tells whether the app is in front, or somebody on shift: who stays synced (``stayingSynced()``) listens
    /// for news meanwhile. At once, from any thread.
    public func tell(inFront: Bool) throws(GewuError) {
        try atOnce { try $0.tellForeground(is: inFront) }
    }

    /// A push says that there may be news: who stays synced looks. What it carries is not looked at.
    public func onPushHint() throws(GewuError) {
        try atOnce { try $0.onPushHint() }
    }

    /// Somebody wants a sync now: who stays synced begins one, whatever it waits for.
    public func syncSoon() throws(GewuError) {
        try atOnce { try $0.syncSoon() }
    }

    private func atOnce(_ tell: (Gewu) throws -> Void) throws(GewuError) {
        let core = try opened()
        do { try tell(core) } catch { throw GewuError(error) }
    }

    /// Looks the device over and changes nothing: the database and every file, what is unsent, how the last
    /// syncs went. Takes a while where much is held.
    public func checkup() async throws(GewuError) -> CheckupNote {
        try await call { try $0.checkup() }
    }

    /// Lets go of the database for the background, so that the system finds no lock of ours; calls fail
    /// as suspended until ``resume()``. Running calls get the grace, in seconds.
    public func suspend(grace: TimeInterval = 2) async throws(GewuError) {
        // What is no number fails the comparison too.
        guard grace >= 0 else { throw .invalidInput(field: "grace", text: "the number is out of range") }
        let milliseconds = UInt64(min(grace, 3_600) * 1_000)
        try await call { try $0.suspend(graceMs: milliseconds) }
    }

    /// Takes the database up again; live queries go on.
    public func resume() async throws(GewuError) {
        try await call { try $0.resume() }
        hub.tellAll()
    }
}

/// A number that the core takes; the greatest where it is greater.
func unsigned(_ number: Int, _ field: String) throws(GewuError) -> UInt32 {
    guard number >= 0 else { throw .invalidInput(field: field, text: "the number is out of range") }
    return UInt32(clamping: number)
}

/// Runs blocking work on a queue and waits for it without holding a thread of Swift's pool.
func onQueue<T: Sendable>(
    _ queue: DispatchQueue,
    _ work: @escaping @Sendable () throws -> T
) async throws(GewuError) -> T {
    try await handed(to: { queue.async(execute: $0) }, work)
}

/// Hands blocking work to whatever runs it, and waits for it in the same way.
private func handed<T: Sendable>(
    to run: (@escaping @Sendable () -> Void) -> Void,
    _ work: @escaping @Sendable () throws -> T
) async throws(GewuError) -> T {
    let result: Result<T, GewuError> = await withCheckedContinuation { waiting in
        run { waiting.resume(returning: Result { try work() }.mapError { GewuError($0) }) }
    }
    return try result.get()
}
