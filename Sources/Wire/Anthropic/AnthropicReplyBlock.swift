/// A content block of a reply, and how events make it.
struct AnthropicReplyBlock {
    enum Kind {
        case text
        case thinking
        case redactedThinking(data: String)
        case toolUse(index: Int, id: String, name: String)
    }

    let kind: Kind
    /// Text, thinking or arguments.
    var text = ""
    var signature: String?
    private var progress = JSONObjectProgress()

    init(_ kind: Kind) { self.kind = kind }

    /// The block that an event begins where it doesn't go on with the last one. Nil for an event that no block holds.
    init?(beginningWith event: ChatEvent) {
        switch event {
        case .text: self.init(.text)
        case .reasoning, .reasoningSignature: self.init(.thinking)
        case .redactedReasoning(let data): self.init(.redactedThinking(data: data))
        case .toolCallStarted(let index, let id, let name): self.init(.toolUse(index: index, id: id, name: name))
        default: return nil
        }
    }

    /// Whether an event is more of the same, if it comes right behind this block.
    func goesOn(with event: ChatEvent) -> Bool {
        switch (kind, event) {
        case (.text, .text): true
        // The signature closes its thinking.
        case (.thinking, .reasoning), (.thinking, .reasoningSignature): signature == nil
        default: false
        }
    }

    mutating func add(_ event: ChatEvent) {
        switch event {
        case .text(let piece), .reasoning(let piece): text += piece
        case .toolCallArguments(_, let piece):
            text += piece
            progress.read(piece)
        case .reasoningSignature(let signature): self.signature = signature
        default: break
        }
    }

    /// Whether nothing more can belong to the block once another one has begun behind it.
    var isComplete: Bool {
        if case .toolUse = kind { progress.isComplete } else { true }
    }

    var hasAllArguments: Bool { progress.isComplete }

    func isCall(_ index: Int) -> Bool {
        if case .toolUse(let number, _, _) = kind { number == index } else { false }
    }
}

/// Follows a JSON object that comes in pieces, only to see when its last brace has come.
struct JSONObjectProgress {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var hasBegun = false

    var isComplete: Bool { hasBegun && depth <= 0 }

    mutating func read(_ piece: String) {
        for byte in piece.utf8 { read(byte) }
    }

    private mutating func read(_ byte: UInt8) {
        guard !isInString else {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            hasBegun = true
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }
}
