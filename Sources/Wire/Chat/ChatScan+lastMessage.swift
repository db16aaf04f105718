// MARK: The last message

extension ChatScan {
    /// The text of the conversation's last message, where that is a user's, holds nothing but one text, and is short.
    ///
    /// Nothing is read before the text has been found to have the mark close to its end, so asking costs next to nothing.
    /// It may be asked of an outline too: the strings that an outline shortens are longer than the message may be.
    ///
    /// - Parameters:
    ///   - body: the text that was scanned.
    ///   - mark: what the text must have in it, written without escapes.
    public func lastUserText(in body: UnsafeRawBufferPointer, having mark: StaticString) -> String? {
        guard let range = conversation, body.indices.contains(range.lowerBound), range.upperBound <= body.count else {
            return nil
        }
        let conversation = body[rebasing: range]
        let end = max(0, conversation.count - Self.shortMessage)..<conversation.count
        guard conversation[rebasing: end].contains(mark) else { return nil }
        return try? Self.lastText(of: conversation)
    }

    /// Bytes of JSON text that a short message may have. Much less than an outline keeps of a string.
    private static let shortMessage = 1024

    private var conversation: Range<Int>? {
        // A text that is only counted is nothing said to anyone.
        guard wire != .openAIEmbeddings, wire != .anthropicTokenCount else { return nil }
        return places.first { $0.name == .messages || $0.name == .input }?.value
    }

    private static func lastText(of conversation: UnsafeRawBufferPointer) throws -> String? {
        var scanner = try JSONScanner(conversation)
        guard try scanner.peek() == .array else {
            // On the Responses wire a text may stand in place of messages.
            return conversation.count <= shortMessage ? scanner.string(of: try scanner.skipValue()) : nil
        }
        try scanner.enterArray()
        var last = 0..<0
        while try scanner.nextElement() { last = try scanner.skipValue().range }
        return last.count <= shortMessage ? userText(of: try JSON(conversation[rebasing: last])) : nil
    }

    private static func userText(of message: JSON) -> String? {
        guard message["role"] == "user", message["type"] ?? "message" == "message" else { return nil }
        if let text = message["content"]?.string { return text }
        guard let parts = message["content"]?.array, parts.count == 1 else { return nil }
        guard let type = parts[0]["type"]?.string, type == "text" || type == "input_text" else { return nil }
        return parts[0]["text"]?.string
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func contains(_ mark: StaticString) -> Bool {
        let mark = UnsafeRawBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        guard let first = mark.first, count >= mark.count else { return false }
        for start in 0...count - mark.count where self[start] == first {
            if self[rebasing: start..<start + mark.count].elementsEqual(mark) { return true }
        }
        return false
    }
}
