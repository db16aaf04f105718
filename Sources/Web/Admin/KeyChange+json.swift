import Domain
import Wire

extension KeyChange {
    /// What of a key may be changed.
    private static let kept = ["id", "hint", "organization", "created_at", "revoked_at", "expires_at"]

    /// Reads what a key is to be from now on: what it is, with the members of a patch in place of its own. Null stands for
    /// what a new key has without the member.
    init(_ patch: JSON, of key: APIKey, at now: Timestamp) throws(AdminError) {
        guard let changes = patch.object else { throw KeyDraft.wrongType("body", .object) }
        if changes["environment"] != nil { throw .unknownParameter("environment") }
        if changes["organization"] != nil { throw .unknownParameter("organization") }
        var object: JSONObject = [:]
        for member in key.json.members where !Self.kept.contains(member.key) { object[member.key] = member.value }
        for member in changes.members { object[member.key] = member.value }
        let draft = try KeyDraft(.object(object), at: now)
        self.init(
            name: draft.name, policy: draft.policy,
            expiresAt: changes["expires_at"] == nil ? key.expiresAt : draft.expiresAt)
    }
}
