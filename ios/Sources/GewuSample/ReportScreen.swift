#if canImport(SwiftUI) && canImport(UIKit) && canImport(CoreLocation)
    import Gewu
    import GewuApple
    import GewuModels
    import SwiftUI

    /// Shows a report's model to SwiftUI.
    @MainActor
    final class ReportStore: ObservableObject {
        @Published private(set) var state: ReportState?
        private(set) var model: ReportModel?

        func begin(_ client: GewuClient) async {
            guard model == nil, let begun = try? await ReportModel.goOn(client) else { return }
            model = begun
            state = begun.state
            begun.changed = { [weak self] in self?.state = $0 }
        }
    }

    /// Leads to a new report.
    struct ReportLink: View {
        let client: GewuClient
        private let words = Words()

        var body: some View {
            NavigationLink(words[.report]) { ReportScreen(client: client) }
        }
    }

    /// The screen of a report: class, words, photos, and the grid as the phone moves.
    struct ReportScreen: View {
        let client: GewuClient
        @StateObject private var store = ReportStore()
        @State private var classes: [ClassInfo] = []
        @State private var text = ""
        @State private var isTaking = false
        @State private var fixes = Fixes()
        @Environment(\.dismiss) private var dismiss
        private let words = Words()

        var body: some View {
            Form {
                if let state = store.state {
                    Text(place(state.place)).accessibilityLabel(words.spoken(words[.grid], place(state.place)))
                    Picker(words[.kind], selection: kind) {
                        ForEach(classes, id: \.code) { Text($0.name.word()).tag(Optional($0.code)) }
                    }
                    TextField(words[.whatHappened], text: $text, axis: .vertical)
                        .onChange(of: text) { typed in store.model?.edit { $0.text = typed } }
                    Button("\(words[.addPhoto]) (\(state.photos.count))") { isTaking = true }
                    ForEach(state.similar, id: \.row.case) { Text("\(words[.similar]): \($0.row.summary ?? "")") }
                    Problem(error: state.problem)
                    Button(words[.handIn]) { handIn() }
                    Button(words[.discard], role: .destructive) { discard() }
                }
            }
            .navigationTitle(words[.report])
            .sheet(isPresented: $isTaking) { camera }
            .task {
                await store.begin(client)
                text = store.state?.form.text ?? ""
            }
            .task { classes = (try? await client.classes()) ?? [] }
            .task { await follow() }
        }

        private var camera: some View {
            Capture(.camera, role: .scene, into: TakenPhotos.own.folder) { taken in
                isTaking = false
                guard case .success(let photo) = taken else { return }
                Task {
                    await store.model?.attach(photo)
                    TakenPhotos.own.remove([photo])
                }
            }
        }

        private var kind: Binding<String?> {
            Binding(
                get: { store.state?.form.kind?.code },
                set: { code in
                    guard let found = classes.first(where: { $0.code == code }) else { return }
                    store.model?.edit { $0.kind = ClassRef(kind: found.kind, code: found.code) }
                })
        }

        private func place(_ place: ReportPlace) -> String {
            switch place {
            case .unknown: words[.noPlace]
            case .outside: words[.outside]
            case .inside(let located): "\(words[.grid]) \(located.duty ?? located.unit)"
            }
        }

        /// The draft lies where the phone is, as far as its fixes can be believed.
        private func follow() async {
            for await judged in fixes.updates() where judged.doubt == nil {
                let fix = judged.fix
                let position = PositionInput(lon: fix.lon, lat: fix.lat, accuracyM: fix.accuracyM, datum: .wgs84)
                store.model?.edit { $0.position = position }
            }
        }

        private func handIn() {
            Task { if await store.model?.handIn() != nil { dismiss() } }
        }

        private func discard() {
            Task {
                try? await store.model?.discard()
                dismiss()
            }
        }
    }
#endif
