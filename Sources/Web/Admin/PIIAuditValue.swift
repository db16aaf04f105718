package import Domain
package import Wire

/// One value that was replaced in a request, as the admin API and the command line show it.
package struct PIIAuditValue: Sendable {
    package let time: Timestamp
    package let request: Domain.RequestID
    package let organization: String
    package let key: String
    package let type: String
    /// How often it was replaced.
    package let count: Int
    /// The same for the same value.
    package let digest: String
    package let standIn: String

    package var json: JSON {
        [
            "time": .string(time.description),
            "request": .string(request.hex),
            "organization": .string(organization),
            "key": .string(key),
            "type": .string(type),
            "count": JSON(count),
            "digest": .string(digest),
            "stand_in": .string(standIn),
        ]
    }
}

extension PIIAuditEntry {
    /// Each value of a type, or of all. What can't be read is left out.
    package func values(of type: EntityType?) -> [PIIAuditValue] {
        guard let stored = try? JSON(parsing: json), let key = stored["key"]?.string else { return [] }
        return (stored["entries"]?.array ?? []).compactMap { value in
            guard let name = value["type"]?.string, type == nil || name == type?.name,
                let count = value["count"]?.int, let digest = value["digest"]?.string,
                let standIn = value["stand_in"]?.string
            else { return nil }
            return PIIAuditValue(
                time: time, request: request, organization: organization, key: key, type: name, count: count,
                digest: digest, standIn: standIn)
        }
    }
}
