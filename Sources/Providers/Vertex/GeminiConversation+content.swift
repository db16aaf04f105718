import Wire

/// The parts of a message.
extension GeminiConversation {
    /// An assistant's message, with its thought signatures put back where they were.
    mutating func modelParts(of content: [ChatPart], at place: String) throws(TranslationError) -> [Part] {
        var parts: [Part] = []
        var signatures = GeminiSignatureQueue()
        var callCount = 0
        for (index, part) in content.enumerated() {
            switch part.content {
            case .reasoning(let thinking):
                _ = try GeminiNotes(part, at: "\(place).content[\(index)]")
                let thoughts = signatures.parts(of: thinking, behind: &parts)
                parts += thoughts
            case .toolCall(let call):
                let place = "\(place).tool_calls[\(callCount)]"
                _ = try GeminiNotes(part, at: place)
                parts.append(signatures.sign(try self.part(of: call, at: place)))
                callCount += 1
            default:
                parts += try self.parts(of: part, at: "\(place).content[\(index)]").map { signatures.sign($0) }
            }
        }
        return parts
    }

    func parts(of content: [ChatPart], at place: String) throws(TranslationError) -> [Part] {
        var parts: [Part] = []
        for (index, part) in content.enumerated() {
            parts += try self.parts(of: part, at: "\(place).content[\(index)]")
        }
        return parts
    }

    /// Empty texts are left out: Gemini refuses them.
    func parts(of part: ChatPart, at place: String) throws(TranslationError) -> [Part] {
        let notes = try GeminiNotes(part, at: place)
        switch part.content {
        case .text(let text), .refusal(let text): return text.isEmpty ? [] : [Part(.text(text))]
        // `detail` trades quality for cost and has no counterpart on all models; leaving it out changes no meaning.
        case .image(let media, detail: _): return [try inlineData(media, at: "\(place).image_url")]
        case .audio(let base64, let format): return [Part(.inlineData(mediaType: "audio/\(format)", base64: base64))]
        // A name is for people; what a document is about is for the model.
        case .file(let media, name: _):
            return (notes.context.map { [Part(.text($0))] } ?? []) + [try inlineData(media, at: "\(place).file")]
        case .reasoning, .toolCall, .toolResult: throw .unsupportedByVertex(place)
        case .native(let value): throw .unsupportedByVertex("\(place).\(value["type"]?.string ?? "type")")
        }
    }

    private func inlineData(_ media: ChatMedia, at place: String) throws(TranslationError) -> Part {
        switch media {
        case .inline(let mediaType, let base64):
            guard !mediaType.isEmpty else {
                throw TranslationError(
                    .invalid, parameter: place,
                    "A data URL must name its media type, such as 'data:image/png;base64,…'.")
            }
            return Part(.inlineData(mediaType: mediaType, base64: base64))
        case .url:
            // A `fileUri` would make Google fetch it from wherever it leads to: out of the region, or, with `gs://`, from
            // whatever bucket the gateway's own account may read.
            throw TranslationError(
                .invalid, parameter: place,
                "This route takes images and files only inline. Send a data URL, such as 'data:image/png;base64,…'.")
        case .uploaded: throw .unsupportedByVertex("\(place).file_id")
        }
    }
}

/// What stands beside a part, as far as Gemini has a place for it.
struct GeminiNotes {
    /// Of a document: what the model is told about it.
    private(set) var context: String?

    init(_ part: ChatPart, at place: String) throws(TranslationError) {
        for member in part.extensions.members where !Self.isCacheMark(member.key) {
            let isKnown =
                switch (part.content, member.key) {
                case (.file, "context"): read(context: member.value)
                case (.file, "title"): true
                case (.file, "citations"): member.value == ["enabled": false]
                // Where an earlier answer got its words from: the words are all that is left of it.
                case (.text, "citations"): true
                // Who called: the model itself, unless it says otherwise.
                case (.toolCall, "caller"): member.value["type"] == "direct"
                default: false
                }
            guard isKnown || member.value.asksForNothing else { throw .unsupportedByVertex("\(place).\(member.key)") }
        }
    }

    private mutating func read(context value: JSON) -> Bool {
        context = value.string
        return context != nil
    }

    /// Gemini caches prompts without being asked, so such a mark changes nothing.
    static func isCacheMark(_ name: String) -> Bool { name == "cache_control" || name == "prompt_cache_breakpoint" }
}

/// Thought signatures of one message on their way back to what they stood beside.
struct GeminiSignatureQueue {
    private var forCalls: [String] = []
    private var forText: String?

    /// What thinking becomes: a thought, if Gemini thought it. What other models thought, or what nothing proves, is left
    /// out, because a model needs only its own thoughts back.
    mutating func parts(
        of thinking: ChatReasoningContent, behind parts: inout [GeminiConversation.Part]
    ) -> [GeminiConversation.Part] {
        guard case .text(let text, let signed?) = thinking, let signature = GeminiSignature(signed) else { return [] }
        var thought = text.isEmpty ? [] : [GeminiConversation.Part(.thought(text))]
        switch signature.place {
        case .call: forCalls.append(signature.base64)
        case .thought: if !thought.isEmpty { thought[0].signature = signature.base64 }
        case .text:
            if let last = parts.lastIndex(where: \.isText), parts[last].signature == nil {
                parts[last].signature = signature.base64
            } else {
                forText = signature.base64
            }
        }
        return thought
    }

    /// A part with the signature that waits for it. A call's id may hold its signature already; it is the same then.
    mutating func sign(_ part: GeminiConversation.Part) -> GeminiConversation.Part {
        var part = part
        switch part.content {
        case .functionCall:
            if let own = part.signature {
                forCalls.removeAll { $0 == own }
            } else if !forCalls.isEmpty {
                part.signature = forCalls.removeFirst()
            }
        case .text:
            part.signature = forText
            forText = nil
        case .thought, .inlineData, .functionResponse: break
        }
        return part
    }
}

extension GeminiConversation.Part {
    var isText: Bool { if case .text = content { true } else { false } }
}
