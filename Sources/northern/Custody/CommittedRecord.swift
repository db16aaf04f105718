import CustodyLog
import Wire

/// A custody record with its salt: all that its entry in the log is made of.
struct CommittedRecord {
    /// Without `log`.
    let record: JSON
    let commitment: Commitment
    /// The canonical form (RFC 8785) of the record.
    let canonical: [UInt8]
    private let salt: Salt

    private init(_ record: JSON, salt: String?) throws(RecordUnusable) {
        guard record.object != nil else { throw RecordUnusable("It holds no record.") }
        guard let salt = salt.flatMap({ Salt(hex: $0) }) else {
            throw RecordUnusable("The record's salt isn't 32 hex digits in small letters.")
        }
        do { canonical = try record.canonical } catch { throw RecordUnusable("\(error)") }
        self.record = record
        self.salt = salt
        commitment = Commitment(salt: salt, record: canonical)
    }

    /// - Parameter pair: `{"record":…,"salt":"…"}`, as receipts and exports have it.
    /// - Throws: ``RecordUnusable``.
    init(pair: JSON) throws(RecordUnusable) {
        guard let record = pair["record"] else { throw RecordUnusable("It holds no record.") }
        try self.init(record, salt: pair["salt"]?.string)
    }

    /// What the custody API gives for a record: the record, and in its member `log` the salt and the index.
    struct Answer {
        let record: CommittedRecord
        let index: Int

        /// - Throws: ``RecordUnusable``.
        init(_ bytes: [UInt8]) throws(RecordUnusable) {
            let answer: JSON
            do { answer = try JSON(parsing: bytes) } catch { throw RecordUnusable("It isn't JSON: \(error).") }
            guard var object = answer.object, let log = object["log"], let index = log["index"]?.int else {
                throw RecordUnusable("It has no member 'log' with the record's index: the record isn't in the log yet.")
            }
            object["log"] = nil
            self.index = index
            record = try CommittedRecord(.object(object), salt: log["salt"]?.string)
        }
    }
}

extension CommittedRecord: Equatable {
    static func == (one: Self, other: Self) -> Bool { one.canonical == other.canonical && one.salt == other.salt }
}

/// Why nothing can be said of a record.
struct RecordUnusable: Error, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
