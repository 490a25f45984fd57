import Foundation

/// A server that gives every request the same bytes, or takes it and never answers.
final class OneAnswer: Sendable {
    private let ear: Int32
    let url: String

    struct NoEar: Error {}

    init(_ answer: String?) throws {
        let ear = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(ear, $0, size) == 0 && listen(ear, 8) == 0 && getsockname(ear, $0, &size) == 0
            }
        }
        guard bound else { throw NoEar() }
        self.ear = ear
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { Self.serve(ear, answer.map { Array($0.utf8) }) }
    }

    deinit { shutdown(ear, Int32(SHUT_RDWR)) }

    private static func serve(_ ear: Int32, _ answer: [UInt8]?) {
        var kept: [Int32] = []
        while case let caller = accept(ear, nil, nil), caller >= 0 {
            var asked = [UInt8](repeating: 0, count: 65_536)
            _ = read(caller, &asked, asked.count)
            guard let answer else {
                kept.append(caller)
                continue
            }
            _ = send(caller, answer, answer.count, Int32(MSG_NOSIGNAL))
            Foundation.close(caller)
        }
        (kept + [ear]).forEach { Foundation.close($0) }
    }
}
