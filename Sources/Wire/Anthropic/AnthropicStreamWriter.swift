/// Writes events as a stream of the Messages wire. It never invents a finish: what isn't among the events isn't in the
/// stream.
///
/// Blocks of this wire never interleave, and calls of other wires may. A block is written as it comes until it is complete;
/// what comes for later ones meanwhile is kept, and follows.
public struct AnthropicStreamWriter {
    private let identity: AnthropicReplyIdentity
    private let limit: Int
    private var isStarted = false
    /// The first is the one that is written as it comes; the others are kept.
    private var blocks: [AnthropicReplyBlock] = []
    /// Whether the first block's start is written.
    private var isOpen = false
    /// The first block's index.
    private var index = 0
    private var keptCount = 0
    private var ending = AnthropicEnding()
    /// Whether more had to be kept than is sound. An error event was the last thing that was written then.
    public private(set) var isFailed = false

    /// - Parameter limit: bytes that are kept of blocks that can't be written yet.
    public init(_ identity: AnthropicReplyIdentity, limit: Int = 16 << 20) {
        self.identity = identity
        self.limit = limit
    }

    /// `message_stop`, which the writer leaves to whoever closes the books.
    public static let closing = Array("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".utf8)

    public static let ping = Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8)

    /// Appends `message_start`, unless it is there already. Clients wait for it, so it may be written before anything is
    /// known of the reply; the true counts come at the end.
    public mutating func start(to bytes: inout [UInt8]) {
        guard !isStarted else { return }
        isStarted = true
        bytes.append("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{")
        identity.write(to: &bytes)
        bytes.append(",\"content\":[],")
        AnthropicEnding().writeStop(to: &bytes)
        bytes.append(",")
        AnthropicEnding().writeUsage(to: &bytes)
        bytes.append("}}\n\n")
    }

    /// Appends what an event makes of the stream.
    public mutating func write(_ event: ChatEvent, to bytes: inout [UInt8]) {
        guard !isFailed else { return }
        start(to: &bytes)
        switch event {
        case .text, .reasoning, .reasoningSignature, .redactedReasoning, .toolCallStarted: place(event, to: &bytes)
        case .toolCallArguments(let call, _): addArguments(of: call, event, to: &bytes)
        case .finished:
            ending.read(event)
            closeAll(to: &bytes)
        case .ended:
            closeAll(to: &bytes)
            if ending.finish != nil { writeEnding(to: &bytes) }
        case .started, .usage, .stopSequence, .refusal: ending.read(event)
        }
    }

    private func writeEnding(to bytes: inout [UInt8]) {
        bytes.append("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{")
        ending.writeStop(to: &bytes)
        bytes.append("},")
        ending.writeUsage(to: &bytes)
        bytes.append("}\n\n")
    }
}

// MARK: Blocks

extension AnthropicStreamWriter {
    private mutating func place(_ event: ChatEvent, to bytes: inout [UInt8]) {
        if blocks.last?.goesOn(with: event) != true {
            guard let block = AnthropicReplyBlock(beginningWith: event) else { return }
            blocks.append(block)
            keptCount += Self.blockSize
            settle(to: &bytes)
        }
        add(event, at: blocks.count - 1, to: &bytes)
    }

    private mutating func addArguments(of call: Int, _ event: ChatEvent, to bytes: inout [UInt8]) {
        // What comes behind the end of a call's object is white space at best.
        guard let place = blocks.firstIndex(where: { $0.isCall(call) }), !blocks[place].hasAllArguments else { return }
        add(event, at: place, to: &bytes)
        settle(to: &bytes)
    }

    /// Writes a piece of the open block, or keeps one of another.
    private mutating func add(_ event: ChatEvent, at place: Int, to bytes: inout [UInt8]) {
        blocks[place].add(event)
        guard place > 0 else {
            blocks[0].write(event, index: index, to: &bytes)
            blocks[0].text = ""
            return
        }
        keptCount += event.pieceSize
        guard keptCount > limit else { return }
        isFailed = true
        blocks = []
        AnthropicError(status: 502, message: "The reply's tool calls are mixed beyond what can be put in order.")
            .writeEvent(requestID: nil, to: &bytes)
    }

