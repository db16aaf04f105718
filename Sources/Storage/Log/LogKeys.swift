import CustodyLog
import Domain
import Foundation
import Synchronization

/// The keys that checkpoints are signed with, one after another. The public halves and from when to when each signs are in
/// the store, the secret halves in files of the data directory that only their owner may read.
final class LogKeys: Sendable {
    private let store: Store
    private let directory: String
    private let name: KeyName
    /// By their numbers, as far as they were used.
    private let signers = Mutex<[Int: SigningKey]>([:])

    /// - Throws: ``StoreError``, ``FileError``, ``InstallationSecretUnusable`` or ``LogKeyUnusable``.
    init(_ store: Store, directory: String, name: KeyName, at now: Timestamp) throws {
        self.store = store
        self.directory = directory
        self.name = name
        if try all().isEmpty { try add(number: 1, at: now) }
        _ = try inForce(at: now)
    }

    struct Entry: Sendable {
        let number: Int
        let key: VerifierKey
        let notBefore: Timestamp
        let notAfter: Timestamp?

        func isInForce(at now: Timestamp) -> Bool { notBefore <= now && (notAfter.map { now < $0 } ?? true) }
    }

    /// All that there have been, the oldest first.
    ///
    /// - Throws: ``StoreError``.
    func all() throws -> [Entry] { try store.logKeys() }

    /// Those that sign, the newest first; at least one.
    ///
    /// - Throws: ``StoreError``, ``FileError``, ``InstallationSecretUnusable`` or ``LogKeyUnusable``.
    func inForce(at now: Timestamp) throws -> [SigningKey] {
        let entries = try all()
        // A clock that was set back leaves the newest one.
        let valid = entries.filter { $0.isInForce(at: now) }
        return try (valid.isEmpty ? entries.suffix(1) : valid).reversed().map { try signer($0) }
    }

    /// Another key signs from now on, and the one so far for some days beside it.
    ///
    /// - Throws: ``StoreError``, ``FileError`` or ``InstallationSecretUnusable``.
    func rotate(overlap days: Int, at now: Timestamp) throws {
        let last = try all().last?.number ?? 0
        try add(number: last + 1, at: now, overlap: days)
    }

    private func add(number: Int, at now: Timestamp, overlap days: Int = 0) throws {
        let key = try SigningKey(
            name: name, seed: InstallationSecret(Self.fileName(number), directory: directory).bytes)
        try store.addLogKey(
            Entry(number: number, key: key.verifierKey, notBefore: now, notAfter: nil),
            ending: now.adding(seconds: Int64(days) * 86_400))
    }

    private func signer(_ entry: Entry) throws -> SigningKey {
        if let known = signers.withLock({ $0[entry.number] }) { return known }
        let file = Self.fileName(entry.number)
        guard let secret = try InstallationSecret(existing: file, directory: directory),
            let key = try? SigningKey(name: name, seed: secret.bytes), key.verifierKey == entry.key
        else { throw LogKeyUnusable(path: "\(directory)/\(file)") }
        signers.withLock { $0[entry.number] = key }
        return key
    }

    private static func fileName(_ number: Int) -> String { "custody-log-key-\(number).secret" }
}

/// A key that signs checkpoints isn't there, or isn't the one whose public half is known.
public struct LogKeyUnusable: Error, Sendable, CustomStringConvertible {
    public let path: String

    public var description: String {
        "The key '\(path)', which signs the checkpoints of the custody log, is missing or is another one. Restore it from "
            + "the backup. If it is lost, no checkpoint of this log can be signed any more: move the data directory away, "
            + "keep it for its records, and begin with a new one."
    }
}

extension Store {
    func logKeys() throws -> [LogKeys.Entry] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM log_keys ORDER BY number").map { row in
                let (number, text): (Int, String) = (row["number"], row["verifier_key"])
                let (from, to): (Int64, Int64?) = (row["not_before"], row["not_after"])
                guard let key = try? VerifierKey(text) else {
                    throw StoreError.unreadable(table: "log_keys", id: String(number))
                }
                return LogKeys.Entry(
                    number: number, key: key, notBefore: Timestamp(microseconds: from),
                    notAfter: to.map { Timestamp(microseconds: $0) })
            }
        }
    }

    /// - Parameter end: when the one before ends.
    func addLogKey(_ entry: LogKeys.Entry, ending end: Timestamp) throws {
        try change { database, audit in
            // The first one is made with the log, by nobody.
            if entry.number > 1 {
                let before = try String.fetchOne(
                    database, sql: "SELECT verifier_key FROM log_keys ORDER BY number DESC")
                try audit.record(
                    .logKeyRotated, of: entry.key.idText, in: nil,
                    from: ["verifier_key": AuditValue(before)],
                    to: ["verifier_key": .text(entry.key.text), "former_key_until": .text(end.description)])
            }
            try database.execute(
                sql: "UPDATE log_keys SET not_after = ? WHERE not_after IS NULL", arguments: [end.microseconds])
            try database.execute(
                sql: "INSERT INTO log_keys (number, verifier_key, not_before) VALUES (?, ?, ?)",
                arguments: [entry.number, entry.key.text, entry.notBefore.microseconds])
        }
    }
}
