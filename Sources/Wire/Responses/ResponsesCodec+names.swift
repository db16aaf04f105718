/// Where things stand in a request on the Responses wire.
extension ResponsesCodec {
    public func name(of parameter: String, in chat: ChatRequest, _ body: UnsafeRawBufferPointer) -> String {
        guard let place = ChatPlace(parameter, in: chat) else {
            if let (index, rest) = ChatPlace.element(of: "tools", parameter[...]) {
                return "tools[\(index)]" + Self.toolNames.path(String(rest))
            }
            return Self.names.path(parameter)
        }
        let places = (try? JSON(body)).map { ResponsesDecoder().places(of: $0) } ?? []
        guard let parts = places.dropFirst(place.message).first, let first = parts.first else { return "input" }
        let path = path(place.rest)
        guard let index = place.part, parts.indices.contains(index) else { return first.item + path }
        return parts[index].item + parts[index].content + path
    }

    /// The members of a part or item, those of parts of a tool's output too.
    private func path(_ rest: Substring) -> String {
        guard let (index, rest) = ChatPlace.element(of: ".content", rest) else {
            return Self.partNames.path(String(rest))
        }
        return ".output[\(index)]" + path(rest)
    }

    private static let names = ChatMemberNames(names: [
        ("messages", "input"), ("max_tokens", "max_output_tokens"), ("response_format.json_schema", "text.format"),
        ("response_format", "text.format"), ("verbosity", "text.verbosity"), ("reasoning_effort", "reasoning.effort"),
        ("thinking.display", "reasoning.summary"), ("thinking", "reasoning"), ("logprobs", "include"),
    ])

    private static let toolNames = ChatMemberNames(names: [(".function", "")])

    private static let partNames = ChatMemberNames(names: [
        (".function.arguments", ".arguments"), (".tool_call_id", ".call_id"), (".image_url.file_id", ".file_id"),
        (".file.url", ".file_url"),
        (".file", ""),
    ])
}

extension ResponsesDecoder {
    /// Where a part of a message comes from.
    struct Place {
        /// Such as `input[3]`.
        let item: String
        /// Where in the item, such as `.content[1]`.
        let content: String
    }

    /// The places of the parts of each message. What is read of an item shows in what it adds to the conversation.
    func places(of whole: JSON) -> [[Place]] {
        var conversation = ResponsesConversation()
        var places: [[Place]] = []
        func note(_ item: String, _ content: (Int) -> String) {
            guard let last = conversation.messages.last else { return }
            if places.count < conversation.messages.count { places.append([]) }
            let known = places[places.count - 1].count
            places[places.count - 1] += (known..<max(known, last.content.count)).map {
                Place(item: item, content: content($0 - known))
            }
        }
        if let text = whole["instructions"]?.string, !text.isEmpty {
            conversation.append(.system, [ChatPart(.text(text))])
            note("instructions") { _ in "" }
        }
        for (index, item) in (whole["input"]?.array ?? []).enumerated() {
            guard (try? read(item, at: "", into: &conversation)) != nil else { break }
            let hasParts = item["content"]?.array != nil
            note("input[\(index)]") { item["role"] == nil ? "" : hasParts ? ".content[\($0)]" : ".content" }
        }
        return places
    }
}
