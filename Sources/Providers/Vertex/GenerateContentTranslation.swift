import Wire

/// How many of a reply's function calls our caller gets.
enum GeminiCalls {
    case all, firstOnly
}

/// Turns `GenerateContentResponse` objects, one of a whole reply or many of a stream, into events.
struct GenerateContentTranslation {
    private let calls: GeminiCalls
    private var hasStarted = false
    /// Tells this reply's call ids from those of other replies.
    private var seed: UInt64 = 0
    private var callCount = 0
    private var finish: ChatFinishReason?
    private var usage: GeminiUsage?

    init(calls: GeminiCalls) { self.calls = calls }

    mutating func read(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        let response = try response(in: bytes)
        if let reason = response.blockReason, !response.hasCandidates { throw .blockedPrompt(reason) }
        start(response, bytes, into: &events)
        try addParts(of: response, to: &events)
        usage = try readingJSON { () throws(JSONError) in try response.usage(after: usage) }
        if let reason = response.finishReason { try finish(reason) }
    }

    /// The reply is over. Its usage comes last because every event of a stream may correct it, and the finish with it
    /// because some models say it more than once.
    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard let finish else { throw .truncated(VertexAdapter.facts.displayName) }
        events.append(.finished(finish == .stop && callCount > 0 ? .toolCalls : finish))
        if let usage { events.append(.usage(usage.chatUsage)) }
        events.append(.ended)
    }

    private func response(in bytes: UnsafeRawBufferPointer) throws(UpstreamFault) -> GenerateContentResponse {
        do throws(JSONError) {
            let response = try GenerateContentResponse(bytes)
            guard response.isError else { return response }
        } catch {
            // An error may also come as a list with one element.
            guard GoogleError(bytes) != nil else { throw .malformed(json: error) }
        }
        throw UpstreamFault(inBody: GoogleError(bytes))
    }

    private mutating func start(
        _ response: GenerateContentResponse, _ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]
    ) {
        guard !hasStarted else { return }
        hasStarted = true
        let id = response.id
        seed = id.map { fnv1a($0.utf8) } ?? fnv1a(bytes)
        events.append(.started(id: id, model: response.model))
    }

    // MARK: Parts

    private mutating func addParts(
        of response: GenerateContentResponse, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard var parts = try readingJSON({ () throws(JSONError) in try response.parts() }) else { return }
        while let part = try readingJSON({ () throws(JSONError) in try parts.next() }) {
            try add(part, to: &events)
        }
    }

    private mutating func add(
        _ part: GenerateContentResponse.Part, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        if let call = part.functionCall { return try add(call, signature: part.signature, to: &events) }
        if let text = part.text, !text.isEmpty { events.append(part.isThought ? .reasoning(text) : .text(text)) }
        if let signature = part.signature {
            let place: GeminiSignature.Place = part.isThought ? .thought : .text
            events.append(.reasoningSignature(GeminiSignature(signature, beside: place).text))
        }
    }

    /// A call comes whole: a stream in which calls come in pieces has to be asked for.
    ///
    /// Its signature is told twice: as thinking, for callers whose wire sends thinking back, and within the id, for those
    /// whose wire sends back only ids.
    private mutating func add(
        _ call: JSON, signature: String?, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard callCount == 0 || calls == .all else { return }
        guard let name = call["name"]?.string else { throw .malformed("Vertex sent a function call without a name.") }
        let id = VertexToolCallID(seed: seed, index: callCount, upstreamID: call["id"]?.string, signature: signature)
        let arguments = call["args"].flatMap { $0.isNull ? nil : $0.text() } ?? "{}"
        if let signature { events.append(.reasoningSignature(GeminiSignature(signature, beside: .call).text)) }
        events.append(.toolCallStarted(index: callCount, id: id.text, name: name))
        events.append(.toolCallArguments(index: callCount, text: arguments))
        callCount += 1
    }

    // MARK: The finish

    private mutating func finish(_ reason: String) throws(UpstreamFault) {
        switch reason {
        case "FINISH_REASON_UNSPECIFIED": break
        case "MAX_TOKENS": finish = .length
        case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR":
            finish = .contentFilter
        case "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
            "MISSING_THOUGHT_SIGNATURE":
            throw UpstreamFault(.upstream, status: 502, message: "The model's answer can't be used (\(reason)).")
        default:
            // STOP, and what Google may add: the reply is complete, if perhaps not as long as hoped.
            finish = reason.hasPrefix("IMAGE_") ? .contentFilter : .stop
        }
    }
}

private func readingJSON<Value>(_ read: () throws(JSONError) -> Value) throws(UpstreamFault) -> Value {
    do throws(JSONError) {
        return try read()
    } catch {
        throw .malformed(json: error)
    }
}

/// The FNV-1a hash, 64 bits: the same in every process, unlike `Hasher`'s.
private func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
