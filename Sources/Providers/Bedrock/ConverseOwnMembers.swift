import Wire

/// Members that only Converse has. Callers of every wire send them beside the members of their own, under Bedrock's names:
/// `guardrailConfig`, `performanceConfig`, `requestMetadata` and `additionalModelRequestFields`.
struct ConverseOwnMembers {
    /// Members of the body, in the form they are sent in.
    private(set) var members = JSONObject()
    /// What goes to the model itself.
    private(set) var modelFields = JSONObject()

    /// - Returns: whether the name is one of these.
    mutating func read(_ name: String, _ value: JSON, isStreamed: Bool) throws(TranslationError) -> Bool {
        switch name {
        case "guardrailConfig": members[name] = .object(try guardrail(value, isStreamed: isStreamed))
        case "performanceConfig":
            let config = try CheckedObject(value, name: name, members: ["latency"])
            try config.word("latency", of: ["standard", "optimized"])
            members[name] = value
        case "requestMetadata": members[name] = try metadata(value)
        case "additionalModelRequestFields": modelFields = try CheckedObject(value, name: name, members: nil).object
        default: return false
        }
        return true
    }

    private func guardrail(_ value: JSON, isStreamed: Bool) throws(TranslationError) -> JSONObject {
        let name = "guardrailConfig"
        let form = try CheckedObject(
            value, name: name,
            members: ["guardrailIdentifier", "guardrailVersion", "trace", "streamProcessingMode"])
        try form.text("guardrailIdentifier")
        try form.text("guardrailVersion")
        try form.word("trace", of: ["enabled", "disabled", "enabled_full"])
        try form.word("streamProcessingMode", of: ["sync", "async"])
        var object = form.object
        // A whole reply has no such mode, and its operation refuses the member.
        if !isStreamed { object["streamProcessingMode"] = nil }
        return object
    }

    /// 1 to 16 pairs of strings, of at most 256 characters each.
    private func metadata(_ value: JSON) throws(TranslationError) -> JSON {
        let pairs = try CheckedObject(value, name: "requestMetadata", members: nil).object.members
        let isSound =
            1...16 ~= pairs.count
            && pairs.allSatisfy { 1...256 ~= $0.key.unicodeScalars.count && $0.value.string != nil }
            && pairs.allSatisfy { $0.value.string?.unicodeScalars.count ?? 0 <= 256 }
        guard isSound else {
            throw TranslationError(
                .invalid, parameter: "requestMetadata",
                "'requestMetadata' must hold 1 to 16 pairs of strings of at most 256 characters.")
        }
        return value
    }
}

/// An object whose members are known.
private struct CheckedObject {
    let object: JSONObject
    private let name: String

    /// - Parameter members: nil where any may stand.
    init(_ value: JSON, name: String, members: Set<String>?) throws(TranslationError) {
        guard let object = value.object else {
            throw TranslationError(.invalid, parameter: name, "'\(name)' must be an object.")
        }
        for member in object.members where members?.contains(member.key) == false {
            throw .unsupportedByBedrock("\(name).\(member.key)")
        }
        self.object = object
        self.name = name
    }

    func text(_ key: String) throws(TranslationError) {
        guard object[key]?.string?.isEmpty == false else {
            throw TranslationError(.invalid, parameter: "\(name).\(key)", "'\(name).\(key)' must be a string.")
        }
    }

    func word(_ key: String, of words: [String]) throws(TranslationError) {
        guard let value = object[key] else { return }
        guard let word = value.string, words.contains(word) else {
            throw TranslationError(
                .invalid, parameter: "\(name).\(key)",
                "'\(name).\(key)' must be one of \(words.joined(separator: ", ")).")
        }
    }
}
