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
    private var held = ConverseHeldBlocks()

    /// More than a model ever has open at once; a stream that never closes its blocks ends here.
    static let mostOpen = 256

    /// `contentBlockStart`, which comes for tool calls, and for kinds of blocks that we never ask for.
    mutating func start(_ event: JSON, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard let call = event["start"]?["toolUse"] else { return }
        guard let block = event["contentBlockIndex"]?.int, let id = call["toolUseId"]?.string,
            let name = call["name"]?.string
        else { throw .malformed("Bedrock began a tool call without its index, id or name.") }
        let piece = ConverseHeldBlocks.Piece.start(id: id, name: name)
        guard !isHeld(block) else { return try held.append(piece, of: block) }
        try say(piece, of: block, to: &events)
    }

    mutating func append(_ delta: ConverseDelta, to events: inout [ChatEvent]) throws(UpstreamFault) {
        if case .other = delta.piece { return }
        guard !isHeld(delta.block) else { return try held.append(.delta(delta), of: delta.block) }
        try say(.delta(delta), of: delta.block, to: &events)
    }

    mutating func stop(_ block: Int?, into events: inout [ChatEvent]) throws(UpstreamFault) {
        guard !isHeld(block) else { return held.close(block) }
        if let thinking, thinking == block { try release(into: &events) }
        close(block, into: &events)
    }

    mutating func stopAll(into events: inout [ChatEvent]) throws(UpstreamFault) {
        while thinking != nil { try release(into: &events) }
        for call in open { finish(call, into: &events) }
        open = []
    }

    // MARK: Saying

    private func isHeld(_ block: Int?) -> Bool { thinking != nil && thinking != block }

    private mutating func say(
        _ piece: ConverseHeldBlocks.Piece, of block: Int?, to events: inout [ChatEvent]
    ) throws(UpstreamFault) {
        switch piece {
        case .start(let id, let name):
            guard let block, open.count < Self.mostOpen, !open.contains(where: { $0.block == block }) else {
                throw .malformed("Bedrock began a tool call inside another one.")
            }
            open.append(OpenCall(block: block, index: callCount))
            events.append(.toolCallStarted(index: callCount, id: id, name: name))
            callCount += 1
        case .delta(let delta): try say(delta, to: &events)
        }
    }

    private mutating func say(_ delta: ConverseDelta, to events: inout [ChatEvent]) throws(UpstreamFault) {
        switch delta.piece {
        case .text(let text): events.append(.text(text))
        case .reasoning(let text):
            events.append(.reasoning(text))
            thinking = delta.block
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

    /// Says what was held back, block by block, up to one that thinks and isn't closed.
    private mutating func release(into events: inout [ChatEvent]) throws(UpstreamFault) {
        thinking = nil
        while thinking == nil, let next = held.next() {
            for piece in next.pieces { try say(piece, of: next.block, to: &events) }
            guard next.isClosed else { continue }
            thinking = nil
            close(next.block, into: &events)
        }
    }

    private mutating func close(_ block: Int?, into events: inout [ChatEvent]) {
        guard let place = open.lastIndex(where: { $0.block == block }) else { return }
        finish(open.remove(at: place), into: &events)
    }

    /// A call without input has no input events; on our wire it has the arguments `{}`.
    private func finish(_ call: OpenCall, into events: inout [ChatEvent]) {
        if !call.hasArguments { events.append(.toolCallArguments(index: call.index, text: "{}")) }
    }
}
