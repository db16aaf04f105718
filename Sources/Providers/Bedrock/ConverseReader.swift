import Wire

/// Reads a Converse reply that comes in one piece of JSON, once all of it is there.
struct ConverseReader: ReplyReader {
    private let stopSequences: [String]
    private var body: [UInt8] = []

    init(stopSequences: [String] = []) { self.stopSequences = stopSequences }

    private static let longestBody = 64 << 20

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard bytes.count <= Self.longestBody - body.count else {
            throw .malformed("Bedrock's reply is longer than \(Self.longestBody >> 20) MiB.")
        }
        body.append(contentsOf: bytes)
    }

    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault) {
        let reply = try parsed()
        let finish = try ConverseReply.finishReason(reply)
        guard let content = reply["output"]?["message"]?["content"]?.array else {
            throw .malformed("Bedrock's reply has no message.")
        }
        events.append(.started(id: nil, model: nil))
        var callCount = 0
        for block in content { try append(block, callCount: &callCount, to: &events) }
        if let stop = ConverseReply.stopSequence(reply, of: stopSequences) { events.append(.stopSequence(stop)) }
        events.append(.finished(finish))
        if let usage = ConverseReply.usage(reply) { events.append(.usage(usage)) }
        events.append(.ended)
    }

    private func parsed() throws(UpstreamFault) -> JSON {
        do {
            return try body.withUnsafeBufferPointer { bytes throws(JSONError) in
                try JSON(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            throw error.reason == .unexpectedEnd
                ? .truncated("Bedrock") : .malformed("Bedrock's reply is no JSON: \(error).")
        }
    }

    private func append(
        _ block: JSON, callCount: inout Int, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        if let text = block["text"]?.string, !text.isEmpty { events.append(.text(text)) }
        // Our callers' wires have no place for what is cited, but the words around it are the answer.
        for piece in block["citationsContent"]?["content"]?.array ?? [] {
            if let text = piece["text"]?.string, !text.isEmpty { events.append(.text(text)) }
        }
        if let reasoning = block["reasoningContent"]?["reasoningText"] {
            if let text = reasoning["text"]?.string, !text.isEmpty { events.append(.reasoning(text)) }
            if let signature = reasoning["signature"]?.string, !signature.isEmpty {
                events.append(.reasoningSignature(signature))
            }
        }
        if let data = block["reasoningContent"]?["redactedContent"]?.string {
            events.append(.redactedReasoning(data: data))
        }
        guard let call = block["toolUse"] else { return }
        guard let id = call["toolUseId"]?.string, let name = call["name"]?.string else {
            throw .malformed("Bedrock's reply has a tool call without id or name.")
        }
        events.append(.toolCallStarted(index: callCount, id: id, name: name))
        let input = call["input"]?.object ?? JSONObject()
        events.append(.toolCallArguments(index: callCount, text: JSON.object(input).text()))
        callCount += 1
    }
}
