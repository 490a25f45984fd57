import Gewu

/// What a report's screen edits: the fields of a draft, each by itself.
public struct ReportForm: Equatable, Sendable {
    public var kind: ClassRef?
    public var position: PositionInput?
    public var edition: String?
    public var condition: String?
    public var text: String?
    public var component: String?
    public var measuredMilli: Int64?
    public var campaign: String?
    public var selfHandled = false
    public var language: String?
    public var contact: Contact?

    /// Nothing filled in.
    public init() {}

    /// What a draft holds.
    public init(_ input: DraftInput) {
        (kind, position, edition, condition) = (input.class, input.position, input.edition, input.condition)
        (text, component, measuredMilli) = (input.text, input.component, input.measuredMilli)
        (campaign, selfHandled) = (input.campaign, input.selfHandled)
        (language, contact) = (input.language, input.contact)
    }

    /// As a draft holds it.
    public var input: DraftInput {
        DraftInput(
            class: kind, position: position, edition: edition, condition: condition, text: text,
            component: component, measuredMilli: measuredMilli, campaign: campaign, selfHandled: selfHandled,
            language: language, contact: contact)
    }
}
