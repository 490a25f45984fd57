import Gewu

extension FakeGewu {
    static let away = SyncOutcome.later(inMs: 5_000, why: "the server cannot be reached")

    func report(
        _ outcome: SyncOutcome, sent: Int, photos: Int, changed: [CaseId], left: Int
    ) -> SyncReport {
        SyncReport(
            outcome: outcome, exchanges: outcome == .complete ? 1 : 0, sent: UInt32(sent), accepted: UInt32(sent),
            setAside: [], received: UInt32(changed.count), changed: changed, uploaded: UInt32(photos),
            smallUploaded: 0, photosAcknowledged: UInt32(photos), smallAcknowledged: 0, notices: 0, bytesUp: 0,
            bytesDown: 0, unsent: UInt32(left))
    }

    func shown(_ user: FakeUser, _ device: FakeDevice) -> WhoAmI {
        WhoAmI(
            user: user.name, device: device.key, city: "fake", server: city.url, roles: [user.role],
            units: user.units, dutyGrids: user.dutyGrids, validUntil: .max,
            account: device.account?.app)
    }
}
