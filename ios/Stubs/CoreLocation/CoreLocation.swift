// As much of Core Location as GewuApple uses, for compiling and testing it on Linux. Apple's is the
// truth; where this differs, this is wrong.
import Foundation

public let kCLLocationAccuracyBest: Double = -1

public struct CLLocationCoordinate2D: Sendable {
    public var latitude: Double
    public var longitude: Double
    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }
}

public final class CLLocationSourceInformation: NSObject, @unchecked Sendable {
    public let isSimulatedBySoftware: Bool
    public let isProducedByAccessory: Bool
    public init(softwareSimulationState: Bool, andExternalAccessoryState: Bool) {
        isSimulatedBySoftware = softwareSimulationState
        isProducedByAccessory = andExternalAccessoryState
    }
}

public final class CLLocation: NSObject, @unchecked Sendable {
    public let coordinate: CLLocationCoordinate2D
    public let horizontalAccuracy: Double
    public let timestamp: Date
    public let sourceInformation: CLLocationSourceInformation?
    public init(
        coordinate: CLLocationCoordinate2D, altitude _: Double, horizontalAccuracy: Double,
        verticalAccuracy _: Double, course _: Double, courseAccuracy _: Double, speed _: Double,
        speedAccuracy _: Double, timestamp: Date, sourceInfo: CLLocationSourceInformation
    ) {
        self.coordinate = coordinate
        self.horizontalAccuracy = horizontalAccuracy
        self.timestamp = timestamp
        sourceInformation = sourceInfo
    }
}

public protocol CLLocationManagerDelegate: AnyObject {
    func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation])
    func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error)
}

open class CLLocationManager: NSObject {
    public weak var delegate: (any CLLocationManagerDelegate)?
    public var desiredAccuracy: Double = 0
    public private(set) var updating = false
    open func startUpdatingLocation() { updating = true }
    open func stopUpdatingLocation() { updating = false }
}
