import Foundation
import Gewu
import GewuTesting
import XCTest

/// What stays synced, and when it has ended.
final class StayingTests: XCTestCase {
    /// As the guide has it.
    private func staySynced(_ client: GewuClient) -> Task<Void, any Error> {
        Task {
            try client.tell(inFront: true)
            defer { try? client.tell(inFront: false) }
            for try await _ in client.stayingSynced() {}
        }
    }

    func testASyncAfterACancelledTaskThatStayedSyncedIsNeverBusy() async throws {
        let wang = try await Device.inspector()
        for _ in 1...20 {
            let staying = staySynced(wang.client)
            _ = try await wang.client.report(request())
            _ = try await wang.client.liveStatus().first { $0.synced }
            staying.cancel()
            try await staying.value
            try await wang.synced()
        }
    }

    func testASyncAfterAReaderThatLetsGoIsNeverBusy() async throws {
        let wang = try await Device.inspector()
        for _ in 1...20 {
            try await wang.client.report(request())
            for try await _ in wang.client.stayingSynced() { break }
            try await wang.synced()
            _ = try await wang.client.stayingSynced().first { _ in true }
            _ = try await wang.client.stayingSynced().first { _ in true }
        }
    }

    func testASyncAfterAReaderThatLetsGoOfASyncIsNeverBusy() async throws {
        let wang = try await Device.inspector()
        for _ in 1...20 {
            try await wang.client.report(request())
            let reading = Task { for try await _ in wang.client.syncing() { break } }
            try await reading.value
            try await wang.synced()
        }
    }
}
