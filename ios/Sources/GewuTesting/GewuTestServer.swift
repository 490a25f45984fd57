#if os(Linux) || os(macOS)
    import Foundation
    import Gewu

    /// A server of a fictional district, for tests: a process of its own on a free port, with a policy,
    /// classes and a map, that ends with ``stop()`` or when it is let go of.
    ///
    ///     let server = try GewuTestServer()
    ///     try await client.enrol(server: server.url, code: server.code(for: "li", role: "inspector"))
    ///
    /// The program `gewu` is found by the environment variable `GEWU_PROGRAM`.
    public final class GewuTestServer: @unchecked Sendable {
        /// Why there is no server, or what an operator did was refused, in words.
        public struct Failure: Error, CustomStringConvertible {
            public let description: String
        }

        private let program: String
        private let folder: URL
        private let lock = NSLock()
        private var process: Process
        private var address: String

        /// Starts a server; it is ready when this returns.
        public init(program: String? = nil) throws {
            let found = program ?? ProcessInfo.processInfo.environment["GEWU_PROGRAM"]
            guard let found else { throw Failure(description: "GEWU_PROGRAM names no program") }
            self.program = found
            folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("gewu-test-server-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            (process, address) = try Self.launch(found, folder, port: "0")
        }

        deinit { stop() }

        /// Where devices find it. It may change with ``restart()``.
        public var url: String { lock.withLock { address } }

        /// A one-time code with which a user enrols a device. Duty grids of the district are `990101Z01`
        /// to `990101Z04`, a unit is `drainage`.
        public func code(
            for user: String, role: String, units: [String] = [], dutyGrids: [String] = []
        ) throws -> String {
            var words = ["code", "--user", user, "--role", role]
            for unit in units { words += ["--unit", unit] }
            for grid in dutyGrids { words += ["--duty-grid", grid] }
            return try text(of: "code", in: try operate(words))
        }

        private func text(of field: String, in said: String) throws -> String {
            let object = try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any]
            guard let text = object?[field] as? String else {
                throw Failure(description: "no \(field) in \(said)")
            }
            return text
        }

        /// Does what an operator does, by the words of `gewu op`, and gives back what it printed as JSON:
        /// `operate("dispatch", id, "--lead", "drainage")`.
        @discardableResult
        public func operate(_ words: String...) throws -> String { try operate(words) }

        /// Registers an app with a key of its own, so that the city takes its tokens.
        public func addHostApp(_ name: String) throws {
            let (key, publicKey) = (file("\(name).pem"), file("\(name).pub.pem"))
            try run("host-key", ["host-key", "--key", key, "--public", publicKey])
            try operate("host-app", "add", name, "--key", publicKey)
        }

        /// A token as the backend of an app makes one for its user, by what the phone asked for.
        public func hostToken(app: String, user: String, for request: SignInRequest) throws -> String {
            let said = try run("host-token", [
                "host-token", "--key", file("\(app).pem"), "--iss", app, "--sub", user,
                "--aud", request.city, "--nonce", request.device,
            ])
            return try text(of: "token", in: said)
        }

        private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

        private func operate(_ words: [String]) throws -> String {
            let told = "op \(words.joined(separator: " "))"
            return try run(told, ["op", "--server", url, "--token-file", file("city/operator.token")] + words)
        }

        @discardableResult
        private func run(_ told: String, _ words: [String]) throws -> String {
            let run = Process()
            run.executableURL = URL(fileURLWithPath: program)
            run.arguments = ["--json"] + words
            let pipe = Pipe()
            run.standardOutput = pipe
            run.standardError = pipe
            try run.run()
            let said = pipe.fileHandleForReading.readDataToEndOfFile()
            run.waitUntilExit()
            let text = String(decoding: said, as: UTF8.self)
            guard run.terminationStatus == 0 else {
                throw Failure(description: "gewu \(told): \(text)")
            }
            return text
        }

        /// Ends the server as a crash does.
        public func kill() {
            lock.withLock { Self.end(process) }
        }

        /// Starts it again on what it had stored, on its old port.
        public func restart() throws {
            kill()
            let port = url.split(separator: ":").last.map(String.init) ?? "0"
            let started = try Self.launch(program, folder, port: port)
            lock.withLock { (process, address) = started }
        }

        /// Ends the server and removes what it stored.
        public func stop() {
            kill()
            try? FileManager.default.removeItem(at: folder)
        }

        private static func end(_ process: Process) {
            guard process.isRunning else { return }
            // Only a child that was not waited for has this number.
            _ = Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        private static func launch(
            _ program: String, _ folder: URL, port: String
        ) throws -> (Process, String) {
            let ready = folder.appendingPathComponent("ready")
            try? FileManager.default.removeItem(at: ready)
            let log = folder.appendingPathComponent("log")
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
            let out = try FileHandle(forWritingTo: log)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = [
                "serve", "--dir", folder.appendingPathComponent("city").path,
                "--listen", "127.0.0.1:\(port)", "--ready-file", ready.path,
                "--card-key", folder.appendingPathComponent("cards.key").path,
            ]
            process.standardOutput = out
            process.standardError = out
            try process.run()
            let patience = Date(timeIntervalSinceNow: 60)
            while Date() < patience, process.isRunning {
                let url = (try? String(contentsOf: ready, encoding: .utf8)) ?? ""
                if url.hasSuffix("\n") || url.contains("://") {
                    return (process, url.trimmingCharacters(in: .whitespacesAndNewlines))
                }
                Thread.sleep(forTimeInterval: 0.02)
            }
            end(process)
            let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw Failure(description: "the server did not start: \(said)")
        }
    }
#endif
