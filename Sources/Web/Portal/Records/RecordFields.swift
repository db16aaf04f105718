import Wire

/// All that a record says, field by field: `attempts.1.host`, and what it is.
struct RecordFields {
    private(set) var fields: [(name: String, value: String)] = []

    init(_ record: JSON) { add(record, as: "") }

    private mutating func add(_ value: JSON, as name: String) {
        switch value {
        case .object(let object):
            for member in object.members { add(member.value, as: name.isEmpty ? member.key : "\(name).\(member.key)") }
        case .array(let elements):
            if elements.isEmpty { fields.append((name, "[]")) }
            for (index, element) in elements.enumerated() { add(element, as: "\(name).\(index + 1)") }
        case .string(let text): fields.append((name, text))
        case .number(let digits): fields.append((name, digits))
        case .bool(let flag): fields.append((name, flag ? "true" : "false"))
        case .null: fields.append((name, "null"))
        }
    }

    var html: HTML { .properties(fields.map { ($0.name, HTML.code($0.value)) }) }
}
