import Crypto
public import Domain
import Foundation

/// Answers of the admin API, for a day. They may have secrets, so that they are sealed with the master key.
public struct StoredIdempotency: IdempotencyBook {
    private let store: Store
    private let keys: MasterKeys

    public init(store: Store, keys: MasterKeys) {
        self.store = store
        self.keys = keys
    }

    /// Microseconds.
    private static let lifetime: Int64 = 86_400 * 1_000_000
    private static let most = 10_000

    static let table = """
        CREATE TABLE admin_requests (
            id TEXT PRIMARY KEY NOT NULL,  -- keyed digest of who asked, and of the name that they gave it
            content TEXT NOT NULL,         -- keyed digest of what was asked
            at INTEGER NOT NULL,           -- microseconds since 1970
            status INTEGER,                -- NULL as long as there is no answer
            key TEXT,                      -- the id of the master key
            answer BLOB                    -- nonce, ciphertext and tag
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX admin_requests_at ON admin_requests (at);
        """

    /// - Throws: ``StoreError``.
    public func begin(_ request: IdempotentRequest, at now: Timestamp) throws -> IdempotencyState {
        let (id, content) = try names(request)
        return try store.write { database in
            try database.execute(
                sql: "DELETE FROM admin_requests WHERE at <= ?", arguments: [now.microseconds - Self.lifetime])
            let known = try Row.fetchOne(database, sql: "SELECT * FROM admin_requests WHERE id = ?", arguments: [id])
            if let known { return state(known, id, content) }
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM admin_requests") ?? 0 < Self.most else {
                return .full
            }
            try database.execute(
                sql: "INSERT INTO admin_requests (id, content, at) VALUES (?, ?, ?)",
                arguments: [id, content, now.microseconds])
            return .new
        }
    }

    private func state(_ row: Row, _ id: String, _ content: String) -> IdempotencyState {
        guard row["content"] == content else { return .another }
        guard let status: Int = row["status"], let name: String = row["key"], let sealed: Data = row["answer"],
            let key = keys[name], let box = try? AES.GCM.SealedBox(combined: sealed),
            let body = try? AES.GCM.open(box, using: key.sealing, authenticating: Self.associated(id, status, name))
        else { return .unknown }
        return .answered(IdempotentAnswer(status: status, body: Array(body)))
    }

    /// - Throws: ``StoreError``.
    public func answer(_ request: IdempotentRequest, with answer: IdempotentAnswer) throws {
        let id = try names(request).id
        let key = keys.current
        let sealed = try AES.GCM.seal(
            answer.body, using: key.sealing, authenticating: Self.associated(id, answer.status, key.id))
        try store.write { database in
            try database.execute(
                sql: "UPDATE admin_requests SET status = ?, key = ?, answer = ? WHERE id = ?",
                arguments: [answer.status, key.id, sealed.combined, id])
        }
    }

    /// - Throws: ``StoreError``.
    public func forget(_ request: IdempotentRequest) throws {
        let id = try names(request).id
        try store.write { try $0.execute(sql: "DELETE FROM admin_requests WHERE id = ?", arguments: [id]) }
    }

    /// An answer belongs to its request: in the place of another's it doesn't open.
    private static func associated(_ id: String, _ status: Int, _ key: String) -> Data {
        Data("northern admin answer 1 \(id) \(status) \(key)".utf8)
    }

    /// Keyed, since what is asked may be a secret that could be guessed.
    private func names(_ request: IdempotentRequest) throws -> (id: String, content: String) {
        (
            try store.secretDigests.digest("admin request name " + request.name),
            try store.secretDigests.digest("admin request " + request.content.hex)
        )
    }
}
