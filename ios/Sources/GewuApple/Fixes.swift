#if canImport(CoreLocation)
    import CoreLocation
    import Foundation
    import Gewu

    /// A fix and what the filter says of it.
    public struct JudgedFix: Equatable, Sendable {
        public let fix: Fix
        /// Nothing when it may be gone by.
        public let doubt: Doubt?
    }

    /// The fixes of Core Location while somebody reads, in the foreground only. It asks for no
    /// permission: the screen does, when the user wants to report.
    ///
    /// Made and read on the main thread, as Core Location wants it.
    @MainActor
    public final class Fixes: NSObject, CLLocationManagerDelegate {
        private let manager: CLLocationManager
        private var filter = FixFilter()
        private var told: AsyncStream<JudgedFix>.Continuation?
        /// Numbers the readers, so that the end of an earlier one does not stop a later one.
        private var reader = 0

        public init(manager: CLLocationManager = CLLocationManager()) {
            self.manager = manager
            super.init()
        }

        /// The fixes from now on; an earlier reader's end.
        public func updates() -> AsyncStream<JudgedFix> {
            told?.finish()
            let (stream, told) = AsyncStream.makeStream(
                of: JudgedFix.self, bufferingPolicy: .bufferingNewest(1))
            self.told = told
            filter = FixFilter()
            manager.delegate = self
            manager.desiredAccuracy = kCLLocationAccuracyBest
            manager.startUpdatingLocation()
            reader += 1
            let number = reader
            told.onTermination = { [weak self] _ in
                Task { @MainActor in self?.stop(number) }
            }
            return stream
        }

        private func stop(_ number: Int) {
            guard number == reader else { return }
            manager.stopUpdatingLocation()
            told = nil
        }

        public nonisolated func locationManager(
            _ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]
        ) {
            let fixes = locations.map { Fix($0) }
            MainActor.assumeIsolated { for fix in fixes { tell(fix) } }
        }

        public nonisolated func locationManager(
            _ manager: CLLocationManager, didFailWithError error: any Error
        ) {
            // Core Location goes on by itself; a refusal is the screen's to show.
        }

        private func tell(_ fix: Fix) {
            let doubt = filter.judge(fix, now: Date().timeIntervalSinceReferenceDate)
            told?.yield(JudgedFix(fix: fix, doubt: doubt))
        }
    }

    extension Fix {
        /// A negative accuracy is Core Location's way to say that there is none.
        init(_ location: CLLocation) {
            let accuracy = location.horizontalAccuracy
            self.init(
                lon: location.coordinate.longitude,
                lat: location.coordinate.latitude,
                accuracyM: accuracy >= 0 ? accuracy : nil,
                at: location.timestamp.timeIntervalSinceReferenceDate,
                simulated: location.sourceInformation?.isSimulatedBySoftware ?? false)
        }
    }
#endif
