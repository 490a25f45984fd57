#if canImport(SwiftUI) && canImport(UIKit)
    import Gewu
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

    /// The app's root: consent, the one way in, then the screens of the role.
    public struct SampleRoot: View {
        private let client: GewuClient
        @StateObject private var session: SessionStore
        @State private var code = ""
        private let words = Words()

        /// Over one client, for a city at an address.
        public init(_ client: GewuClient, server: String) {
            self.client = client
            _session = StateObject(wrappedValue: SessionStore(client, server: server))
        }

        public var body: some View {
            NavigationStack { content.navigationTitle(words[.app]) }
                .task { try? await session.model.look() }
        }

        @ViewBuilder private var content: some View {
            switch session.state {
            case .looking: ProgressView()
            case .needsConsent: consent
            case .needsSignIn(let problem): signIn(problem)
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

        private func signIn(_ problem: GewuError?) -> some View {
            Form {
                TextField(words[.code], text: $code).textInputAutocapitalization(.characters)
                Problem(error: problem)
                Button(words[.signIn]) { Task { await session.model.signIn(code: code) } }
                Button(words[.asCitizen]) { Task { await session.model.signIn(code: nil) } }
            }
        }

        private func signedIn(_ role: AppRole, _ problem: GewuError?) -> some View {
            List {
                Problem(error: problem)
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
                Button(words[.signOut]) { Task { await session.model.signOut() } }
            }
            .refreshable { _ = try? await client.sync() }
            .task { _ = try? await client.sync(.foreground) }
        }

        private static var startOfDay: Millis {
            Millis(Calendar.current.startOfDay(for: Date()).timeIntervalSince1970 * 1_000)
        }
    }
#endif
