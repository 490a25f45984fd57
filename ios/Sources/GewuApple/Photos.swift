#if canImport(ImageIO) && canImport(UniformTypeIdentifiers)
    import Foundation
    import Gewu
    import ImageIO
    import UniformTypeIdentifiers

    /// Photos on their way into the SDK, which reads JPEG.
    public enum Photos {
        /// Writes a picture of any sort that the platform reads, such as HEIC, as JPEG into a folder,
        /// with its metadata: when and where it was taken is evidence. A JPEG is copied as it is.
        public static func jpeg(of picture: URL, into folder: URL) throws(GewuError) -> URL {
            let out = folder.appendingPathComponent("\(UUID().uuidString).jpg")
            guard let source = CGImageSourceCreateWithURL(picture as CFURL, nil) else {
                throw .invalidInput(field: "photo", text: "is no picture")
            }
            if CGImageSourceGetType(source) as String? == UTType.jpeg.identifier {
                do { try FileManager.default.copyItem(at: picture, to: out) } catch {
                    throw .storage(problem: .failed("copy"), text: "the photo cannot be copied")
                }
                return out
            }
            let jpeg = UTType.jpeg.identifier as CFString
            guard let target = CGImageDestinationCreateWithURL(out as CFURL, jpeg, 1, nil) else {
                throw .storage(problem: .failed("write"), text: "the photo cannot be written")
            }
            let quality = [kCGImageDestinationLossyCompressionQuality: 0.92] as CFDictionary
            CGImageDestinationAddImageFromSource(target, source, 0, quality)
            guard CGImageDestinationFinalize(target) else {
                throw .storage(problem: .failed("write"), text: "the photo cannot be written")
            }
            return out
        }
    }
#endif
