import Wire

/// What one `contentBlockDelta` adds, read without building its JSON: most of a stream is these.
struct ConverseDelta {
    enum Piece {
        case text(String)
        case toolInput(String)
        case reasoning(String)
        case reasoningSignature(String)
        case redactedReasoning(String)
        /// Citations, images, and what AWS may add; and the padding `p`, which only hides the length.
        case other
    }

    private(set) var block: Int?
    private(set) var piece = Piece.other

    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "contentBlockIndex") {
                block = scanner.integer(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "delta"), try scanner.peek() == .object {
                try readDelta(&scanner)
            } else {
                _ = try scanner.skipValue()
            }
        }
        try scanner.end()
    }

    /// Bytes.
    var textCount: Int {
        switch piece {
        case .text(let text), .toolInput(let text), .reasoning(let text), .reasoningSignature(let text),
            .redactedReasoning(let text):
            text.utf8.count
        case .other: 0
        }
    }

    private mutating func readDelta(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "text") {
                set(Piece.text, scanner.string(of: try scanner.skipValue()))
            } else if scanner.text(of: key, is: "toolUse"), try scanner.peek() == .object {
                try readToolUse(&scanner)
            } else if scanner.text(of: key, is: "reasoningContent"), try scanner.peek() == .object {
                try readReasoning(&scanner)
            } else {
                _ = try scanner.skipValue()
            }
        }
    }

    private mutating func readToolUse(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "input") { set(Piece.toolInput, scanner.string(of: value)) }
        }
    }

    private mutating func readReasoning(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "text") { set(Piece.reasoning, scanner.string(of: value)) }
            if scanner.text(of: key, is: "signature") { set(Piece.reasoningSignature, scanner.string(of: value)) }
            if scanner.text(of: key, is: "redactedContent") { set(Piece.redactedReasoning, scanner.string(of: value)) }
        }
    }

    private mutating func set(_ make: (String) -> Piece, _ text: String?) {
        if let text, !text.isEmpty { piece = make(text) }
    }
}
