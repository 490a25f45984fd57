import Foundation
import Gewu

/// What is written on an upload of the platform's, to know it again after the app was gone. Nothing
/// secret: the request's headers are not on it.
struct Ticket: Codable, Equatable {
    let sha256: String
    let caseId: String
    let offset: UInt64
    let bytes: UInt64
    let url: String
    let until: Int64
    /// The file with the rest of the photo, to be removed at the end.
    let copy: String?

    init(_ upload: HandedUpload, _ copy: String?) {
        sha256 = upload.sha256
        caseId = upload.case
        offset = upload.offset
        bytes = upload.bytes
        url = upload.url
        until = upload.until
        self.copy = copy
    }

    init?(text: String?) {
        let read = text.flatMap { try? JSONDecoder().decode(Ticket.self, from: Data($0.utf8)) }
        guard let read else { return nil }
        self = read
    }

    var text: String {
        // Numbers and strings always encode.
        let data = (try? JSONEncoder().encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    var upload: HandedUpload {
        HandedUpload(
            sha256: sha256, case: caseId, path: nil, offset: offset, bytes: bytes, url: url,
            headers: [], until: until)
    }
}

/// The file to upload: the photo itself, or a copy of what is left of it.
struct Rest {
    let url: URL
    let copied: Bool

    init(of path: String, from offset: UInt64) throws {
        let whole = URL(fileURLWithPath: path)
        guard offset > 0 else {
            (url, copied) = (whole, false)
            return
        }
        let file = try FileHandle(forReadingFrom: whole)
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        let rest = FileManager.default.temporaryDirectory
            .appendingPathComponent("gewu-upload-\(UUID().uuidString)")
        try (file.readToEnd() ?? Data()).write(to: rest)
        (url, copied) = (rest, true)
    }
}
