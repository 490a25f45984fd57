import Foundation
import Gewu

/// Where the camera leaves copies of photos until the SDK has taken them in: nobody else looks after them there.
public struct TakenPhotos: Sendable {
    /// Those of this process; what an earlier one left is removed with the first use.
    public static let own = TakenPhotos(FileManager.default.temporaryDirectory.appendingPathComponent("gewu-taken"))

    /// The folder for ``Gewu/PhotoFile``s on their way.
    public let folder: URL

    /// Empties a folder of its own, or makes it.
    public init(_ folder: URL) {
        self.folder = folder
        try? FileManager.default.removeItem(at: folder)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Removes copies that were taken in, or that nobody wants; other files stay.
    public func remove(_ photos: [PhotoFile]) {
        for photo in photos.map({ URL(fileURLWithPath: $0.path).standardizedFileURL })
        where photo.deletingLastPathComponent().path == folder.standardizedFileURL.path {
            try? FileManager.default.removeItem(at: photo)
        }
    }
}
