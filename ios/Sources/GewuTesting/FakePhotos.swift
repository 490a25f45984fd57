import Foundation
import Gewu

/// Width and height of a picture, in pixels.
struct PhotoSize: Equatable {
    let width: UInt32
    let height: UInt32

    /// What the first frame header of a JPEG says (ITU-T T.81, B.2.2); nothing for what is no JPEG.
    init?(jpeg: [UInt8]) {
        func word(_ at: Int) -> Int { Int(jpeg[at]) << 8 | Int(jpeg[at + 1]) }
        guard jpeg.count > 4, word(0) == 0xFFD8 else { return nil }
        var at = 2
        while at + 9 <= jpeg.count {
            let marker = word(at)
            if (0xFFC0...0xFFCF).contains(marker), ![0xFFC4, 0xFFC8, 0xFFCC].contains(marker) {
                self.init(width: UInt32(word(at + 7)), height: UInt32(word(at + 5)))
                return
            }
            guard marker >= 0xFF00 else { return nil }
            at += 2 + word(at + 2)
        }
        return nil
    }

    private init(width: UInt32, height: UInt32) { (self.width, self.height) = (width, height) }
}

extension FakePhoto {
    /// Reads a photo by its path. The real library makes it smaller; the fake keeps it as it is.
    init(_ file: PhotoFile) throws {
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw SdkError.InvalidInput(field: "photo", text: "the file of the photo cannot be read")
        }
        guard let size = PhotoSize(jpeg: [UInt8](data)) else {
            throw SdkError.InvalidInput(field: "photo", text: "the file is no photo")
        }
        self.init(sha256: fakeDigest(data), bytes: UInt64(data.count), size: size, file: file)
    }

    func attached(_ at: Millis) -> AttachedPhoto {
        AttachedPhoto(
            sha256: sha256, thumbSha256: nil, role: file.role, provenance: file.provenance, bytes: bytes,
            width: size.width, height: size.height, capturedAt: file.capturedAt ?? at)
    }
}

/// A digest of the length of the real ones: FNV-1a, four times from different beginnings. Foundation has no
/// SHA-256, and a fake keeps nothing that somebody would want to forge.
func fakeDigest(_ data: Data) -> String {
    var sums: [UInt64] = [0xcbf2_9ce4_8422_2325, 1, 2, 3]
    for byte in data {
        for index in sums.indices { sums[index] = (sums[index] ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return sums.map { hex($0, 16) }.joined()
}

func hex(_ number: UInt64, _ digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
