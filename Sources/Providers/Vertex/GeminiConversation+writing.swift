import Wire

extension GeminiConversation {
    /// About how many bytes of text there are.
    var textCount: Int {
        turns.reduce(0) { sum, turn in
            turn.parts.reduce(sum) { sum, part in
                switch part {
                case .text(let text), .functionCall(_, _, let text), .functionResponse(_, _, let text):
                    sum + text.utf8.count + 64
                case .inlineData(_, let base64): sum + base64.utf8.count + 64
                }
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
        switch part {
        case .text(let text):
            body.string("text", text)
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
            if let signature = id.signature { body.string("thoughtSignature", signature) }
        case .functionResponse(let id, let name, let text):
            body.object("functionResponse") {
                if let upstreamID = id.upstreamID { $0.string("id", upstreamID) }
                $0.string("name", name)
                write(response: text, to: &$0)
            }
        }
    }

    /// `response` must be an object; by convention other results stand in its member `output`.
    private func write(response text: String, to body: inout GenerateContentBody) {
        if Self.isJSONObject(text) {
            body.json("response", text)
        } else {
            body.object("response") { $0.string("output", text) }
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
