import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a list's source for it, over HTTP.
struct AddressListDownload: Sendable {
    private let client: HTTPClient
    private let mostBytes: Int
    private let mostTime: Duration

    /// Redirections aren't followed: what an operator has named is asked, and nobody else. Certificates are verified.
    static var clientConfiguration: HTTPClient.Configuration {
        .direct(connect: .seconds(10), read: .seconds(30))
    }

    init(
        _ client: HTTPClient, mostBytes: Int = AddressLists.mostBytes, mostTime: Duration = .seconds(120)
    ) {
        self.client = client
        self.mostBytes = mostBytes
        self.mostTime = mostTime
    }

    enum Answer: Sendable {
        /// The copy that was told of is still what the source has.
        case unchanged
        case list([UInt8], etag: String?, lastModified: String?)
    }

    /// - Parameter note: of the copy that is there, so that it isn't sent again.
    func list(at url: String, unless note: AddressListCopy.Note?) async throws(AddressListFailure) -> Answer {
        do {
            return try await within(mostTime) { try await answer(url, note) }
        } catch is TimeIsUp {
            throw AddressListFailure("It took longer than \(mostTime).")
        } catch let failure as AddressListFailure {
            throw failure
        } catch let error as HTTPClientError {
            throw AddressListFailure("It didn't answer as it should: \(error.shortDescription).")
        } catch is NIOSSLError, is NIOSSLExtraError {
            throw AddressListFailure("Its certificate isn't trusted, or isn't one for its name.")
        } catch {
            throw AddressListFailure(
                "No connection can be made, or it broke. Check its name, and what this machine may reach.")
        }
    }

    private func answer(_ url: String, _ note: AddressListCopy.Note?) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "user-agent", value: "northern/\(Northern.version)")
        request.headers.add(name: "accept", value: "application/json")
        if let etag = note?.etag { request.headers.add(name: "if-none-match", value: etag) }
        if let date = note?.lastModified { request.headers.add(name: "if-modified-since", value: date) }
        let reply = try await client.execute(request, deadline: .now() + .seconds(60))
        switch reply.status.code {
        case 200: return try await list(in: reply)
        case 304 where note != nil: return .unchanged
        case 300..<400:
            throw AddressListFailure(
                "It leads elsewhere (status \(reply.status.code)), which isn't followed: set the URL that it leads to.")
        default: throw AddressListFailure("It answered with status \(reply.status.code).")
        }
    }

    private func list(in reply: HTTPClientResponse) async throws -> Answer {
        var bytes: [UInt8] = []
        for try await part in reply.body {
            guard bytes.count + part.readableBytes <= mostBytes else {
                throw AddressListFailure("It is longer than \(mostBytes) bytes.")
            }
            bytes.append(contentsOf: part.readableBytesView)
        }
        // A body that is no longer read looks as if it were over.
        try Task.checkCancellation()
        return .list(bytes, etag: reply.short("etag"), lastModified: reply.short("last-modified"))
    }
}

extension HTTPClientResponse {
    /// A header field that is worth keeping.
    fileprivate func short(_ name: String) -> String? {
        headers.first(name: name).flatMap { 1...1_024 ~= $0.utf8.count ? $0 : nil }
    }
}

/// Why there is no newer list. It says nothing of what was read.
struct AddressListFailure: Error, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Timestamp {
    /// Reads a date as HTTP writes it (RFC 9110 section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    init?(httpDate text: String) {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let seconds = format.date(from: text)?.timeIntervalSince1970, 0...4e9 ~= seconds else { return nil }
        self.init(seconds: Int64(seconds))
    }
}
