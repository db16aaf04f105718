import Wire

/// A JSON Schema that was written into a prompt.
enum SchemaInText {
    /// The first JSON object in a text that looks like a schema.
    static func find(in text: String) -> JSON? {
        let bytes = Array(text.utf8)
        var position = 0
        // Each opening brace is a try, and a try may look at all of the text.
        for _ in 0..<100 {
            guard let start = bytes[position...].firstIndex(of: UInt8(ascii: "{")) else { return nil }
            if let end = end(ofObjectAt: start, in: bytes), let value = try? JSON(parsing: bytes[start..<end]),
                isSchema(value)
            {
                return value
            }
            position = start + 1
        }
        return nil
    }

    private static func isSchema(_ value: JSON) -> Bool {
        let kinds = ["object", "array", "string", "number", "integer", "boolean"]
        return value["properties"]?.object != nil || value["$ref"]?.string != nil || value["anyOf"]?.array != nil
            || kinds.contains(value["type"]?.string ?? "")
    }

    /// Behind the brace that closes the one at the start.
    private static func end(ofObjectAt start: Int, in bytes: [UInt8]) -> Int? {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth == 0 { return index + 1 }
        }
        return nil
    }
}
