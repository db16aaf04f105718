import Wire

/// A JSON Schema with its `$ref` and `allOf` resolved, one level at a time.
struct Schema {
    let members: JSONObject

    /// - Parameter root: where `$ref` points into.
    init(_ schema: JSON, root: JSON) {
        members = Self.resolved(schema.object ?? [:], root: root, depth: 0)
    }

    subscript(key: String) -> JSON? { members[key] }

    /// The first type named that is not `null`; found by the other members when there is none.
    var type: String {
        if let type = members["type"]?.string { return type }
        if let types = members["type"]?.array {
            return types.compactMap(\.string).first { $0 != "null" } ?? "null"
        }
        if members["properties"] != nil || members["additionalProperties"]?.object != nil { return "object" }
        if members["items"] != nil || members["prefixItems"] != nil { return "array" }
        return "string"
    }

    /// What has to hold of a value, as a number.
    func limit(_ key: String) -> Int? { members[key]?.int }

    private static func resolved(_ schema: JSONObject, root: JSON, depth: Int) -> JSONObject {
        guard depth < 16 else { return schema }
        var result = schema
        if let reference = schema["$ref"]?.string {
            result["$ref"] = nil
            let target = target(of: reference, in: root)?.object ?? [:]
            result = merged(resolved(target, root: root, depth: depth + 1), result)
        }
        guard let parts = result["allOf"]?.array else { return result }
        result["allOf"] = nil
        for part in parts {
            result = merged(result, resolved(part.object ?? [:], root: root, depth: depth + 1))
        }
        return result
    }

    private static func target(of reference: String, in root: JSON) -> JSON? {
        guard reference.hasPrefix("#") else { return nil }
        var place: JSON? = root
        for step in reference.dropFirst().split(separator: "/") {
            let plain = step.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
            let key = plain.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
            place =
                Int(key).flatMap { index in place?.array.flatMap { $0.indices ~= index ? $0[index] : nil } }
                ?? place?[key]
        }
        return place
    }

    /// Both schemas' members; properties and required names are joined, else the second wins.
    private static func merged(_ first: JSONObject, _ second: JSONObject) -> JSONObject {
        var result = first
        for (key, value) in second.members.map({ ($0.key, $0.value) }) {
            switch (key, result[key], value) {
            case ("properties", .object(let old), .object(let new)):
                var properties = old
                for member in new.members { properties[member.key] = member.value }
                result[key] = .object(properties)
            case ("required", .array(let old), .array(let new)):
                result[key] = .array(old + new.filter { !old.contains($0) })
            default: result[key] = value
            }
        }
        return result
    }
}
