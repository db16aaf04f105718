import Wire

/// Calls of tools, and what the tools gave.
extension ConverseConversation {
    func block(of call: ChatToolCall, at place: String) throws(TranslationError) -> Block {
        let arguments = call.arguments.isEmpty ? "{}" : call.arguments
        guard isJSONObject(arguments) else {
            throw TranslationError(
                .invalid, parameter: "\(place).function.arguments", "'arguments' must be the JSON text of an object.")
        }
        switch calls {
        case .asBlocks: return .toolUse(id: ConverseToolID.id(for: call.id), name: call.name, arguments: arguments)
        case .asText: return .text("[Called the tool \(call.name) with \(arguments)]")
        }
    }

    /// A mark within a result has no place there, and stands behind it.
    mutating func blocks(of result: ChatToolResult, at place: String) throws(TranslationError) -> [Block] {
        let all = try blocks(of: result.content, at: place)
        let mark = all.last(where: \.isCachePoint)
        var content = all.filter { !$0.isCachePoint }
        for block in content {
            switch block {
            case .text, .image, .document: break
            default: throw .unsupportedByBedrock("\(place).content")
            }
        }
        // Blank text is refused, and so is a result of nothing.
        if content.isEmpty { content = [.text("(no output)")] }
        return told(content, of: result) + (mark.map { [$0] } ?? [])
    }

    private func told(_ content: [Block], of result: ChatToolResult) -> [Block] {
        switch calls {
        case .asBlocks:
            [.toolResult(id: ConverseToolID.id(for: result.callID), content: content, isError: result.isError)]
        case .asText: [.text(result.isError ? "[The tool failed; it said]" : "[The tool's result follows]")] + content
        }
    }
}

private func isJSONObject(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { utf8 in
        guard var scanner = try? JSONScanner(UnsafeRawBufferPointer(utf8)), (try? scanner.skipValue())?.kind == .object
        else { return false }
        return (try? scanner.end()) != nil
    }
}
