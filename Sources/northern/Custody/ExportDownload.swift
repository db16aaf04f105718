import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// Asks a gateway for an organization's closed records, page by page: `GET /api/usage/custody/export`.
struct ExportDownload {
    private let client: HTTPClient
    /// Without a slash at its end, and without `/v1`.
    private let base: String
    private let key: String
    private let period: Period

    /// Of when requests were opened, as the gateway reads it: RFC 3339 or YYYY-MM-DD. The beginning is included.
    struct Period {
        let from: String
        let to: String
    }

    init(_ client: HTTPClient, url: String, key: String, _ period: Period) {
        self.client = client
        var base = url[...]
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/v1") { base.removeLast(3) }
        self.base = String(base)
        self.key = key
        self.period = period
    }

    /// Takes each line as it comes, but for those that say where the next page begins.
    ///
    /// - Parameter take: gets a line without its newline.
    /// - Throws: ``LogUnreachable``, or ``ConfigurationError`` where the gateway refuses, or `take` does.
    func run(_ take: ([UInt8]) throws(ConfigurationError) -> Void) async throws {
        var cursor: String?
        repeat {
            let next = try await page(after: cursor, take)
            guard next == nil || next != cursor else {
                throw LogUnreachable("The gateway gives the same page again and again. Tell its operator.")
            }
            cursor = next
        } while cursor != nil
    }

    /// - Returns: where the next page begins; nil behind the last one.
    private func page(after cursor: String?, _ take: ([UInt8]) throws(ConfigurationError) -> Void) async throws
        -> String?
    {
        do {
            let reply = try await client.execute(request(after: cursor), timeout: .minutes(10))
            guard reply.status == .ok else { throw await refusal(reply) }
            var page = ExportPage()
            for try await part in reply.body {
                for line in try page.add(part.readableBytesView) { try take(line) }
            }
            return try page.end()
        } catch  where error is LogUnreachable || error is ConfigurationError {
            throw error
        } catch {
            throw LogUnreachable("'\(printable(base))' can't be read: \(LogServer.reason(for: error))")
        }
    }

    private func request(after cursor: String?) -> HTTPClientRequest {
        var url = "\(base)/api/usage/custody/export?from=\(period.from.queryEncoded)&to=\(period.to.queryEncoded)"
        if let cursor { url += "&cursor=\(cursor.queryEncoded)" }
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "user-agent", value: "northern/\(Northern.version)")
        request.headers.add(name: "accept", value: "application/x-ndjson")
        request.headers.add(name: "authorization", value: "Bearer \(key)")
        return request
    }

    /// Why there is no page, in the gateway's own words where it has any.
    private func refusal(_ reply: HTTPClientResponse) async -> any Error {
        let body = try? await reply.body.collect(upTo: 64 << 10)
        let words = body.flatMap { try? JSON(parsing: $0.readableBytesView) }?["error"]?["message"]?.string
        let said = words.map { ", in its words '\(printable($0))'." } ?? "."
        let status = reply.status.code
        guard 400..<500 ~= status, status != 408, status != 429 else {
            return LogUnreachable("The gateway answered with status \(status)\(said) Try again later.")
        }
        return ConfigurationError(
            "The gateway refused the export with status \(status)\(said) Check the URL, the key and the period.")
    }
}

extension String {
    /// As the value of a query (RFC 3986, section 3.4): only what is unreserved stands as it is.
    fileprivate var queryEncoded: String {
        addingPercentEncoding(withAllowedCharacters: .unreserved) ?? ""
    }
}

extension CharacterSet {
    fileprivate static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

/// One page of an export, as its bytes come: lines, of which the last one says where the next page begins.
struct ExportPage {
    /// Of a line: a record with all its attempts is far shorter.
    static let mostLineBytes = 4 << 20

    private var splitter = LineSplitter(mostBytes: mostLineBytes)
    private var ending: Ending?

    private struct Ending { let cursor: String? }

    /// - Returns: lines of the export.
    /// - Throws: ``LogUnreachable`` for what is no page of an export.
    mutating func add(_ bytes: some Collection<UInt8>) throws(LogUnreachable) -> [[UInt8]] {
        let lines: [[UInt8]]
        do { lines = try splitter.add(bytes) } catch { throw Self.noExport }
        var kept: [[UInt8]] = []
        for line in lines where try isKept(line) { kept.append(line) }
        return kept
    }

    private static let noExport = LogUnreachable("What the gateway gives isn't an export. Check the URL.")

    /// - Returns: where the next page begins; nil where this was the last one.
    /// - Throws: ``LogUnreachable`` where the page isn't whole.
    mutating func end() throws(LogUnreachable) -> String? {
        if let line = splitter.end() { _ = try isKept(line) }
        guard let ending else {
            throw LogUnreachable("The gateway's answer broke off before its last line. Try again.")
        }
        return ending.cursor
    }

    private mutating func isKept(_ line: [UInt8]) throws(LogUnreachable) -> Bool {
        guard ending == nil, let value = try? JSON(parsing: line) else { throw Self.noExport }
        guard let next = value["next"] else { return true }
        ending = Ending(cursor: next.string)
        return false
    }
}
