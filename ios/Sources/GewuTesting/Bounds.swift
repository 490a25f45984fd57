import Gewu

/// The bounds of `core/model` for what people fill in.
enum Bounds {
    private static let mostCharacters = 4_000
    private static let mostCodeBytes = 256
    private static let mostNameCharacters = 80
    private static let mostNumberCharacters = 32

    /// The first field of a report that is out of bounds, and what is wrong with it.
    static func fault(of input: DraftInput) -> (field: String, text: String)? {
        let codes = [
            ("class", input.class?.code), ("edition", input.edition), ("condition", input.condition),
            ("component", input.component), ("campaign", input.campaign), ("language", input.language),
        ]
        let faults = [
            ("text", input.text.flatMap(fault(ofText:))), ("contact", input.contact.flatMap(fault(of:))),
        ] + codes.map { ($0, $1.flatMap(fault(ofCode:))) }
        return faults.lazy.compactMap { field, text in text.map { (field, $0) } }.first
    }

    /// What is wrong with a text of a person.
    static func fault(ofText text: String) -> String? {
        if text.unicodeScalars.contains("\0") { return "the text holds a NUL character: remove it" }
        if isBlank(text) { return "the text is empty" }
        guard text.unicodeScalars.count > mostCharacters else { return nil }
        return "the text has more than 4000 characters: shorten it"
    }

    /// What is wrong with a code or an identifier.
    private static func fault(ofCode code: String) -> String? {
        let fits = (1...mostCodeBytes).contains(code.utf8.count) && !code.unicodeScalars.contains("\0")
        return fits ? nil : "is too long, empty or out of range"
    }

    /// What is wrong with the way to reach somebody; an empty one is none.
    private static func fault(of contact: Contact) -> String? {
        if let phone = contact.phone, !isPhone(phone) {
            return "the phone number must be 3 to 32 digits, with + - ( ) and spaces between"
        }
        if let name = contact.name, !isName(name) {
            return "the name must be 1 to 80 characters without control characters"
        }
        if let number = contact.idNumber, !isIdNumber(number) {
            return "the document's number must be 4 to 32 letters, digits and hyphens"
        }
        return nil
    }

    private static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    private static func isDigit(_ one: Unicode.Scalar) -> Bool { ("0"..."9").contains(one) }

    private static func isPhone(_ text: String) -> Bool {
        let all = text.unicodeScalars
        return all.count <= mostNumberCharacters && all.filter(isDigit).count >= 3
            && all.allSatisfy { isDigit($0) || "+-() ".unicodeScalars.contains($0) }
    }

    private static func isName(_ text: String) -> Bool {
        let all = text.unicodeScalars
        return !isBlank(text) && all.count <= mostNameCharacters
            && !all.contains { $0.properties.generalCategory == .control }
    }

    private static func isIdNumber(_ text: String) -> Bool {
        let all = text.unicodeScalars
        return (4...mostNumberCharacters).contains(all.count)
            && all.allSatisfy { isDigit($0) || ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "-" }
    }
}
