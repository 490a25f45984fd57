import Foundation
import GewuSDK

extension GewuClient {
    /// Where a position lies; nothing outside of all that the device knows.
    public func locate(_ position: PositionInput) async throws(GewuError) -> Located? {
        try await call { try $0.locate(position: position) }
    }

    /// The components nearest to a position.
    public func componentsNear(
        _ position: PositionInput, radiusM: Double, code: String? = nil, count: Int = 20
    ) async throws(GewuError) -> [NearbyComponent] {
        let count = try unsigned(count, "count")
        return try await call {
            try $0.componentsNear(position: position, radiusM: radiusM, class: code, count: count)
        }
    }

    /// The position as seen from the nearest door plate.
    public func address(_ position: PositionInput) async throws(GewuError) -> String? {
        try await call { try $0.address(position: position) }
    }

    /// The classes that can be reported.
    public func classes() async throws(GewuError) -> [ClassInfo] {
        try await call { try $0.classes() }
    }

    /// Classes by words, initials of pinyin or code, the best first.
    public func searchClasses(
        _ text: String, kind: ClassKind? = nil, limit: Int = 20
    ) async throws(GewuError) -> [ClassInfo] {
        let limit = try unsigned(limit, "limit")
        return try await call { try $0.searchClasses(text: text, kind: kind, limit: limit) }
    }

    /// The packs that are held.
    public func packs() async throws(GewuError) -> [PackInfo] {
        try await call { try $0.packs() }
    }

    /// What the city calls things: by neutral name, for a case or for new ones.
    public func labels(of id: CaseId? = nil) async throws(GewuError) -> Labels {
        Labels(names: try await call { try $0.labels(case: id) })
    }
}

/// What a city calls kinds, stages and roles.
public struct Labels: Sendable {
    let names: [String: Names]

    /// The word for a neutral name in the language of the phone, or the name itself.
    public func word(_ name: String, in locale: Locale = .current) -> String {
        names[name]?.word(in: locale) ?? name
    }
}

extension Names {
    /// The Chinese, or for everybody else the English where somebody translated it.
    public func word(in locale: Locale = .current) -> String {
        locale.identifier.hasPrefix("zh") || en.isEmpty ? zh : en
    }
}
