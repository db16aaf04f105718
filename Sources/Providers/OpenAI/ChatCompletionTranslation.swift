import Wire

/// How an upstream's replies are read.
struct ChatCompletionStyle: Sendable {
    /// As errors name it.
    var provider: String
    /// Whether a reply is complete once a finish reason came, as self-hosted servers leave out the mark of the end.
    var toleratesMissingEnd = false
    /// Whether thinking comes as text at the beginning, in `<think>` tags.
    var splitsThinkTags = false
}

/// Makes events of chunks, or of the one object of a whole reply.
struct ChatCompletionTranslation {
    private let style: ChatCompletionStyle
    private var calls = ChatCompletionCalls(seed: "")
    private var thinkTags: ThinkTags?
    private var isStarted = false
    private var hasEmptyFinish = false
    private var finish: ChatFinishReason?
    private var usage: ChatUsage?

    init(_ style: ChatCompletionStyle) {
        self.style = style
        thinkTags = style.splitsThinkTags ? ThinkTags() : nil
    }

    /// - Parameter isWhole: whether there is nothing but these bytes, so that it is the end where they end too early.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, isWhole: Bool = false, into events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        let chunk: ChatCompletionChunk
        do throws(JSONError) { chunk = try ChatCompletionChunk(bytes) } catch {
            if isWhole, error.reason == .unexpectedEnd { throw .truncated(style.provider) }
            throw .malformed("\(style.provider)'s reply is not the JSON it should be: \(error).")
        }
        if let error = chunk.error {
            flushUsage(into: &events)
            throw error.fault(inStreamOf: style.provider)
        }
        // A server that counts nothing writes zeros.
        if let counts = chunk.usage, counts.input > 0 || counts.output > 0 { usage = counts }
        guard chunk.hasChoice else { return }
        start(chunk, into: &events)
        try add(chunk, isWhole: isWhole, to: &events)
    }

    /// The upstream's body is over.
    ///
    /// - Parameter isMarked: whether the mark of the end came.
    mutating func end(isMarked: Bool, into events: inout [ChatEvent]) throws(UpstreamFault) {
        // An empty reason in each chunk is no reason; in the last one of a reply that has its mark it is the only one.
        if finish == nil, hasEmptyFinish, isMarked { close(.stop, into: &events) }
        guard finish != nil, isMarked || style.toleratesMissingEnd else {
            flushUsage(into: &events)
            throw .truncated(style.provider)
        }
        flushUsage(into: &events)
        events.append(.ended)
    }

    /// The counts come last, whatever chunk they were in; with some servers each chunk has them.
    private mutating func flushUsage(into events: inout [ChatEvent]) {
        guard let usage else { return }
        self.usage = nil
        events.append(.usage(usage))
    }

    private mutating func start(_ chunk: ChatCompletionChunk, into events: inout [ChatEvent]) {
        guard !isStarted else { return }
        isStarted = true
        let id = chunk.id.flatMap { $0.isEmpty ? nil : $0 }
        let model = chunk.model.flatMap { $0.isEmpty ? nil : $0 }
        calls = ChatCompletionCalls(seed: Self.seed(id))
        events.append(.started(id: id, model: model))
    }

    /// What stands behind `chatcmpl-`, shortened.
    private static func seed(_ id: String?) -> String {
        String((id ?? "0").split(separator: "-").last?.prefix(24) ?? "0")
    }

    private mutating func add(
        _ chunk: ChatCompletionChunk, isWhole: Bool, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        let hasContent =
            !(chunk.text ?? "").isEmpty || !chunk.calls.isEmpty || !(chunk.reasoning ?? "").isEmpty
        guard finish == nil || !hasContent else {
            throw .malformed("\(style.provider)'s stream went on after its finish reason.")
        }
        if let text = chunk.reasoning, !text.isEmpty { events.append(.reasoning(text)) }
        if let text = chunk.text, !text.isEmpty { add(text, to: &events) }
        if let text = chunk.refusal, !text.isEmpty { events.append(.refusal(text)) }
        for call in chunk.calls { try calls.add(call, isWhole: isWhole, to: &events, provider: style.provider) }
        if var call = chunk.functionCall {
            call.index = call.index ?? 0
            try calls.add(call, isWhole: isWhole, to: &events, provider: style.provider)
        }
        guard let reason = chunk.finishReason, finish == nil else { return }
        try finish(reason, into: &events)
    }

    private mutating func add(_ text: String, to events: inout [ChatEvent]) {
        guard thinkTags != nil else { return events.append(.text(text)) }
        thinkTags?.receive(text, into: &events)
    }

    private mutating func finish(_ reason: String, into events: inout [ChatEvent]) throws(UpstreamFault) {
        switch reason {
        case "": hasEmptyFinish = true
        case "length", "max_tokens": close(.length, into: &events)
        case "content_filter": close(.contentFilter, into: &events)
        case "tool_calls", "function_call": close(.toolCalls, into: &events)
        case "error", "abort":
            throw UpstreamFault(.upstream, status: 502, message: "\(style.provider) broke off its reply.")
        // `stop`, `eos_token`, `stop_sequence`, and what else a server may call it.
        default: close(.stop, into: &events)
        }
    }

    /// Some servers say `stop` where the model calls tools.
    private mutating func close(_ reason: ChatFinishReason, into events: inout [ChatEvent]) {
        thinkTags?.end(into: &events)
        calls.finish(into: &events)
        finish = reason == .stop && !calls.isEmpty ? .toolCalls : reason
        events.append(.finished(finish ?? reason))
    }
}
