#if canImport(UIKit) && canImport(SwiftUI) && !os(watchOS) && !os(tvOS)
    import Foundation
    import Gewu
    import SwiftUI
    import UIKit

    /// The camera or the library, as a sheet. What it hands on says where the photo came from, and is a
    /// JPEG in the given folder.
    public struct Capture: UIViewControllerRepresentable {
        /// Where photos come from.
        public enum Source: Sendable {
            /// Taken now.
            case camera
            /// Chosen among older ones.
            case library
        }

        private let source: Source
        private let role: EvidenceRole
        private let folder: URL
        private let done: @MainActor (Result<PhotoFile, GewuError>?) -> Void

        /// `done` hears of the photo, of why there is none, or of nothing when the user went back.
        public init(
            _ source: Source, role: EvidenceRole, into folder: URL,
            done: @escaping @MainActor (Result<PhotoFile, GewuError>?) -> Void
        ) {
            self.source = source
            self.role = role
            self.folder = folder
            self.done = done
        }

        public func makeUIViewController(context: Context) -> UIImagePickerController {
            let picker = UIImagePickerController()
            picker.sourceType = source == .camera ? .camera : .photoLibrary
            picker.delegate = context.coordinator
            return picker
        }

        public func updateUIViewController(_: UIImagePickerController, context _: Context) {}

        public func makeCoordinator() -> Coordinator { Coordinator(self) }

        @MainActor
        public final class Coordinator: NSObject, UIImagePickerControllerDelegate,
            UINavigationControllerDelegate
        {
            private let capture: Capture
            init(_ capture: Capture) { self.capture = capture }

            public func imagePickerController(
                _: UIImagePickerController,
                didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
            ) {
                capture.done(Result { () throws(GewuError) in try capture.file(of: info) })
            }

            public func imagePickerControllerDidCancel(_: UIImagePickerController) {
                capture.done(nil)
            }
        }

        @MainActor
        private func file(of info: [UIImagePickerController.InfoKey: Any]) throws(GewuError) -> PhotoFile {
            let url: URL
            if let picked = info[.imageURL] as? URL {
                url = try Photos.jpeg(of: picked, into: folder)
            } else if let image = info[.originalImage] as? UIImage,
                let jpeg = image.jpegData(compressionQuality: 0.92)
            {
                url = folder.appendingPathComponent("\(UUID().uuidString).jpg")
                do { try jpeg.write(to: url) } catch {
                    throw .storage(problem: .failed("write"), text: "the photo cannot be written")
                }
            } else {
                throw .invalidInput(field: "photo", text: "is no picture")
            }
            // Only what was taken now was taken at a time that we know.
            let now = Millis(Date().timeIntervalSince1970 * 1_000)
            return PhotoFile(
                path: url.path, role: role, provenance: source == .camera ? .camera : .picker,
                capturedAt: source == .camera ? now : nil)
        }
    }
#endif
