import Foundation

/// A colour, by its parts from 0 to 255.
public struct Colour: Hashable, Sendable {
    public let red, green, blue: UInt8

    init(_ rgb: UInt32) {
        (red, green, blue) = (UInt8(rgb >> 16 & 0xFF), UInt8(rgb >> 8 & 0xFF), UInt8(rgb & 0xFF))
    }

    /// The contrast with another one, from 1 to 21: WCAG 2.2, "contrast ratio".
    public func contrast(with other: Colour) -> Double {
        let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    private var luminance: Double {
        let parts = [red, green, blue].map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}

/// The colours of the app: one palette for the day and one for the dark.
public struct Palette: Sendable {
    public let background, text, quiet, accent, onAccent, overdue, soon, inTime: Colour

    /// By day.
    public static let light = Palette(
        background: Colour(0xFFFFFF), text: Colour(0x1A1C1E), quiet: Colour(0x5A5F66), accent: Colour(0x00629D),
        onAccent: Colour(0xFFFFFF), overdue: Colour(0xB3261E), soon: Colour(0x8A5100), inTime: Colour(0x1E6B2E))
    /// In the dark.
    public static let dark = Palette(
        background: Colour(0x111416), text: Colour(0xE2E2E5), quiet: Colour(0xA4A9B0), accent: Colour(0x99CBFF),
        onAccent: Colour(0x003355), overdue: Colour(0xFFB4AB), soon: Colour(0xFFB870), inTime: Colour(0x8BD995))

    /// The colour of a task.
    public func colour(of urgency: Urgency) -> Colour {
        switch urgency {
        case .overdue: overdue
        case .soon: soon
        case .inTime: inTime
        case .noLimit: quiet
        }
    }
}
