import Foundation
import Gewu

/// Every call that ``FakeGewu`` does not do: it is refused, in words that say so.
public class UnfakedGewu: Gewu, @unchecked Sendable {
    private func unfaked(_ name: String = #function) -> SdkError {
        .NotPermitted(text: "FakeGewu does not do \(name); GewuTestServer does")
    }

    override public func confirm(case _: CaseId, act _: ActInput) throws -> Saved { throw unfaked() }

    override public func handOver(
        case _: CaseId, to _: UserId?, unit _: UnitId?, act _: ActInput
    ) throws -> Saved { throw unfaked() }

    override public func exportCases(cases _: [CaseId], file _: FilePath) throws -> Exported { throw unfaked() }

    override public func exportUnsent(file _: FilePath) throws -> Exported { throw unfaked() }

    override public func rootKey() throws -> String { throw unfaked() }

    override public func lockUp(passphrase _: String) throws { throw unfaked() }

    override public func unlock(locker _: String, passphrase _: String) throws -> WhoAmI { throw unfaked() }

    override public func discardLocker(locker _: String) throws { throw unfaked() }

    override public func contact(case _: CaseId) throws -> CaseContact { throw unfaked() }

    override public func scrub(mostBytes _: UInt64) throws -> ScrubReport { throw unfaked() }

    override public func componentsNear(
        position _: PositionInput, radiusM _: Double, class _: String?, count _: UInt32
    ) throws -> [NearbyComponent] { throw unfaked() }

    override public func appeal(
        case _: CaseId, reason _: String, against _: ChangeHash?, act _: ActInput
    ) throws -> Saved { throw unfaked() }

    override public func askSuspension(
        case _: CaseId, reason _: String, until _: Millis?, act _: ActInput
    ) throws -> Saved { throw unfaked() }

    override public func changeComponent(
        case _: CaseId, difference _: ComponentDifference, component _: String?, class _: ClassRef?, act _: ActInput
    ) throws -> Saved { throw unfaked() }

    override public func command(
        case _: CaseId, kind _: String, fields _: String, note _: String?
    ) throws -> QueuedCommand { throw unfaked() }

    override public func commandAgain(command _: Digest) throws -> QueuedCommand { throw unfaked() }

    override public func disputeOwnership(case _: CaseId, owner _: UnitId?, act _: ActInput) throws -> Saved { throw unfaked() }

    override public func refuse(case _: CaseId, reason _: String, act _: ActInput) throws -> Saved { throw unfaked() }

    override public func suggestDuplicate(case _: CaseId, other _: CaseId, act _: ActInput) throws -> Saved { throw unfaked() }

    override public func handOverUploads(most _: UInt32) throws -> [HandedUpload] { throw unfaked() }

    override public func handedUploadEnded(upload _: HandedUpload, result _: HandedResult) throws { throw unfaked() }
}
