import Crypto
import CustodyLog
import Domain
import Foundation
import Synchronization

/// Tells the admin audit of changes, within the transaction that makes them: a change, its entry, and the entry's place in
/// the transparency log are there together or not at all.
struct ChangeRecorder {
    private let database: Database
    let author: ChangeAuthor
    private let now: Timestamp
    private let digests: SecretDigests

    init(_ database: Database, by author: ChangeAuthor, at now: Timestamp, _ digests: SecretDigests) {
        self.database = database
        self.author = author
        self.now = now
        self.digests = digests
    }

    /// - Parameters:
    ///   - object: the id of what was changed.
    ///   - organization: whose it is; nil: the whole installation's.
    ///   - user: who an author that wasn't known is by now.
    func record(
        _ action: AdminAction, of object: String, in organization: OrganizationID?, by user: User? = nil,
        from before: AuditValue? = nil, to after: AuditValue? = nil
    ) throws {
        // First: what is read from here on stays until the end of the transaction.
        _ = try database.lockedLogState()
        let author = user.map { self.author.becoming($0, in: organization ?? .default) } ?? self.author
        let last = try Row.fetchOne(
            database, sql: "SELECT number, salt, CAST(entry AS BLOB) AS entry FROM admin_audit ORDER BY number DESC")
        let number = (last?["number"] ?? 0) + 1
        let id = "adm_" + RandomText.base62(count: 16)
        var members: [String: AuditValue] = [
            "action": .text(action.rawValue), "actor": author.audited, "admin_audit_version": .number(1),
            "id": .text(id), "number": .number(number), "object": .text(object), "time": .text(now.description),
        ]
        members["address"] = author.address.map { .text($0.description) }
        members["organization"] = organization.map { .text($0.rawValue) }
        members["previous"] = last.flatMap(AdminAuditRow.commitment).map { .text($0.hex) }
        members["before"] = before
        members["after"] = after
        try append(AuditValue.members(members).canonical, number, id)
    }

    private func append(_ entry: [UInt8], _ number: Int, _ id: String) throws {
        // Changes are rare: the edge of the log is read for each of them, whoever else appends to it.
        var sequencer = try LogSequencer(in: database)
        let place = sequencer.nextPlace()
        try database.execute(
            sql: "INSERT INTO admin_audit (number, id, entry, salt, leaf) VALUES (?, ?, CAST(? AS TEXT), ?, ?)",
            arguments: [number, id, Data(entry), Data(place.salt.bytes), place.index])
        entry.withUnsafeBytes { sequencer.append($0, salt: place.salt) }
        try sequencer.store(in: database)
        try database.execute(sql: "UPDATE log_state SET admin_entries = ?", arguments: [number])
    }

    /// What stands for a secret: the same for the same one, and nothing that it can be found from.
    func digest(_ secret: String) throws -> AuditValue { .text(try digests.digest(secret)) }
}

/// HMAC-SHA256 under a secret that the installation makes when it first needs it.
final class SecretDigests: Sendable {
    private let directory: String
    private let key = Mutex<[UInt8]?>(nil)

    static let fileName = "admin-audit.secret"

    init(directory: String) { self.directory = directory }

    /// - Throws: ``FileError`` or ``InstallationSecretUnusable``.
    func digest(_ secret: String) throws -> String {
        let key = try key.withLock { key in
            if let key { return key }
            let made = try InstallationSecret(Self.fileName, directory: directory).key(for: "admin audit", "")
            key = made
            return made
        }
        let code = HMAC<SHA256>.authenticationCode(for: Array(secret.utf8), using: SymmetricKey(data: key))
        return "hmac-sha256:" + Array(code).hex
    }
}

extension Store {
    /// Changes something that the admin audit tells of, in a transaction: all of it, or none. It is on the disk afterwards.
    func change<Value>(_ work: (Database, ChangeRecorder) throws -> Value) throws -> Value {
        // Asked for here: what is local to a task isn't known on the connection's queue.
        let author = ChangeAuthor.current
        let now = clock()
        return try write { database in
            try work(database, ChangeRecorder(database, by: author, at: now, secretDigests))
        }
    }
}
