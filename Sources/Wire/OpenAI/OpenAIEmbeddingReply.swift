/// What the gateway needs from a reply with embeddings: the counts, and where vectors stand that a caller may want as Base64.
struct OpenAIEmbeddingReplyScan {
    /// Embeddings have no output tokens.
    private(set) var usage: ChatUsage?
    private(set) var model: String?
    /// The message of an `error` member that is neither null nor false.
    private(set) var error: String?
    /// Where vectors stand that are arrays, in the order of the text.
    private(set) var vectors: [Range<Int>] = []

    /// - Throws: ``JSONError`` for anything but one JSON object.
    init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = try JSONScanner(text)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "data"), try scanner.peek() == .array {
                try readData(&scanner)
            } else if scanner.text(of: key, is: "usage"), try scanner.peek() == .object {
                try readUsage(&scanner)
            } else if scanner.text(of: key, is: "model") {
                model = scanner.string(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "error") {
                error = OpenAIReplyScan.message(try scanner.tree())
            } else {
                _ = try scanner.skipValue()
            }
        }
        try scanner.end()
    }

    private mutating func readData(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard try scanner.peek() == .object else {
                _ = try scanner.skipValue()
                continue
            }
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                let value = try scanner.skipValue()
                if value.kind == .array, scanner.text(of: key, is: "embedding") { vectors.append(value.range) }
            }
        }
    }

    private mutating func readUsage(_ scanner: inout JSONScanner) throws(JSONError) {
        var counts = ChatUsage(input: 0, output: 0)
        var total = 0
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "prompt_tokens") { counts.input = scanner.count(of: value) }
            if scanner.text(of: key, is: "total_tokens") { total = scanner.count(of: value) }
        }
        // Some servers give the total only.
        if counts.input == 0 { counts.input = total }
        usage = counts
    }
}
