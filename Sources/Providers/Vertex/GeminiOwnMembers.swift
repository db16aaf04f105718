import Wire

/// Members that only Gemini has. Callers of every wire send them beside the members of their own, under Google's names in
/// either spelling: `safety_settings`, `labels` and `model_armor_config`; and `service_tier`, which OpenAI's wire has too.
///
/// `cached_content` is none of them: it names what lies in the gateway's own project, where one caller could read what
/// another one put there.
struct GeminiOwnMembers {
    private var members = JSONObject()

    static let names: Set<String> = [
        "safety_settings", "safetySettings", "labels", "model_armor_config", "modelArmorConfig", "service_tier",
    ]

    init(_ extensions: JSONObject) throws(TranslationError) {
        for member in extensions.members where !member.value.isNull {
            switch member.key {
            case "safety_settings", "safetySettings": members["safetySettings"] = try safety(member.value, member.key)
            case "labels": members["labels"] = try labels(member.value)
            case "model_armor_config", "modelArmorConfig":
                members["modelArmorConfig"] = try object(member.value, member.key)
            case "service_tier": members["serviceTier"] = try tier(member.value)
            default: break
            }
        }
    }

    func write(to body: inout GenerateContentBody) {
        for member in members.members { body.value(key: member.key, member.value) }
    }

    /// `[{category, threshold, method?}]`; Google knows which words there are.
    private func safety(_ value: JSON, _ name: String) throws(TranslationError) -> JSON {
        guard let settings = value.array else { throw invalid(name, "an array") }
        for (index, setting) in settings.enumerated() {
            let place = "\(name)[\(index)]"
            guard let object = setting.object else { throw invalid(place, "an object") }
            guard object["category"]?.string != nil else { throw invalid("\(place).category", "a string") }
            guard object["threshold"]?.string != nil else { throw invalid("\(place).threshold", "a string") }
            for member in object.members where !["category", "threshold", "method"].contains(member.key) {
                throw .unsupportedByVertex("\(place).\(member.key)")
            }
        }
        return value
    }

    private func labels(_ value: JSON) throws(TranslationError) -> JSON {
        let labels = try object(value, "labels")
        for label in labels.object?.members ?? [] where label.value.string == nil {
            throw invalid("labels.\(label.key)", "a string")
        }
        return labels
    }

    private func object(_ value: JSON, _ name: String) throws(TranslationError) -> JSON {
        guard value.object != nil else { throw invalid(name, "an object") }
        return value
    }

    private func tier(_ value: JSON) throws(TranslationError) -> JSON? {
        switch value.string {
        case "auto": nil
        case "default", "standard", "standard_only": "standard"
        case "flex": "flex"
        case "priority": "priority"
        default: throw .unsupportedByVertex("service_tier")
        }
    }

    private func invalid(_ name: String, _ form: String) -> TranslationError {
        TranslationError(.invalid, parameter: name, "'\(name)' must be \(form).")
    }
}
