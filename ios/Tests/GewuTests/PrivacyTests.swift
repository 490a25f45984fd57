import Foundation
import Gewu
import XCTest

/// The privacy manifest that comes with the product `Gewu`, against the page of what is collected.
final class PrivacyTests: XCTestCase {
    /// What the manifest declares, each with the words that the page has for it; a sound lies among the photos there.
    private let collected = [
        "PreciseLocation": "position of a report", "PhotosorVideos": "photos and small pictures", "AudioData": "evidence",
        "PhoneNumber": "phone number", "Name": "name", "OtherDataTypes": "identity number",
        "OtherUserContent": "description, notes, replies", "UserID": "certificate: user, roles",
    ]

    /// As it was built into the product, and not only as it lies among the sources.
    private func manifest() throws -> [String: Any] {
        let bundle = Bundle.main.bundleURL.appendingPathComponent("Gewu_Gewu.resources")
        let bytes = try Data(contentsOf: bundle.appendingPathComponent("PrivacyInfo.xcprivacy"))
        let read = try PropertyListSerialization.propertyList(from: bytes, format: nil)
        return try XCTUnwrap(read as? [String: Any])
    }

    func testEveryAppThatTakesTheProductGetsWhatIsCollected() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: fixtures).deletingLastPathComponent()
                .appendingPathComponent("docs/privacy-inventory.md"), encoding: .utf8)
        let manifest = try manifest()
        let declared = try XCTUnwrap(manifest["NSPrivacyCollectedDataTypes"] as? [[String: Any]])
        let key = "NSPrivacyCollectedDataType"
        XCTAssertEqual(
            Set(declared.compactMap { $0[key] as? String }), Set(collected.keys.map { key + $0 }))
        XCTAssertEqual(declared.count, collected.count)
        for one in declared {
            XCTAssertEqual(one["\(key)Linked"] as? Bool, true)
            XCTAssertEqual(one["\(key)Tracking"] as? Bool, false)
            XCTAssertEqual(one["\(key)Purposes"] as? [String], ["\(key)PurposeAppFunctionality"])
        }
        for words in collected.values { XCTAssertTrue(page.contains(words), words) }
        XCTAssertEqual(manifest["NSPrivacyTracking"] as? Bool, false)
    }

    func testTheManifestGivesAReasonForEachCallThatWantsOne() throws {
        let asked = try XCTUnwrap(try manifest()["NSPrivacyAccessedAPITypes"] as? [[String: Any]])
        let reasons = asked.map { one in
            let kind = (one["NSPrivacyAccessedAPIType"] as? String ?? "")
            return [kind] + (one["NSPrivacyAccessedAPITypeReasons"] as? [String] ?? [])
        }
        let category = "NSPrivacyAccessedAPICategory"
        XCTAssertEqual(reasons, [
            ["\(category)FileTimestamp", "C617.1"], ["\(category)DiskSpace", "E174.1"],
            ["\(category)SystemBootTime", "35F9.1"],
        ])
    }
}
