import Wire

extension GeminiConversation {
    /// About how many bytes of text there are.
    var textCount: Int {
        turns.reduce(0) { sum, turn in
            turn.parts.reduce(sum) { sum, part in
                let count =
                    switch part.content {
                    case .text(let text), .thought(let text), .functionCall(_, _, let text),
                        .functionResponse(_, _, let text, _):
                        text.utf8.count
                    case .inlineData(_, let base64): base64.utf8.count
                    }
                return sum + count + (part.signature?.utf8.count ?? 0) + 96
            }
        }
    }

    func write(to body: inout GenerateContentBody) {
        if !system.isEmpty {
            body.object("systemInstruction") { body in
                body.array("parts") { body in
                    for text in system { body.object { $0.string("text", text) } }
                }
            }
        }
        body.array("contents") { body in
            for turn in turns {
                body.object { body in
                    body.string("role", turn.role.rawValue)
                    body.array("parts") { body in
                        for part in turn.parts { body.object { write(part, to: &$0) } }
                    }
                }
            }
        }
    }

    private func write(_ part: Part, to body: inout GenerateContentBody) {
        switch part.content {
        case .text(let text):
            body.string("text", text)
        case .thought(let text):
            body.string("text", text)
            body.value("thought", true)
        case .inlineData(let mediaType, let base64):
            body.object("inlineData") {
                $0.string("mimeType", mediaType)
                $0.base64("data", base64)
            }
        case .functionCall(let id, let name, let arguments):
            body.object("functionCall") {
                if let upstreamID = id.upstreamID { $0.string("id", upstreamID) }
                $0.string("name", name)
                $0.json("args", arguments)
            }
        case .functionResponse(let id, let name, let text, let isError):
            body.object("functionResponse") {
                if let upstreamID = id.upstreamID { $0.string("id", upstreamID) }
                $0.string("name", name)
                write(response: text, isError: isError, to: &$0)
            }
        }
        if let signature = part.signature { body.string("thoughtSignature", signature) }
    }

    /// `response` must be an object; by convention other results stand in its member `output`, and failures in `error`.
    private func write(response text: String, isError: Bool, to body: inout GenerateContentBody) {
        let isObject = Self.isJSONObject(text)
        guard !isObject || isError else { return body.json("response", text) }
        body.object("response") { body in
            let key: StaticString = isError ? "error" : "output"
            if isObject { body.json(key, text) } else { body.string(key, text) }
        }
    }

    /// Whether a text is the JSON of an object, so that it can stand in a body as it is.
    static func isJSONObject(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            guard var scanner = try? JSONScanner(UnsafeRawBufferPointer(utf8)), (try? scanner.peek()) == .object,
                (try? scanner.skipValue()) != nil
            else { return false }
            return (try? scanner.end()) != nil
        }
    }
}
