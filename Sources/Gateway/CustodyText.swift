package import Domain
import Wire

/// What custody gives back, as callers get it.
package enum CustodyText {
    /// The record, and behind its own members its place in the log.
    static func record(_ record: ArchivedRecord) -> [UInt8] {
        guard let place = record.place, record.json.last == UInt8(ascii: "}") else { return record.json }
        var text = record.json
        text.removeLast()
        text.append(",\"log\":{\"index\":")
        text.append(decimal: place.index)
        text.append(",\"salt\":")
        text.append(json: place.salt)
        text.append("}}")
        return text
    }

    static func page(_ page: CustodyPage) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(page.records.reduce(64) { $0 + $1.json.count + 128 })
        text.append("{\"records\":[")
        for (index, record) in page.records.enumerated() {
            if index > 0 { text.append(",") }
            text.append(contentsOf: self.record(record))
        }
        text.append("],\"next\":")
        text.append(cursor: page.next)
        text.append("}")
        return text
    }

    /// A line for the checkpoint, one for each record, and one for where it goes on.
    package static func export(_ export: CustodyExport) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(export.records.reduce(1024) { $0 + $1.json.count + 1536 })
        text.append("{\"checkpoint\":")
        text.append(json: export.checkpoint)
        text.append("}\n")
        for record in export.records {
            text.append("{\"index\":")
            text.append(decimal: record.place.index)
            text.append(",\"proof\":[")
            for (index, hash) in record.proof.enumerated() {
                if index > 0 { text.append(",") }
                text.append(json: hash)
            }
            text.append("],\"record\":")
            text.append(contentsOf: record.json)
            text.append(",\"salt\":")
            text.append(json: record.place.salt)
            text.append("}\n")
        }
        text.append("{\"next\":")
        text.append(cursor: export.next)
        text.append("}\n")
        return text
    }

    package static func keys(_ identity: LogIdentity) -> [UInt8] {
        let keys = identity.keys.map { key -> JSON in
            [
                "id": .string(key.id), "algorithm": "ed25519", "public_key": .string(key.publicKey),
                "verifier_key": .string(key.verifierKey), "not_before": .string(key.notBefore.description),
                "not_after": key.notAfter.map { .string($0.description) } ?? .null,
            ]
        }
        let witnesses = identity.witnesses.map { witness -> JSON in
            ["name": .string(witness.name), "verifier_key": .string(witness.verifierKey)]
        }
        let list: JSON = [
            "origin": .string(identity.origin), "log": "/log/", "keys": .array(keys), "witnesses": .array(witnesses),
        ]
        return Array(list.text().utf8)
    }
}

extension [UInt8] {
    fileprivate mutating func append(cursor: RequestID?) {
        if let cursor { append(json: cursor.hex) } else { append("null") }
    }
}
