import Wire

/// What an entry of the admin audit says, as sentences. As ``RecordText``, it takes nothing for granted.
struct ChangeText {
    private let entry: JSON

    /// Nil for another kind of record.
    init?(_ record: JSON) {
        guard record["admin_audit_version"] != nil else { return nil }
        entry = record
    }

    var lines: [String] {
        let place = entry["organization"].map { " of the organization \(Self.word($0))" } ?? ""
        let address = entry["address"].map { ", from \(Self.word($0))" } ?? ""
        let lines = [
            "The change \(word("id")), number \(word("number")): \(word("action")) of \(word("object"))\(place).",
            "It was made at \(word("time")) by \(author)\(address), by the gateway's clock and word.",
            state("Before", "before"), state("After", "after"),
        ]
        return lines.compactMap(\.self)
    }

    private var author: String {
        let actor = entry["actor"]
        switch actor?["kind"]?.string {
        case "member": return "the member \(Self.word(actor?["email"])) (\(Self.word(actor?["id"])))"
        case "token": return "the holder of the admin token"
        case "command_line": return "somebody on the command line"
        default: return Self.word(actor?["kind"])
        }
    }

    private func state(_ label: String, _ member: String) -> String? {
        guard let members = entry[member]?.object?.members else { return nil }
        let texts = members.map { "\(printable($0.key)) \(printable($0.value.text()))" }
        return "\(label): \(texts.joined(separator: ", "))."
    }

    private func word(_ member: String) -> String { Self.word(entry[member]) }

    private static func word(_ value: JSON?) -> String {
        switch value {
        case .string(let text): printable(text)
        case .number(let digits): printable(digits)
        case nil: "(not said)"
        default: "(unreadable)"
        }
    }
}
