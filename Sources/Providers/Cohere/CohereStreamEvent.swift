import Wire

/// One event of a streamed reply, read without building its JSON unless it is one of the few that begin or end something.
struct CohereStreamEvent {
    enum Kind {
        case messageStart, contentDelta, toolPlanDelta, toolCallStart, toolCallDelta, toolCallEnd, messageEnd
        /// Beginnings and ends of contents, which tell nothing, citations, which have no place on our callers' wires, and
        /// what Cohere may add.
        case other
    }

    private(set) var kind = Kind.other
    private(set) var index: Int?
    private(set) var id: String?
    private(set) var text: String?
    private(set) var thinking: String?
    private(set) var plan: String?
    private(set) var arguments: String?
    /// The whole `delta` of the events that begin a call or end the message.
    private(set) var delta: JSON?

    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        var delta: JSONSpan?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "type") { kind = Self.kind(value, scanner) }
            if scanner.text(of: key, is: "index") { index = scanner.integer(of: value) }
            if scanner.text(of: key, is: "id") { id = scanner.string(of: value) }
            if scanner.text(of: key, is: "delta"), value.kind == .object { delta = value }
        }
        try scanner.end()
        guard let delta else { return }
        let text = bytes[rebasing: delta.range]
        switch kind {
        case .contentDelta, .toolPlanDelta, .toolCallDelta:
            var scanner = try JSONScanner(text)
            try read(&scanner)
        case .toolCallStart, .messageEnd: self.delta = try JSON(text)
        case .messageStart, .toolCallEnd, .other: break
        }
    }

    private static func kind(_ value: JSONSpan, _ scanner: JSONScanner) -> Kind {
        for (name, kind) in kinds where scanner.text(at: value.range, is: name) { return kind }
        return .other
    }

    private static let kinds: [(StaticString, Kind)] = [
        ("\"content-delta\"", .contentDelta), ("\"tool-call-delta\"", .toolCallDelta),
        ("\"tool-plan-delta\"", .toolPlanDelta), ("\"tool-call-start\"", .toolCallStart),
        ("\"tool-call-end\"", .toolCallEnd), ("\"message-start\"", .messageStart), ("\"message-end\"", .messageEnd),
    ]

    /// Goes down to what is new: `message`, then `content`, or `tool_calls` and `function`.
    private mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let isWay = Self.way.contains { scanner.text(of: key, is: $0) }
            if isWay, try scanner.peek() == .object {
                try read(&scanner)
            } else {
                let value = try scanner.skipValue()
                if scanner.text(of: key, is: "text") { text = scanner.string(of: value) }
                if scanner.text(of: key, is: "thinking") { thinking = scanner.string(of: value) }
                if scanner.text(of: key, is: "tool_plan") { plan = scanner.string(of: value) }
                if scanner.text(of: key, is: "arguments") { arguments = scanner.string(of: value) }
            }
        }
    }

    private static let way: [StaticString] = ["message", "content", "tool_calls", "function"]
}
