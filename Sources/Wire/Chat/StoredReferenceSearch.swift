/// Looks through the whole of a request for a ``StoredReference``. It is slower than a scan, which tells when there is need.
struct StoredReferenceSearch {
    struct Found {
        let reference: StoredReference
        /// Such as `messages[0].content[1].file.file_id`.
        fileprivate(set) var place: String

        fileprivate func below(_ parent: String) -> Found { Found(reference: reference, place: parent + place) }
    }

    private var scanner: JSONScanner

    init(_ body: UnsafeRawBufferPointer) throws(JSONError) { scanner = try JSONScanner(body) }

    /// The first that is found.
    mutating func run() throws(JSONError) -> Found? {
        guard let found = try members(isWhole: true) else { return nil }
        return Found(reference: found.reference, place: String(found.place.dropFirst()))
    }

    private mutating func value() throws(JSONError) -> Found? {
        switch try scanner.peek() {
        case .object: return try members()
        case .array: return try elements()
        default:
            _ = try scanner.skipValue()
            return nil
        }
    }

    private mutating func elements() throws(JSONError) -> Found? {
        try scanner.enterArray()
        var index = 0
        while try scanner.nextElement() {
            if let found = try value() { return found.below("[\(index)]") }
            index += 1
        }
        return nil
    }

    /// - Parameter parent: what the object itself is called, where it would name by its `id`.
    private mutating func members(of parent: StoredReference? = nil, isWhole: Bool = false) throws(JSONError) -> Found?
    {
        var skill: Found?
        var isOfferedToAll: Bool?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let name = scanner.string(of: key)
            let reference = Array(name.utf8).withUnsafeBytes { StoredReference(key: $0) }
            switch reference {
            case .container where try scanner.peek() == .object, .audio where try scanner.peek() == .object:
                if let found = try members(of: reference) { return found.below(".\(name)") }
            case .audio: _ = try scanner.skipValue()
            case .skill: if try namesSomething() { skill = Found(reference: .skill, place: ".\(name)") }
            case let reference?: if try namesSomething() { return Found(reference: reference, place: ".\(name)") }
            case nil where name == "id" && parent != nil:
                if let parent, try namesSomething() { return Found(reference: parent, place: ".\(name)") }
            case nil where name == "type":
                let type = try scanner.skipValue()
                // Some readers take the first of two, and some the last.
                isOfferedToAll = isOfferedToAll != false && scanner.text(of: type, is: "anthropic")
            case nil where Self.ofCallers.contains(name) || (name == "input" && !isWhole): _ = try scanner.skipValue()
            case nil: if let found = try value() { return found.below(".\(name)") }
            }
        }
        return isOfferedToAll == true ? nil : skill
    }

    /// Members with names in them that callers make up: schemas, arguments of calls (as is `input`, but for the request's
    /// own), and notes.
    private static let ofCallers: Set = [
        "parameters", "input_schema", "schema", "properties", "arguments", "input_examples", "metadata",
    ]

    /// Steps over the value. Null and an empty list name nothing.
    private mutating func namesSomething() throws(JSONError) -> Bool {
        var probe = scanner
        switch try scanner.skipValue().kind {
        case .null: return false
        case .array:
            try probe.enterArray()
            return try probe.nextElement()
        default: return true
        }
    }
}
