import Wire

/// An object of a request's body while it is read: asks for a type by name, and complains by path.
///
/// A member that is null counts as absent.
struct Fields {
    enum Spelling: Sendable {
        case exact
        /// Google takes `maxOutputTokens` and `max_output_tokens`, mixed as one likes.
        case camelOrSnake
    }

    let members: JSONObject
    let path: String
    let spelling: Spelling
    /// Whether members that the provider does not know are refused.
    let isStrict: Bool

    init(_ members: JSONObject, path: String = "", spelling: Spelling = .exact, isStrict: Bool) {
        self.members = members
        self.path = path
        self.spelling = spelling
        self.isStrict = isStrict
    }

    subscript(key: String) -> JSON? {
        let value = members[key] ?? (spelling == .camelOrSnake ? members[snakeCase(key)] : nil)
        return value == .null ? nil : value
    }

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func invalid(_ key: String, _ message: String) -> Refusal { .invalid(message, at: path(of: key)) }

    // MARK: Scalars

    func string(_ key: String) throws(Refusal) -> String? {
        try read(key, "a string") { $0.string }
    }

    func int(_ key: String) throws(Refusal) -> Int? {
        try read(key, "a whole number") { $0.int }
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(Refusal) -> Double? {
        guard let number = try read(key, "a number", { $0.double }) else { return nil }
        if isStrict, !range.contains(number) {
            throw invalid(key, "must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }

    func bool(_ key: String) throws(Refusal) -> Bool? {
        try read(key, "true or false") { $0.bool }
    }

    func array(_ key: String) throws(Refusal) -> [JSON]? {
        try read(key, "an array") { $0.array }
    }

    func strings(_ key: String) throws(Refusal) -> [String]? {
        guard let values = try array(key) else { return nil }
        let texts = values.compactMap(\.string)
        guard texts.count == values.count else { throw invalid(key, "must be an array of strings.") }
        return texts
    }

    func requiredString(_ key: String) throws(Refusal) -> String {
        guard let text = try string(key) else { throw invalid(key, "is required.") }
        return text
    }

    private func read<Value>(_ key: String, _ kind: String, _ value: (JSON) -> Value?) throws(Refusal) -> Value? {
        guard let member = self[key] else { return nil }
        guard let value = value(member) else { throw invalid(key, "must be \(kind).") }
        return value
    }

    // MARK: Objects

    func object(_ key: String) throws(Refusal) -> Fields? {
        guard let members = try read(key, "an object", { $0.object }) else { return nil }
        return child(members, path(of: key))
    }

    func requiredObject(_ key: String) throws(Refusal) -> Fields {
        guard let object = try object(key) else { throw invalid(key, "is required.") }
        return object
    }

    func objects(_ key: String) throws(Refusal) -> [Fields]? {
        guard let values = try array(key) else { return nil }
        var objects: [Fields] = []
        for (index, value) in values.enumerated() {
            let path = "\(path(of: key))[\(index)]"
            guard let members = value.object else { throw .invalid("must be an object.", at: path) }
            objects.append(child(members, path))
        }
        return objects
    }

    private func child(_ members: JSONObject, _ path: String) -> Fields {
        Fields(members, path: path, spelling: spelling, isStrict: isStrict)
    }

    // MARK: Strictness

    /// Refuses members that are not among these, if the simulator is strict.
    func allowOnly(_ known: Set<String>) throws(Refusal) {
        guard isStrict else { return }
        for member in members.members where !knows(member.key, known) {
            let path = path(of: member.key)
            throw Refusal(400, .unknownMember, "Unknown member: \(path).", path: path)
        }
    }

    private func knows(_ key: String, _ known: Set<String>) -> Bool {
        known.contains(key) || spelling == .camelOrSnake && known.contains { snakeCase($0) == key }
    }

    /// Refuses what a condition does not hold for, if the simulator is strict.
    func demand(_ condition: Bool, _ key: String, _ message: String) throws(Refusal) {
        if isStrict, !condition { throw invalid(key, message) }
    }

    private func snakeCase(_ key: String) -> String {
        var text = ""
        for character in key {
            if character.isUppercase { text.append("_") }
            text.append(contentsOf: character.lowercased())
        }
        return text
    }
}

/// Whether a text is made of certain characters only and is of a certain length.
func isIdentifier(_ text: String, upTo length: Int = 64, besides others: String = "_-") -> Bool {
    1...length ~= text.utf8.count
        && text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": true
            default: others.unicodeScalars.contains(scalar)
            }
        }
}
