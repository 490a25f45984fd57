#if canImport(SwiftUI) && canImport(UIKit)
    import Gewu
    import GewuModels
    import SwiftUI

    extension Color {
        init(_ colour: Colour) {
            self.init(
                red: Double(colour.red) / 255, green: Double(colour.green) / 255, blue: Double(colour.blue) / 255)
        }
    }

    extension EnvironmentValues {
        /// The colours by day and in the dark.
        var palette: Palette { colorScheme == .dark ? .dark : .light }
    }

    /// What went wrong, in the app's words and the SDK's.
    struct Problem: View {
        let error: GewuError?
        @Environment(\.palette) private var palette
        private let words = Words()

        var body: some View {
            if let error, let word = Word(error.wayOut) {
                Text("\(words[word]): \(error.text)").foregroundStyle(Color(palette.overdue))
            }
        }
    }

    /// A row of a list, read out as one thing.
    struct RowView: View {
        let row: ListRow

        var body: some View {
            VStack(alignment: .leading) {
                Text(row.title)
                Text(row.stage).font(.footnote).foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(row.spoken)
        }
    }

    /// Holds what a live query says as long as the view is there.
    struct Live<Value: Sendable & Equatable, Content: View>: View {
        let query: LiveQuery<Value>
        @ViewBuilder let content: (Value) -> Content
        @State private var value: Value?

        var body: some View {
            Group {
                if let value { content(value) } else { ProgressView() }
            }
            .task {
                do {
                    for try await next in query { value = next }
                } catch {
                    // It ended with the case or the client; what was shown stays.
                }
            }
        }
    }
#endif
