import Foundation
import Gewu

/// One fix as a receiver gave it.
public struct Fix: Equatable, Sendable {
    /// Longitude in degrees, WGS-84.
    public var lon: Double
    /// Latitude in degrees, WGS-84.
    public var lat: Double
    /// Radius of the 68 % circle in metres; none when the receiver did not say.
    public var accuracyM: Double?
    /// When, in seconds of any clock that goes on evenly.
    public var at: TimeInterval
    /// Whether software made it up in the place of the receiver.
    public var simulated: Bool

    public init(
        lon: Double, lat: Double, accuracyM: Double?, at: TimeInterval, simulated: Bool = false
    ) {
        self.lon = lon
        self.lat = lat
        self.accuracyM = accuracyM
        self.at = at
        self.simulated = simulated
    }

    /// For the SDK.
    public var position: PositionInput {
        PositionInput(lon: lon, lat: lat, accuracyM: accuracyM, datum: .wgs84)
    }
}

/// Why a fix is not gone by.
public enum Doubt: Sendable {
    /// Made up by software.
    case simulated
    /// From before the asking, or older than the filter takes.
    case stale
    /// Faster than anybody moves in a city since the last one.
    case jump
    /// No accuracy, nought or a coarse one.
    case coarse
    /// Out of order.
    case timeBack
}

/// Judges fixes one after the other. Pure: time comes with each call.
public struct FixFilter: Sendable {
    /// How old a fix may be, in seconds.
    public var maxAge: TimeInterval = 10
    /// How coarse it may be, in metres; beyond, a grid of 100 m says nothing.
    public var maxAccuracyM: Double = 200
    /// How fast its bearer may have moved since the last good one, in metres a second.
    public var maxSpeed: Double = 60

    /// After so many seconds anybody may be anywhere, by train.
    private static let forgets: TimeInterval = 120

    private var last: Fix?

    public init() {}

    /// Nothing for a fix to go by; otherwise why a screen shows it greyed.
    public mutating func judge(_ fix: Fix, now: TimeInterval) -> Doubt? {
        let why = doubt(fix, now)
        if why == nil { last = fix }
        return why
    }

    private func doubt(_ fix: Fix, _ now: TimeInterval) -> Doubt? {
        if fix.simulated { return .simulated }
        if now - fix.at > maxAge { return .stale }
        if let last, fix.at < last.at { return .timeBack }
        guard let accuracy = fix.accuracyM, accuracy > 0, accuracy <= maxAccuracyM else { return .coarse }
        if let last, isJump(from: last, to: fix) { return .jump }
        return nil
    }

    /// Both circles are given: what lies within them is no movement.
    private func isJump(from: Fix, to: Fix) -> Bool {
        let seconds = to.at - from.at
        let slack = (from.accuracyM ?? 0) + (to.accuracyM ?? 0)
        return seconds < Self.forgets && metres(from, to) - slack > maxSpeed * seconds
    }
}

/// Metres between two near fixes, on a sphere of 6,371 km.
func metres(_ one: Fix, _ other: Fix) -> Double {
    let perDegree = 6_371_000 * Double.pi / 180
    let north = (other.lat - one.lat) * perDegree
    let east = (other.lon - one.lon) * perDegree * cos(one.lat * .pi / 180)
    return (north * north + east * east).squareRoot()
}
