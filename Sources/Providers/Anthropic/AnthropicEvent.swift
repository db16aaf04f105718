import Wire

/// One event of a stream of the Messages wire, read without building its JSON: most of a stream is pieces of text.
struct AnthropicEvent {
    enum Kind {
        case messageStart, blockStart, blockDelta, blockStop, messageDelta, messageStop, error
        /// Pings, and what may be added.
        case other
    }

    enum Piece {
        case text(String)
        case toolInput(String)
        case thinking(String)
        case signature(String)
        /// Citations, for which no other wire has a place, and what may be added.
        case other
    }

    private(set) var kind = Kind.other
    private(set) var index: Int?
    private(set) var piece = Piece.other
    /// `content_block`
    private(set) var block: JSON?
    private(set) var id: String?
    private(set) var model: String?
    private(set) var ending = AnthropicStop()
    private(set) var error: JSON?

    /// - Parameter usage: the counts so far.
    init(_ bytes: UnsafeRawBufferPointer, usage: inout AnthropicUsage) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "type") {
                kind = Self.kind(try scanner.skipValue(), in: scanner)
            } else if scanner.text(of: key, is: "index") {
                index = scanner.integer(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "delta"), try scanner.peek() == .object {
                try readDelta(&scanner)
            } else if scanner.text(of: key, is: "content_block") {
                block = try scanner.tree()
            } else if scanner.text(of: key, is: "message"), try scanner.peek() == .object {
                try readMessage(&scanner, usage: &usage)
            } else if scanner.text(of: key, is: "usage") {
                try usage.read(&scanner)
            } else if scanner.text(of: key, is: "error") {
                error = try scanner.tree()
            } else {
                _ = try scanner.skipValue()
            }
        }
        try scanner.end()
    }

    /// The most frequent first.
    private static func kind(_ type: JSONSpan, in scanner: JSONScanner) -> Kind {
        if scanner.text(of: type, is: "content_block_delta") { return .blockDelta }
        if scanner.text(of: type, is: "content_block_start") { return .blockStart }
        if scanner.text(of: type, is: "content_block_stop") { return .blockStop }
        if scanner.text(of: type, is: "message_start") { return .messageStart }
        if scanner.text(of: type, is: "message_delta") { return .messageDelta }
        if scanner.text(of: type, is: "message_stop") { return .messageStop }
        return scanner.text(of: type, is: "error") ? .error : .other
    }

    private mutating func readDelta(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "stop_details") {
                ending.explanation = try scanner.tree()["explanation"]?.string
                continue
            }
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "text") { set(Piece.text, scanner.string(of: value)) }
            if scanner.text(of: key, is: "partial_json") { set(Piece.toolInput, scanner.string(of: value)) }
            if scanner.text(of: key, is: "thinking") { set(Piece.thinking, scanner.string(of: value)) }
            if scanner.text(of: key, is: "signature") { set(Piece.signature, scanner.string(of: value)) }
            if scanner.text(of: key, is: "stop_reason") { ending.reason = scanner.string(of: value) }
            if scanner.text(of: key, is: "stop_sequence") { ending.sequence = scanner.string(of: value) }
        }
    }

    private mutating func readMessage(_ scanner: inout JSONScanner, usage: inout AnthropicUsage) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "usage") {
                try usage.read(&scanner)
                continue
            }
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "id") { id = scanner.string(of: value) }
            if scanner.text(of: key, is: "model") { model = scanner.string(of: value) }
        }
    }

    private mutating func set(_ make: (String) -> Piece, _ text: String?) {
        if let text, !text.isEmpty { piece = make(text) }
    }
}

/// Why a reply stopped, in the wire's words.
struct AnthropicStop {
    var reason: String?
    var sequence: String?
    /// Of a refusal.
    var explanation: String?

    /// What is told later takes the place of what was told before.
    mutating func update(_ later: AnthropicStop) {
        reason = later.reason ?? reason
        sequence = later.sequence ?? sequence
        explanation = later.explanation ?? explanation
    }

    /// - Parameter hasText: whether the reply says anything; a refusal's explanation stands only where it doesn't.
    func append(to events: inout [ChatEvent], hasText: Bool, provider: String) throws(UpstreamFault) {
        guard let finish else { throw .malformed("\(provider)'s reply has no stop_reason.") }
        if finish == .refusal, !hasText, let explanation, !explanation.isEmpty { events.append(.refusal(explanation)) }
        if reason == "stop_sequence", let sequence { events.append(.stopSequence(sequence)) }
        events.append(.finished(finish))
    }

    private var finish: ChatFinishReason? {
        switch reason {
        case nil: nil
        case "max_tokens": .length
        case "model_context_window_exceeded": .contextWindow
        case "tool_use": .toolCalls
        case "refusal": .refusal
        case "pause_turn": .paused
        // `end_turn`, `stop_sequence`, and what may be added.
        default: .stop
        }
    }
}
