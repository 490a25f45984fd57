#if canImport(SwiftUI) && canImport(UIKit)
    import Gewu
    import GewuApple
    import GewuModels
    import SwiftUI

    /// Shows a model of the main actor to SwiftUI.
    @MainActor
    final class SessionStore: ObservableObject {
        @Published private(set) var state: Session = .looking
        let model: SessionModel

        init(_ client: GewuClient, server: String) {
            model = SessionModel(client, server: server)
            model.changed = { [weak self] in self?.state = $0 }
        }
    }

    /// Shows what is in the way of syncing.
    @MainActor
    final class SyncStore: ObservableObject {
        @Published private(set) var problem: String?
        let model: SyncModel
        private let network: NetworkWatch

        init(_ client: GewuClient) {
            model = SyncModel(client)
            network = NetworkWatch(client)
            model.changed = { [weak self] in self?.problem = $0 }
        }
    }

    /// The app's root: consent, the one way in, then the screens of the role.
    public struct SampleRoot: View {
        private let client: GewuClient
        @StateObject private var session: SessionStore
        @StateObject private var sync: SyncStore
        @State private var code = ""
        @State private var passphrase = ""
        @Environment(\.scenePhase) private var phase
        private let words = Words()

        /// Over one client, for a city at an address.
        public init(_ client: GewuClient, server: String) {
            self.client = client
            // Copies of photos that a process left which was killed go at the start.
            _ = TakenPhotos.own
            _session = StateObject(wrappedValue: SessionStore(client, server: server))
            _sync = StateObject(wrappedValue: SyncStore(client))
        }

        public var body: some View {
            NavigationStack { content.navigationTitle(words[.app]) }
                .task { try? await session.model.look() }
        }

        @ViewBuilder private var content: some View {
            switch session.state {
            case .looking: ProgressView()
            case .needsConsent: consent
            case .needsSignIn(let problem, let lockers): signIn(problem, lockers)
            case .signedIn(let role, _, let problem): signedIn(role, problem)
            }
        }

        private var consent: some View {
            VStack(spacing: 16) {
                Text(words[.terms])
                Button(words[.agree]) { Task { try? await session.model.agree(terms: "2026-01") } }
                    .buttonStyle(.borderedProminent)
            }
            .padding()
        }

        private func signIn(_ problem: GewuError?, _ lockers: [Locker]) -> some View {
            Form {
                TextField(words[.code], text: $code).textInputAutocapitalization(.characters)
                Problem(error: problem)
                Button(words[.signIn]) { Task { await session.model.signIn(code: code) } }
                Button(words[.asCitizen]) { Task { await session.model.signIn(code: nil) } }
                if !lockers.isEmpty { SecureField(words[.passphrase], text: $passphrase) }
                ForEach(lockers, id: \.name) { locker in
                    Button("\(words[.unlock]) \(locker.user)") {
                        Task {
                            await session.model.unlock(locker, with: passphrase)
                            passphrase = ""
                        }
                    }
                }
            }
        }

        private func signedIn(_ role: AppRole, _ problem: GewuError?) -> some View {
            List {
                Problem(error: problem)
                if let hindrance = sync.problem { Text(hindrance).foregroundStyle(.secondary) }
                Button(words[.syncNow]) { try? sync.model.soon() }
                switch role {
                case .inspector:
                    ReportLink(client: client)
                    TodaySection(model: TodayModel(client, since: Self.startOfDay))
                    TasksSection(model: TasksModel(client))
                case .crew:
                    TasksSection(model: TasksModel(client))
                case .citizen:
                    ReportLink(client: client)
                    MyReportsSection(model: MyReportsModel(client))
                }
                leaving(role)
            }
            .refreshable { try? sync.model.soon() }
            // Ends with the front, before `Lifecycle` lets go of the database.
            .task(id: phase) {
                if phase == .active { try? await sync.model.inFront() }
            }
        }

        /// Leaving: for good, or on a shared handset with what is unsent locked up.
        @ViewBuilder private func leaving(_ role: AppRole) -> some View {
            Button(words[.signOut]) { Task { await session.model.signOut() } }
            if role != .citizen {
                SecureField(words[.passphrase], text: $passphrase)
                Button(words[.lock]) {
                    Task {
                        await session.model.lockUp(with: passphrase)
                        passphrase = ""
                    }
                }
            }
        }

        private static var startOfDay: Millis {
            Millis(Calendar.current.startOfDay(for: Date()).timeIntervalSince1970 * 1_000)
        }
    }
#endif
