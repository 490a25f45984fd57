#if canImport(SwiftUI) && canImport(UIKit)
    import Gewu
    import GewuApple
    import GewuModels
    import SwiftUI

    /// Today's list, and what waits to be sent.
    struct TodaySection: View {
        let model: TodayModel
        private let words = Words()

        var body: some View {
            Section(words[.today]) {
                Live(query: model.banner) { Text($0).foregroundStyle(.secondary) }
                Live(query: model.rows) { rows in
                    if rows.isEmpty { Text(words[.nothing]) }
                    ForEach(rows) { RowView(row: $0) }
                }
            }
        }
    }

    /// Tasks by urgency, each with its buttons.
    struct TasksSection: View {
        let model: TasksModel
        @State private var problem: GewuError?
        @State private var asking: Asking?
        @Environment(\.palette) private var palette
        private let words = Words()

        /// Photos that a button waits for.
        private struct Asking: Identifiable {
            let row: TaskRow
            let button: TaskButton
            var photos: [PhotoFile] = []
            var id: CaseId { row.id }
        }

        var body: some View {
            Section(words[.tasks]) {
                Problem(error: problem)
                Live(query: model.rows) { rows in ForEach(rows) { row($0) } }
            }
            .sheet(item: $asking) { asking in
                Capture(.camera, role: .other, into: TakenPhotos.own.folder) { taken in
                    take(taken, asking)
                }
            }
        }

        private func row(_ row: TaskRow) -> some View {
            VStack(alignment: .leading) {
                Text("\(words[row.urgency.word]) · \(row.title)")
                    .foregroundStyle(Color(palette.colour(of: row.urgency)))
                    .accessibilityLabel(row.spoken)
                    .onTapGesture { Task { _ = try? await model.open(row.id) } }
                HStack {
                    ForEach(row.buttons, id: \.self) { button in
                        Button(words[button.word]) { tap(button, row) }
                            .buttonStyle(.bordered)
                            .accessibilityLabel(words.spoken(words[button.word], row.title))
                    }
                }
            }
        }

        private func tap(_ button: TaskButton, _ row: TaskRow) {
            if button.wantsPhotos {
                asking = Asking(row: row, button: button)
            } else {
                send(button, row, [])
            }
        }

        /// A work needs two photos, the others one.
        private func take(_ taken: Result<PhotoFile, GewuError>?, _ before: Asking) {
            asking = nil
            guard case .success(let photo) = taken else { return TakenPhotos.own.remove(before.photos) }
            var next = before
            next.photos.append(photo)
            if next.button == .handle, next.photos.count < 2 {
                asking = next
            } else {
                send(next.button, next.row, next.photos)
            }
        }

        private func send(_ button: TaskButton, _ row: TaskRow, _ photos: [PhotoFile]) {
            Task {
                do throws(GewuError) {
                    try await model.tap(button, row.id, photos: photos)
                    problem = nil
                } catch { problem = error }
                TakenPhotos.own.remove(photos)
            }
        }
    }

    /// A citizen's own reports.
    struct MyReportsSection: View {
        let model: MyReportsModel
        @State private var problem: GewuError?
        private let words = Words()

        var body: some View {
            Section(words[.myReports]) {
                Problem(error: problem)
                Live(query: model.reports) { reports in ForEach(reports) { report($0) } }
            }
        }

        private func report(_ report: OwnReport) -> some View {
            VStack(alignment: .leading) {
                RowView(row: report.row)
                HStack {
                    ForEach(report.buttons, id: \.self) { button in
                        if button == .rate { stars(report.id) } else { plain(button, report.id) }
                    }
                }
            }
        }

        private func stars(_ id: CaseId) -> some View {
            ForEach(UInt8(1)...5, id: \.self) { count in
                Button("★") { run { () async throws(GewuError) in _ = try await model.rate(id, stars: count) } }
                    .accessibilityLabel(words.spoken(words[.rate], "\(count)/5"))
            }
        }

        private func plain(_ button: ReportButton, _ id: CaseId) -> some View {
            Button(words[button.word]) {
                run { () async throws(GewuError) in
                    _ = button == .urge ? try await model.urge(id) : try await model.withdraw(id)
                }
            }
        }

        private func run(_ work: @escaping @MainActor () async throws(GewuError) -> Void) {
            Task {
                do throws(GewuError) {
                    try await work()
                    problem = nil
                } catch { problem = error }
            }
        }
    }
#endif
