import Wire

/// The content blocks of a streamed message: numbers its tool calls, and says what each piece means.
///
/// Bedrock counts all blocks, our callers only the calls.
struct ConverseBlocks {
    private struct OpenCall {
        let block: Int
        let index: Int
        var hasArguments = false
    }

    private var open: [OpenCall] = []
    private var callCount = 0

    /// More than a model ever has open at once; a stream that never closes its blocks ends here.
    private static let mostOpen = 256

    /// `contentBlockStart`, which comes for tool calls, and for kinds of blocks that we never ask for.
    mutating func start(_ event: JSON, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard let call = event["start"]?["toolUse"] else { return }
        guard let block = event["contentBlockIndex"]?.int, let id = call["toolUseId"]?.string,
            let name = call["name"]?.string
        else { throw .malformed("Bedrock began a tool call without its index, id or name.") }
        guard open.count < Self.mostOpen, !open.contains(where: { $0.block == block }) else {
            throw .malformed("Bedrock began a tool call inside another one.")
        }
        open.append(OpenCall(block: block, index: callCount))
        events.append(.toolCallStarted(index: callCount, id: id, name: name))
        callCount += 1
    }

    mutating func append(_ delta: ConverseDelta, to events: inout [ChatEvent]) throws(UpstreamFault) {
        switch delta.piece {
        case .text(let text): events.append(.text(text))
        case .reasoning(let text): events.append(.reasoning(text))
        case .reasoningSignature(let signature): events.append(.reasoningSignature(signature))
        case .redactedReasoning(let data): events.append(.redactedReasoning(data: data))
        case .toolInput(let text):
            guard let place = open.lastIndex(where: { $0.block == delta.block }) else {
                throw .malformed("Bedrock sent the input of a tool call that it didn't begin.")
            }
            open[place].hasArguments = true
            events.append(.toolCallArguments(index: open[place].index, text: text))
        case .other: break
        }
    }

    mutating func stop(_ block: Int?, into events: inout [ChatEvent]) {
        guard let place = open.lastIndex(where: { $0.block == block }) else { return }
        close(open.remove(at: place), into: &events)
    }

    mutating func stopAll(into events: inout [ChatEvent]) {
        for call in open { close(call, into: &events) }
        open = []
    }

    /// A call without input has no input events; on our wire it has the arguments `{}`.
    private func close(_ call: OpenCall, into events: inout [ChatEvent]) {
        if !call.hasArguments { events.append(.toolCallArguments(index: call.index, text: "{}")) }
    }
}
