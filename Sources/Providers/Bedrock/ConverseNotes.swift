import Wire

/// What stands beside a part, as far as Converse has a place for it.
struct ConverseNotes {
    private(set) var cachePoint: ConverseCachePoint?
    /// Of a document: what the model is told about it.
    private(set) var context: String?
    /// Of a document.
    private(set) var title: String?

    init(_ part: ChatPart, at place: String) throws(TranslationError) {
        cachePoint = try ConverseCachePoint.asked(for: part.extensions, at: "\(place).")
        for member in part.extensions.members where !ConverseCachePoint.names.contains(member.key) {
            let isKnown =
                switch part.content {
                case .file: read(member.key, member.value)
                // Where an earlier answer got its words from: the words are all that is left of it.
                case .text: member.key == "citations"
                // Who called: the model itself, unless it says otherwise.
                case .toolCall: member.key == "caller" && member.value["type"] == "direct"
                default: false
                }
            guard isKnown || member.value.asksForNothing else {
                throw .unsupportedByBedrock("\(place).\(member.key)")
            }
        }
    }

    private mutating func read(_ name: String, _ value: JSON) -> Bool {
        switch name {
        // An answer that is translated has no place for what it cites.
        case "citations": return value == ["enabled": false]
        case "context":
            context = value.string
            return context != nil
        case "title":
            title = value.string
            return title != nil
        default: return false
        }
    }
}
