package import Domain
import Wire

/// A change, as lists show it.
package struct AuditedChange: Sendable {
    package let id: AdminAuditEntry.ID
    package let time: String
    /// An e-mail address, or what kind of actor it was.
    package let actor: String
    package let action: String
    package let object: String
    package let organization: String?
    package let address: String?
    let before: JSON?
    let after: JSON?

    /// What can't be read is left empty: it is shown that it was changed.
    package init(_ entry: AdminAuditEntry) {
        let stored = (try? JSON(parsing: entry.json)) ?? .null
        id = entry.id
        time = stored["time"]?.string ?? ""
        let author = stored["actor"]
        actor = author?["email"]?.string ?? author?["kind"]?.string ?? ""
        action = stored["action"]?.string ?? ""
        object = stored["object"]?.string ?? ""
        organization = stored["organization"]?.string
        address = stored["address"]?.string
        before = stored["before"]
        after = stored["after"]
    }

    /// One member of what was changed.
    struct Member: Sendable {
        let name: String
        let before: String
        let after: String
        let isChanged: Bool
    }

    /// In the order of their names; empty texts where one isn't there.
    var members: [Member] {
        let (old, new) = (before?.object ?? [:], after?.object ?? [:])
        return Set((old.members + new.members).map(\.key)).sorted().map { name in
            let (before, after) = (old[name], new[name])
            return Member(
                name: name, before: Self.text(before), after: Self.text(after), isChanged: before != after)
        }
    }

    private static func text(_ value: JSON?) -> String {
        switch value {
        case nil: ""
        case .string(let text)?: text
        case .null?: "–"
        case let value?: value.text()
        }
    }

    package var line: String {
        let parts = [time, id, actor, action, object, organization, address.map { "from \($0)" }]
        return parts.compactMap(\.self).joined(separator: "  ")
    }
}
