import AsyncHTTPClient
import CustodyLog
import Domain
import Foundation
import Providers
import Wire

/// Where an auditor is told that a log is: the gateway's base URL, the log's own, or a directory with its files.
struct LogAddress: Sendable {
    private let source: @Sendable (_ path: String) -> any LogSource
    /// As it was named, without a slash at its end.
    private let base: String
    private let isURL: Bool

    /// - Parameter text: `http[s]://…`, `file:///…` or a path.
    /// - Throws: ``ConfigurationError`` for another scheme.
    init(_ text: String, _ client: HTTPClient) throws {
        let trimmed = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
        isURL = trimmed.hasPrefix("https://") || trimmed.hasPrefix("http://")
        if isURL {
            guard Endpoint(url: trimmed) != nil else {
                throw ConfigurationError("'\(printable(text))' is no URL without user, query and fragment.")
            }
            base = trimmed
            source = { LogServer(client, base: $0) }
        } else {
            base = try Self.path(trimmed)
            source = { LogDirectory(path: $0) }
        }
    }

    private static func path(_ text: String) throws -> String {
        guard text.contains("://") || text.hasPrefix("file:") else { return text }
        guard let url = URL(string: text), url.isFileURL else {
            throw ConfigurationError(
                "'\(printable(text))' isn't where a log can be. Name a URL that begins with https://, or a directory.")
        }
        return url.path
    }

    /// The log, and its checkpoint.
    ///
    /// - Throws: ``LogUnreachable`` where there is none.
    func log() async throws(LogUnreachable) -> (any LogSource, [UInt8]) {
        for path in [base, "\(base)/log"] {
            let source = source(path)
            if let checkpoint = try await source.checkpoint() { return (source, checkpoint) }
        }
        throw LogUnreachable(
            "There is no log at '\(base)': it has neither 'checkpoint' nor 'log/checkpoint'. Check the address; a gateway "
                + "has its log under '/log/'.")
    }

    /// What the place is in; nil for a host.
    private var parent: String? {
        guard let slash = base.lastIndex(of: "/") else { return isURL ? nil : "." }
        let parent = String(base[..<slash])
        return isURL && parent.hasSuffix("/") ? nil : parent
    }

    /// The keys that are published beside the log.
    ///
    /// - Throws: ``LogUnreachable``, or ``ConfigurationError`` where there are none of use.
    func publishedKeys(at now: Timestamp) async throws -> [VerifierKey] {
        for path in [base, parent].compactMap(\.self) {
            let file = try await source(path).file(".well-known/ni-keys.json", most: PublishedKeys.mostBytes)
            if let file { return try PublishedKeys(file).inForce(at: now) }
        }
        throw ConfigurationError(
            "No keys are published at '\(base)/.well-known/ni-keys.json'. Ask the operator for the log's key, and give it "
                + "with --key.")
    }
}

/// What an operator publishes of the keys of a log: `/.well-known/ni-keys.json`.
struct PublishedKeys {
    static let mostBytes = 256 << 10
    private static let mostKeys = 64

    private let keys: [(key: VerifierKey, from: Timestamp?, until: Timestamp?)]

    /// - Throws: ``ConfigurationError`` for anything that isn't a list of keys of one log.
    init(_ bytes: [UInt8]) throws(ConfigurationError) {
        guard bytes.count <= Self.mostBytes, let file = try? JSON(parsing: bytes),
            let origin = file["origin"]?.string.flatMap({ KeyName($0) }), let list = file["keys"]?.array,
            list.count <= Self.mostKeys
        else { throw ConfigurationError("What is published as the log's keys isn't a list of keys.") }
        var keys: [(VerifierKey, Timestamp?, Timestamp?)] = []
        for entry in list {
            guard let text = entry["verifier_key"]?.string, let key = try? VerifierKey(text),
                key.name == origin
            else {
                throw ConfigurationError(
                    "One of the published keys isn't a key of the log '\(printable(origin.text))'.")
            }
            keys.append((key, Self.time(entry["not_before"]), Self.time(entry["not_after"])))
        }
        self.keys = keys
    }

    private static func time(_ value: JSON?) -> Timestamp? { value?.string.flatMap { Timestamp(rfc3339: $0) } }

    /// - Throws: ``ConfigurationError`` where there is none.
    func inForce(at now: Timestamp) throws(ConfigurationError) -> [VerifierKey] {
        let current = keys.filter { ($0.from ?? now) <= now && now < ($0.until ?? .distantFuture) }.map(\.key)
        guard !current.isEmpty else {
            throw ConfigurationError("None of the published keys is in force. Ask the operator for the log's key.")
        }
        return current
    }
}

extension Timestamp {
    fileprivate static let distantFuture = Timestamp(microseconds: .max)
}
