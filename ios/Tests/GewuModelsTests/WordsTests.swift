import Foundation
import Gewu
@testable import GewuModels
import XCTest

/// The table of words and the colours.
final class WordsTests: XCTestCase {
    private func hasHan(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }

    func testEveryWordStandsInChineseAndInEnglish() {
        for word in Word.allCases {
            XCTAssertTrue(hasHan(word.texts.zh), "\(word) has no Chinese")
            XCTAssertTrue(!word.texts.en.isEmpty && !hasHan(word.texts.en), "\(word) has no English")
        }
        let chinese = Set(Word.allCases.map(\.texts.zh))
        XCTAssertEqual(chinese.count, Word.allCases.count, "two words are the same in Chinese")
    }

    func testEveryWayOutHasAWordWhereThereIsSomethingToSay() {
        for wayOut in WayOut.allCases { XCTAssertEqual(Word(wayOut) == nil, wayOut == .nothing, "\(wayOut)") }
    }

    func testThePhonesLanguageDecidesAndEnglishIsForEverybodyElse() {
        XCTAssertEqual(Words(Locale(identifier: "zh_CN"))[.tasks], "任务")
        XCTAssertEqual(Words(Locale(identifier: "zh-Hant-TW"))[.tasks], "任务")
        XCTAssertEqual(Words(Locale(identifier: "fr_FR"))[.tasks], "Tasks")
        XCTAssertEqual(Words(Locale(identifier: "en")).spoken("a", nil, "", "b"), "a, b")
        XCTAssertEqual(Words(Locale(identifier: "zh")).spoken("甲", "乙"), "甲，乙")
    }

    /// WCAG 2.2, criterion 1.4.3: 4.5 to 1 for text.
    func testTextsCanBeReadByDayAndInTheDark() {
        for palette in [Palette.light, .dark] {
            let shown = Urgency.allCases.map(palette.colour) + [palette.text, palette.quiet, palette.accent]
            for colour in shown {
                XCTAssertGreaterThanOrEqual(colour.contrast(with: palette.background), 4.5, "\(colour)")
            }
            XCTAssertGreaterThanOrEqual(palette.onAccent.contrast(with: palette.accent), 4.5)
        }
        XCTAssertEqual(Colour(0xFFFFFF).contrast(with: Colour(0)), 21, accuracy: 1e-9)
    }

    func testWhatPressesComesFirst() {
        func clock(_ light: Light?, _ remaining: Int64?) -> ClockLine {
            ClockLine(
                node: "handle", holder: nil, assist: false, shared: false, limit: nil, unit: nil, due: nil,
                external: false, dueText: nil, remainingMs: remaining, light: light, paused: false,
                basis: .authoritative, calendar: nil, unknown: nil)
        }
        let clocks = [clock(.red, 5), clock(.yellow, 5), clock(.green, 5), clock(nil, -1), clock(nil, 1), nil]
        let expected: [Urgency] = [.overdue, .soon, .inTime, .overdue, .inTime, .noLimit]
        XCTAssertEqual(clocks.map { Urgency($0) }, expected)
        XCTAssertEqual(Urgency.allCases.reversed().sorted(), Urgency.allCases)
    }
}
