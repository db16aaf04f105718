import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// A log's static files on a server, over HTTP.
struct LogServer: LogSource {
    private let client: HTTPClient
    /// Without a slash at its end.
    private let base: String
    private let retryPause: Duration
    var name: String { base }

    /// Redirections aren't followed: whoever names a log means that one. Certificates are verified.
    static var clientConfiguration: HTTPClient.Configuration {
        .direct(connect: .seconds(10), read: .seconds(30))
    }

    init(_ client: HTTPClient, base: String, retryPause: Duration = .seconds(1)) {
        self.client = client
        self.base = base
        self.retryPause = retryPause
    }

    private static let tries = 3

    /// A reply that says that the server has trouble is asked for again, since an audit asks for very many.
    func file(_ path: String, most: Int) async throws(LogUnreachable) -> [UInt8]? {
        let url = "\(base)/\(path)"
        for _ in 1..<Self.tries {
            if let found = try? await answer(url, most: most) { return found.bytes }
            do { try await Task.sleep(for: retryPause) } catch { throw LogUnreachable("The audit was ended.") }
        }
        return try await answer(url, most: most).bytes
    }

    /// The bytes of a file, nil where the server has none.
    private struct Answer { let bytes: [UInt8]? }

    private func answer(_ url: String, most: Int) async throws(LogUnreachable) -> Answer {
        do {
            let reply = try await client.execute(request(url), deadline: .now() + .seconds(60))
            switch reply.status.code {
            case 200: return Answer(bytes: try await Self.bytes(of: reply, at: url, most: most))
            case 404, 410: return Answer(bytes: nil)
            case 300..<400:
                throw LogUnreachable(
                    "'\(url)' leads elsewhere (status \(reply.status.code)), which isn't followed. Name the URL that it "
                        + "leads to.")
            default:
                throw LogUnreachable("'\(url)' was answered with status \(reply.status.code). Try again later.")
            }
        } catch let error as LogUnreachable {
            throw error
        } catch {
            throw LogUnreachable("'\(url)' can't be read: \(Self.reason(for: error))")
        }
    }

    private func request(_ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "user-agent", value: "northern/\(Northern.version)")
        request.headers.add(name: "accept-encoding", value: "identity")
        return request
    }

    private static func bytes(of reply: HTTPClientResponse, at url: String, most: Int) async throws -> [UInt8] {
        guard reply.headers.first(name: "content-encoding") ?? "identity" == "identity" else {
            throw LogUnreachable(
                "'\(url)' comes compressed, though that wasn't asked for. Tell the server to send it plain.")
        }
        var bytes: [UInt8] = []
        for try await part in reply.body {
            bytes.append(contentsOf: part.readableBytesView.prefix(most + 1 - bytes.count))
            if bytes.count > most { break }
        }
        // A body that is no longer read looks as if it were over.
        try Task.checkCancellation()
        return bytes
    }

    /// What there is to say about a failure, and what to do.
    static func reason(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            "it didn't answer as it should (\(error.shortDescription)). Check the URL, and try again later."
        case is NIOSSLError, is NIOSSLExtraError: "its certificate isn't trusted, or isn't one for its name."
        default:
            "no connection can be made, or it broke. Check its name, and what this machine may reach, and try again."
        }
    }
}
