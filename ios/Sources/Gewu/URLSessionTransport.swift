import Foundation
import GewuSDK

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Carries requests by `URLSession`: with the platform's proxies and the certificates that it trusts.
/// Follows no redirect, keeps no cookies and nothing in a cache.
public final class URLSessionTransport: HostTransport {
    private let session: URLSession
    private let exchanges: Exchanges

    /// `patience` in seconds is for how long nothing may come; `mostBody` bounds an answer, in bytes.
    public init(patience: TimeInterval = 30, mostBody: Int = 64 << 20) {
        exchanges = Exchanges(mostBody: mostBody)
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = patience
        configuration.httpShouldSetCookies = false
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
    }

    deinit { session.invalidateAndCancel() }

    public func send(order: HttpOrder) throws -> HttpAnswer {
        guard let url = URL(string: order.url) else { throw HostError.Failed }
        var request = URLRequest(url: url)
        request.httpMethod = order.method
        // What is signed is what is sent: no compression by the platform.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        for header in order.headers {
            request.setValue(header.value, forHTTPHeaderField: header.name)
        }
        if !order.body.isEmpty { request.httpBody = order.body }
        return try exchanges.carryOut(session.dataTask(with: request), of: order.line)
    }

    public func cancel(line: UInt64) throws {
        exchanges.cancel(line)
    }
}

/// The requests under way, by their tasks.
private final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
    private final class Exchange: @unchecked Sendable {
        let task: URLSessionDataTask
        let line: UInt64
        let ended = DispatchSemaphore(value: 0)
        // Written by the session's one queue, read after `ended`.
        var body = Data()
        var error: (any Error)?
        var cancelled = false
        var refusal: HTTPURLResponse?
        init(_ task: URLSessionDataTask, of line: UInt64) {
            self.task = task
            self.line = line
        }
    }

    private let mostBody: Int
    private let underWay = Guarded<[Int: Exchange]>([:])

    init(mostBody: Int) { self.mostBody = mostBody }

    func carryOut(_ task: URLSessionDataTask, of line: UInt64) throws -> HttpAnswer {
        let exchange = Exchange(task, of: line)
        underWay.write { $0[task.taskIdentifier] = exchange }
        task.resume()
        exchange.ended.wait()
        let cancelled = underWay.write { all in
            all[task.taskIdentifier] = nil
            return exchange.cancelled
        }
        if let error = exchange.error, exchange.refusal == nil || cancelled {
            throw cancelled ? HostError.Cancelled : reason(error)
        }
        guard let answer = exchange.refusal ?? task.response as? HTTPURLResponse else {
            throw HostError.Offline
        }
        let headers = answer.allHeaderFields.compactMap { name, value -> HttpHeader? in
            guard let name = name as? String, let value = value as? String else { return nil }
            return HttpHeader(name: name.lowercased(), value: value)
        }
        return HttpAnswer(
            status: UInt16(clamping: answer.statusCode), headers: headers, body: exchange.body)
    }

    func cancel(_ line: UInt64) {
        let ending = underWay.write { all in
            let theirs = all.values.filter { $0.line == line }
            theirs.forEach { $0.cancelled = true }
            return theirs
        }
        ending.forEach { $0.task.cancel() }
    }

    func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard let exchange = underWay.read({ $0[dataTask.taskIdentifier] }) else { return }
        guard exchange.body.count + data.count <= mostBody else { return dataTask.cancel() }
        exchange.body.append(data)
    }

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = underWay.read({ $0[task.taskIdentifier] }) else { return }
        exchange.error = error
        exchange.ended.signal()
    }

    func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
        newRequest _: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    /// Nobody is asked for a password: the answer that wants one is the answer. The server's certificate is
    /// judged as the platform judges it.
    func urlSession(
        _: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler:
            @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        guard let refusal = challenge.failureResponse as? HTTPURLResponse else {
            return completionHandler(.performDefaultHandling, nil)
        }
        underWay.read { $0[task.taskIdentifier] }?.refusal = refusal
        completionHandler(.rejectProtectionSpace, nil)
    }

    private func reason(_ error: any Error) -> HostError {
        guard let error = error as? URLError else { return .Failed }
        switch error.code {
        case .timedOut: return .Timeout
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
            return .Insecure
        default: return .Offline
        }
    }
}
