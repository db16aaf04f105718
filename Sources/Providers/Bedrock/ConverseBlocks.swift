import Wire

/// The content blocks of a streamed message: numbers its tool calls, and says what each piece means.
///
/// Bedrock counts all blocks, our callers only the calls. Pieces of calls may come between each other, because each says
/// to which call it belongs. Thinking says no such thing: until its block is closed, what other blocks say is held back,
/// so that a signature always follows the thinking that it proves.
struct ConverseBlocks {
    private struct OpenCall {
        let block: Int
        let index: Int
        var hasArguments = false
    }

    private var open: [OpenCall] = []
    private var callCount = 0
    /// The block that thinks at the moment.
    private var thinking: Int?
    private var held: [HeldBlock] = []
    private var heldCount = 0

    private struct HeldBlock {
        let block: Int?
        var deltas: [ConverseDelta]
        var isClosed = false
    }

    /// More than a model ever has open at once; a stream that never closes its blocks ends here.
    private static let mostOpen = 256
    /// Bytes.
    private static let mostHeld = 16 << 20

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
        case .toolInput(let text): try append(input: text, of: delta.block, to: &events)
        case .other: break
        case .text, .reasoning, .reasoningSignature, .redactedReasoning:
            guard thinking == nil || thinking == delta.block else { return try hold(delta) }
            say(delta, to: &events)
        }
    }

    private mutating func append(
        input text: String, of block: Int?, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        guard let place = open.lastIndex(where: { $0.block == block }) else {
            throw .malformed("Bedrock sent the input of a tool call that it didn't begin.")
        }
        open[place].hasArguments = true
        events.append(.toolCallArguments(index: open[place].index, text: text))
    }

    private mutating func say(_ delta: ConverseDelta, to events: inout [ChatEvent]) {
        switch delta.piece {
        case .text(let text): events.append(.text(text))
        case .reasoning(let text):
            events.append(.reasoning(text))
            thinking = delta.block
        case .reasoningSignature(let signature): events.append(.reasoningSignature(signature))
        case .redactedReasoning(let data): events.append(.redactedReasoning(data: data))
        case .toolInput, .other: break
        }
    }

    // MARK: Holding back

    private mutating func hold(_ delta: ConverseDelta) throws(UpstreamFault) {
        // What a piece takes beside its text counts as well.
        heldCount += delta.textCount + 64
        guard heldCount <= Self.mostHeld else { throw .malformed("Bedrock mixed too much into the model's thinking.") }
        if let place = held.lastIndex(where: { $0.block == delta.block }) {
            held[place].deltas.append(delta)
        } else {
            guard held.count < Self.mostOpen else { throw .malformed("Bedrock began too many blocks at once.") }
            held.append(HeldBlock(block: delta.block, deltas: [delta]))
        }
    }

    /// Says what was held back, block by block, up to one that thinks and isn't closed.
    private mutating func release(into events: inout [ChatEvent]) {
        thinking = nil
        while thinking == nil, !held.isEmpty {
            let next = held.removeFirst()
            for delta in next.deltas {
                heldCount -= delta.textCount + 64
                say(delta, to: &events)
            }
            if next.isClosed { thinking = nil }
        }
    }

    // MARK: Ends

    mutating func stop(_ block: Int?, into events: inout [ChatEvent]) {
        if thinking != nil, thinking == block { release(into: &events) }
        if let place = held.lastIndex(where: { $0.block == block }) { held[place].isClosed = true }
        guard let place = open.lastIndex(where: { $0.block == block }) else { return }
        close(open.remove(at: place), into: &events)
    }

    mutating func stopAll(into events: inout [ChatEvent]) {
        while thinking != nil { release(into: &events) }
        for call in open { close(call, into: &events) }
        open = []
    }

    /// A call without input has no input events; on our wire it has the arguments `{}`.
    private func close(_ call: OpenCall, into events: inout [ChatEvent]) {
        if !call.hasArguments { events.append(.toolCallArguments(index: call.index, text: "{}")) }
    }
}