    /// Closes the first block, and those behind it, as long as they are complete and others follow.
    private mutating func settle(to bytes: inout [UInt8]) {
        openFirst(to: &bytes)
        while blocks.count > 1, blocks[0].isComplete {
            closeFirst(to: &bytes)
            openFirst(to: &bytes)
        }
    }

    private mutating func closeAll(to bytes: inout [UInt8]) {
        while !blocks.isEmpty {
            openFirst(to: &bytes)
            closeFirst(to: &bytes)
        }
    }

    /// With what was kept of the block.
    private mutating func openFirst(to bytes: inout [UInt8]) {
        guard !isOpen, !blocks.isEmpty else { return }
        isOpen = true
        keptCount -= Self.blockSize + blocks[0].text.utf8.count
        blocks[0].writeStart(index: index, to: &bytes)
        blocks[0].text = ""
    }

    private mutating func closeFirst(to bytes: inout [UInt8]) {
        bytes.append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
        bytes.append(decimal: index)
        bytes.append("}\n\n")
        blocks.removeFirst()
        isOpen = false
        index += 1
    }

    /// About what a block takes beside its text.
    private static let blockSize = 256
}

extension ChatEvent {
    fileprivate var pieceSize: Int {
        switch self {
        case .text(let text), .reasoning(let text), .toolCallArguments(_, let text): text.utf8.count
        default: 0
        }
    }
}

// MARK: Writing

extension AnthropicReplyBlock {
    /// Appends the start, and what there is of the block.
    fileprivate func writeStart(index: Int, to bytes: inout [UInt8]) {
        bytes.append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        bytes.append(decimal: index)
        bytes.append(",\"content_block\":{")
        switch kind {
        case .text: bytes.append("\"type\":\"text\",\"text\":\"\"")
        case .thinking: bytes.append("\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"")
        case .redactedThinking(let data):
            bytes.append("\"type\":\"redacted_thinking\",\"data\":")
            bytes.append(json: data)
        case .toolUse(_, let id, let name):
            bytes.append("\"type\":\"tool_use\",\"id\":")
            bytes.append(json: id)
            bytes.append(",\"name\":")
            bytes.append(json: name)
            bytes.append(",\"input\":{}")
        }
        bytes.append("}}\n\n")
        if !text.isEmpty { writeDelta(textDelta, text, index, to: &bytes) }
        if let signature { writeDelta(Self.signatureDelta, signature, index, to: &bytes) }
    }

    /// Appends the delta that an event of this block makes.
    fileprivate func write(_ event: ChatEvent, index: Int, to bytes: inout [UInt8]) {
        switch event {
        case .text(let piece), .reasoning(let piece), .toolCallArguments(_, let piece):
            writeDelta(textDelta, piece, index, to: &bytes)
        case .reasoningSignature(let signature): writeDelta(Self.signatureDelta, signature, index, to: &bytes)
        default: break
        }
    }

    private var textDelta: StaticString {
        switch kind {
        case .text: "\"text_delta\",\"text\":"
        case .thinking, .redactedThinking: "\"thinking_delta\",\"thinking\":"
        case .toolUse: "\"input_json_delta\",\"partial_json\":"
        }
    }

    private static let signatureDelta: StaticString = "\"signature_delta\",\"signature\":"

    private func writeDelta(_ head: StaticString, _ text: String, _ index: Int, to bytes: inout [UInt8]) {
        bytes.append("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
        bytes.append(decimal: index)
        bytes.append(",\"delta\":{\"type\":")
        bytes.append(head)
        bytes.append(json: text)
        bytes.append("}}\n\n")
    }
}
