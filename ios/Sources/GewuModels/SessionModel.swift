import Gewu

/// What the app is for this user.
public enum AppRole: Sendable {
    /// Patrols: today's list, reports, verifying and checking.
    case inspector
    /// Works: tasks by urgency.
    case crew
    /// Reports and rates.
    case citizen

    /// By the roles of a certificate; whoever has none of staff's that the app knows is a citizen.
    public init(_ who: WhoAmI) {
        if who.roles.contains("inspector") {
            self = .inspector
        } else {
            self = who.roles.contains { $0 == "crew" || $0 == "unit_lead" } ? .crew : .citizen
        }
    }
}

/// Where the one way in stands.
public enum Session: Equatable, Sendable {
    /// It is not known yet.
    case looking
    /// The user has to agree first.
    case needsConsent
    /// Nobody uses the phone; with what went wrong last, and what others locked up on a handset that they share.
    case needsSignIn(GewuError?, [Locker])
    /// Somebody uses it; with why leaving was refused.
    case signedIn(AppRole, WhoAmI, GewuError?)
}

/// One way in for all roles: consent, then a code for staff or none for citizens.
@MainActor
public final class SessionModel {
    private let client: GewuClient
    private let server: String

    /// Always as it stands.
    public private(set) var state = Session.looking {
        didSet { changed?(state) }
    }

    /// Called after each change, on the main actor.
    public var changed: ((Session) -> Void)?

    /// For a city at an address.
    public init(_ client: GewuClient, server: String) { (self.client, self.server) = (client, server) }

    /// Looks who uses the phone: at the start.
    public func look() async throws(GewuError) {
        guard try await client.hasConsent() else { return state = .needsConsent }
        do throws(GewuError) {
            let who = try await client.whoami()
            state = .signedIn(AppRole(who), who, nil)
        } catch {
            guard case .notEnrolled = error else { throw error }
            state = await needsSignIn(nil)
        }
    }

    /// The user's own tap on the terms of this version.
    public func agree(terms: String) async throws(GewuError) {
        try await client.consent(terms: terms)
        try await look()
    }

    /// Signs in with a code, or as a citizen without one.
    public func signIn(code: String?) async {
        let code = code?.filter { !$0.isWhitespace }
        do throws(GewuError) {
            let who = try await client.enrol(server: server, code: code?.isEmpty == true ? nil : code).who
            state = .signedIn(AppRole(who), who, nil)
        } catch {
            state = await needsSignIn(error)
        }
    }

    /// Takes up again what its owner locked up: with the passphrase that locked it.
    public func unlock(_ locker: Locker, with passphrase: String) async {
        do throws(GewuError) {
            let who = try await client.unlock(locker.name, with: passphrase)
            state = .signedIn(AppRole(who), who, nil)
        } catch {
            state = await needsSignIn(error)
        }
    }

    /// Hands a shared handset on: what is unsent stays here, locked up under a passphrase.
    public func lockUp(with passphrase: String) async {
        await leave { client async throws(GewuError) in try await client.lockUp(with: passphrase) }
    }

    /// Leaves; refused while something is unsent.
    public func signOut() async {
        await leave { client async throws(GewuError) in try await client.signOut() }
    }

    private func leave(_ how: @Sendable (GewuClient) async throws(GewuError) -> Void) async {
        guard case .signedIn(let role, let who, _) = state else { return }
        do throws(GewuError) {
            try await how(client)
            state = await needsSignIn(nil)
        } catch {
            state = .signedIn(role, who, error)
        }
    }

    private func needsSignIn(_ problem: GewuError?) async -> Session {
        .needsSignIn(problem, (try? await client.lockers()) ?? [])
    }
}
