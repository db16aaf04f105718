import Wire

/// A mark behind a part: up to here the prompt is kept for later requests.
struct ConverseCachePoint: Hashable {
    /// Five minutes otherwise. Bedrock has no other times.
    let isKeptForAnHour: Bool

    /// The members that ask for one, on parts, messages, tools and the request: Anthropic's and OpenAI's.
    static let names: Set<String> = ["cache_control", "prompt_cache_breakpoint"]

    private init(isKeptForAnHour: Bool) { self.isKeptForAnHour = isKeptForAnHour }

    /// - Parameter place: what stands before the members' names in an error, with its dot.
    static func asked(for members: JSONObject, at place: String) throws(TranslationError) -> ConverseCachePoint? {
        for name in ["cache_control", "prompt_cache_breakpoint"] {
            guard let value = members[name], !value.asksForNothing else { continue }
            guard value.object != nil else {
                throw TranslationError(.invalid, parameter: place + name, "'\(place)\(name)' must be an object.")
            }
            for member in value.object?.members ?? [] where !["type", "mode", "ttl"].contains(member.key) {
                throw .unsupportedByBedrock("\(place)\(name).\(member.key)")
            }
            return ConverseCachePoint(isKeptForAnHour: try isLong(value["ttl"], at: "\(place)\(name).ttl"))
        }
        return nil
    }

    /// OpenAI's times are longer than both of Bedrock's.
    private static func isLong(_ time: JSON?, at place: String) throws(TranslationError) -> Bool {
        switch time {
        case nil, .some(.null), "5m": return false
        case "30m", "1h", "12h": return true
        default: throw TranslationError(.invalid, parameter: place, "'\(place)' must be '5m' or '1h'.")
        }
    }

    func write(to body: inout ConverseBody) {
        body.object("cachePoint") { body in
            body.string("type", "default")
            if isKeptForAnHour { body.string("ttl", "1h") }
        }
    }
}
