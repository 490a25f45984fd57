// A background session exists on Apple's platforms only.
#if !canImport(FoundationNetworking)
    import Foundation
    import Gewu

    /// Uploads photos by the platform's uploader, which goes on when the app is gone.
    ///
    /// Make one for each start of the app with the same identifier: uploads that ended while it was gone
    /// are told then. A file whose fate nobody told goes up with a sync, once its time is over.
    public final class BackgroundUploads: NSObject, URLSessionDataDelegate, @unchecked Sendable {
        private let client: GewuClient
        private var session: URLSession!

        public init(_ client: GewuClient, identifier: String = "gewu.uploads") {
            self.client = client
            super.init()
            let configuration = URLSessionConfiguration.background(withIdentifier: identifier)
            configuration.httpShouldSetCookies = false
            configuration.isDiscretionary = false
            session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        }

        /// Hands the next files over, so many at most.
        public func begin(most: Int = 8) async throws(GewuError) {
            for upload in try await client.handOverUploads(most: most) { await start(upload) }
        }

        private func start(_ upload: HandedUpload) async {
            guard let path = upload.path, let url = URL(string: upload.url),
                let rest = try? Rest(of: path, from: upload.offset)
            else { return await tell(upload, .failed) }
            var request = URLRequest(url: url)
            request.httpMethod = "PATCH"
            for header in upload.headers {
                request.setValue(header.value, forHTTPHeaderField: header.name)
            }
            let task = session.uploadTask(with: request, fromFile: rest.url)
            task.taskDescription = Ticket(upload, rest.copied ? rest.url.path : nil).text
            task.resume()
        }

        private func tell(_ upload: HandedUpload, _ result: HandedResult) async {
            // What cannot be told now is taken up by a sync later.
            try? await client.handedUploadEnded(upload, result)
        }

        public func urlSession(
            _: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
        ) {
            guard let ticket = Ticket(text: task.taskDescription) else { return }
            if let copy = ticket.copy { try? FileManager.default.removeItem(atPath: copy) }
            let answer = error == nil ? task.response as? HTTPURLResponse : nil
            let result = answer.map { answer in
                HandedResult.answered(
                    status: UInt16(clamping: answer.statusCode),
                    offset: answer.value(forHTTPHeaderField: "Upload-Offset").flatMap { UInt64($0) })
            }
            Task { await tell(ticket.upload, result ?? .failed) }
        }

        public func urlSession(
            _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
            newRequest _: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
#endif
