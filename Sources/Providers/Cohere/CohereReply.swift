import Wire

/// The parts that whole and streamed replies of Cohere have in common.
enum CohereReply {
    /// From the object that has `finish_reason`.
    static func finishReason(_ end: JSON) throws(UpstreamFault) -> ChatFinishReason {
        switch end["finish_reason"]?.string {
        case nil: throw .malformed("Cohere's reply has no finish_reason.")
        case "MAX_TOKENS": return .length
        case "TOOL_CALL": return .toolCalls
        case "ERROR_TOXIC": return .contentFilter
        case "ERROR_LIMIT": return .contextWindow
        case "ERROR":
            let message = end["error"]?.string.map { String($0.prefix(1_000)) }
            throw UpstreamFault(.upstream, status: 502, message: message ?? "Cohere failed without saying why.")
        case "TIMEOUT": throw UpstreamFault(.timeout, status: 504, message: "Cohere took too long to answer.")
        // `COMPLETE`, `STOP_SEQUENCE`, and what Cohere may add.
        default: return .stop
        }
    }

    /// From the object that has `usage`. Cohere bills fewer tokens than its models see: not those of its own preamble, and
    /// not those that were cached. What is billed is what our books need.
    static func usage(_ end: JSON) -> ChatUsage? {
        guard let usage = end["usage"], let counts = usage.present(anyOf: ["billed_units", "tokens"]) else {
            return nil
        }
        func count(_ value: JSON?) -> Int { min(max(value?.int ?? 0, 0), mostTokens) }
        let cached = usage["billed_units"] == nil ? 0 : count(usage["cached_tokens"])
        return ChatUsage(
            input: count(counts["input_tokens"]) + cached, output: count(counts["output_tokens"]), cachedInput: cached)
    }

    /// Keeps sums from overflowing, whatever the upstream claims.
    private static let mostTokens = 1 << 40
}

extension JSON {
    /// The first of some members that is an object.
    fileprivate func present(anyOf names: [String]) -> JSON? {
        for name in names {
            if let value = self[name], value.object != nil { return value }
        }
        return Optional.none
    }
}

/// Numbers the calls of a reply.
struct CohereCalls {
    private struct OpenCall {
        let upstreamIndex: Int
        let index: Int
        var hasArguments = false
    }

    private var open: [OpenCall] = []
    private var count = 0
    private let takesFirstOnly: Bool

    private static let mostOpen = 256

    init(takesFirstOnly: Bool) { self.takesFirstOnly = takesFirstOnly }

    /// - Parameter call: `{"id","function":{"name","arguments"}}`
    mutating func start(
        _ call: JSON, upstreamIndex: Int?, into events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard let id = call["id"]?.string, let name = call["function"]?["name"]?.string else {
            throw .malformed("Cohere began a tool call without id or name.")
        }
        guard open.count < Self.mostOpen else { throw .malformed("Cohere sent too many tool calls.") }
        let index = takesFirstOnly && count > 0 ? -1 : count
        open.append(OpenCall(upstreamIndex: upstreamIndex ?? count, index: index))
        count += 1
        if index >= 0 { events.append(.toolCallStarted(index: index, id: id, name: name)) }
        try add(call["function"]?["arguments"]?.string, upstreamIndex: upstreamIndex ?? count - 1, to: &events)
    }

    mutating func add(
        _ arguments: String?, upstreamIndex: Int?, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard let arguments, !arguments.isEmpty else { return }
        guard let place = open.lastIndex(where: { upstreamIndex == nil || $0.upstreamIndex == upstreamIndex }) else {
            throw .malformed("Cohere sent the arguments of a tool call that it didn't begin.")
        }
        open[place].hasArguments = true
        guard open[place].index >= 0 else { return }
        events.append(.toolCallArguments(index: open[place].index, text: arguments))
    }

    /// A call without arguments has the arguments `{}` on our wires.
    mutating func stop(_ upstreamIndex: Int?, into events: inout [ChatEvent]) {
        guard let place = open.lastIndex(where: { upstreamIndex == nil || $0.upstreamIndex == upstreamIndex }) else {
            return
        }
        close(open.remove(at: place), into: &events)
    }

    mutating func stopAll(into events: inout [ChatEvent]) {
        for call in open { close(call, into: &events) }
        open = []
    }

    private func close(_ call: OpenCall, into events: inout [ChatEvent]) {
        guard !call.hasArguments, call.index >= 0 else { return }
        events.append(.toolCallArguments(index: call.index, text: "{}"))
    }
}
