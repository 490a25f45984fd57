#if os(Linux)
    import BackgroundTasks
    import CoreLocation
    import Foundation
    import Gewu
    import Network
    import XCTest

    @testable import GewuApple

    /// The adapters over stand-ins of Apple's frameworks: that they compile and what they hand on. What
    /// Apple's own do is not shown here.
    final class StubTests: XCTestCase {
        func testFixesAreJudgedAndHandedOn() async throws {
            let (shown, stopped) = await Task { @MainActor in
                let manager = CLLocationManager()
                let fixes = Fixes(manager: manager)
                var shown: [JudgedFix] = []
                for (accuracy, made) in [(5.0, false), (5.0, true), (-1.0, false)] {
                    var updates = fixes.updates().makeAsyncIterator()
                    manager.delegate?.locationManager(
                        manager, didUpdateLocations: [Self.location(accuracy, made)])
                    if let fix = await updates.next() { shown.append(fix) }
                }
                let reading = Task { for await _ in fixes.updates() {} }
                await Task.yield()
                reading.cancel()
                await reading.value
                for _ in 0..<1_000 where manager.updating { await Task.yield() }
                return (shown, !manager.updating)
            }.value
            XCTAssertEqual(shown.map(\.doubt), [nil, .simulated, .coarse])
            XCTAssertEqual(shown.first?.fix.accuracyM, 5)
            XCTAssertNil(shown.last?.fix.accuracyM)
            XCTAssertTrue(stopped)
        }

        func testTheEndOfAnEarlierReaderDoesNotStopALaterOne() async {
            let (updating, heard) = await Task { @MainActor in
                let manager = CLLocationManager()
                let fixes = Fixes(manager: manager)
                _ = fixes.updates()
                var later = fixes.updates().makeAsyncIterator()
                for _ in 0..<1_000 { await Task.yield() }
                manager.delegate?.locationManager(
                    manager, didUpdateLocations: [Self.location(5, false)])
                return (manager.updating, await later.next())
            }.value
            XCTAssertTrue(updating)
            XCTAssertNotNil(heard)
        }

        func testTheKindOfNetworkFollowsThePath() {
            let kinds = [(false, false), (true, false), (true, true), (false, true)].map {
                NetworkKind(NWPath(status: .satisfied, isExpensive: $0.0, isConstrained: $0.1))
            }
            XCTAssertEqual(kinds, [.wifi, .cellular, .roaming, .roaming])
            let none = NWPath(status: .unsatisfied, isExpensive: false, isConstrained: false)
            XCTAssertEqual(NetworkKind(none), .offline)
        }

        func testABackgroundTaskIsCompletedAndTheNextOneIsAskedForWhenDue() async throws {
            let sync = BackgroundSync()
            sync.register { throw GewuError.closed }
            let task = Completed()
            let handler = try XCTUnwrap(BGTaskScheduler.shared.handlers[BackgroundSync.identifier])
            handler(task)
            for _ in 0..<500 where task.success == nil {
                try await Task.sleep(nanoseconds: 10_000_000)
            }
            XCTAssertEqual(task.success, false)
            XCTAssertNotNil(task.expirationHandler)
            try sync.plan(SyncPlan(delay: 900))
            let asked = BGTaskScheduler.shared.requests.last?.earliestBeginDate?.timeIntervalSinceNow
            XCTAssertEqual(asked ?? 0, 900, accuracy: 5)
        }

        private static func location(_ accuracy: Double, _ simulated: Bool) -> CLLocation {
            CLLocation(
                coordinate: CLLocationCoordinate2D(latitude: 41.79, longitude: 123.42), altitude: 0,
                horizontalAccuracy: accuracy, verticalAccuracy: 0, course: 0, courseAccuracy: 0,
                speed: 0, speedAccuracy: 0, timestamp: Date(),
                sourceInfo: CLLocationSourceInformation(
                    softwareSimulationState: simulated, andExternalAccessoryState: false))
        }
    }

    private final class Completed: BGTask, @unchecked Sendable {
        private let lock = NSLock()
        private var said: Bool?
        var success: Bool? { lock.withLock { said } }
        override func setTaskCompleted(success: Bool) { lock.withLock { said = success } }
    }
#endif
