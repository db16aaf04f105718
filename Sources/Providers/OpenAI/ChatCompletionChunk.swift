import Wire

/// What one chunk of a streamed chat completion adds, read without building its JSON: most of a stream is these.
///
/// A whole reply has the same members, with `message` in place of `delta`, so it is read by the same code.
struct ChatCompletionChunk {
    /// A piece of a call, or a whole one.
    struct Call {
        var index: Int?
        var id: String?
        var name: String?
        var arguments: String?
    }

    private(set) var id: String?
    private(set) var model: String?
    private(set) var usage: ChatUsage?
    /// Whether there is a first choice. Azure's first chunk has none, nor has one with the counts.
    private(set) var hasChoice = false
    private(set) var text: String?
    private(set) var reasoning: String?
    private(set) var refusal: String?
    private(set) var calls: [Call] = []
    /// The deprecated form: a call without index and id.
    private(set) var functionCall: Call?
    private(set) var finishReason: String?
    private(set) var error: OpenAIError?

    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = try JSONScanner(bytes)
        var isError = false
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "choices"), try scanner.peek() == .array {
                try readChoices(&scanner)
            } else if scanner.text(of: key, is: "usage"), try scanner.peek() == .object {
                usage = try OpenAIReplyScan.usage(&scanner)
            } else {
                let value = try scanner.skipValue()
                if scanner.text(of: key, is: "id") { id = scanner.string(of: value) }
                if scanner.text(of: key, is: "model") { model = scanner.string(of: value) }
                isError = isError || Self.isError(key, value, scanner)
            }
        }
        try scanner.end()
        if isError { error = OpenAIError(try JSON(bytes)) }
    }

    /// Older versions of vLLM write an error's members at the top, with `"object":"error"` beside them.
    private static func isError(_ key: JSONKey, _ value: JSONSpan, _ scanner: JSONScanner) -> Bool {
        if scanner.text(of: key, is: "object"), value.kind == .string {
            return scanner.text(at: value.range, is: "\"error\"")
        }
        guard scanner.text(of: key, is: "error") || scanner.text(of: key, is: "detail") else { return false }
        return value.kind != .null && scanner.bool(of: value) != false
    }

    /// Only one choice is ever asked for.
    private mutating func readChoices(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard !hasChoice, try scanner.peek() == .object else {
                _ = try scanner.skipValue()
                continue
            }
            hasChoice = true
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                if scanner.text(of: key, is: "delta") || scanner.text(of: key, is: "message"),
                    try scanner.peek() == .object
                {
                    try readMessage(&scanner)
                } else {
                    let value = try scanner.skipValue()
                    if scanner.text(of: key, is: "finish_reason") { finishReason = scanner.string(of: value) }
                }
            }
        }
    }

    private mutating func readMessage(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "tool_calls"), try scanner.peek() == .array {
                try readCalls(&scanner)
            } else if scanner.text(of: key, is: "function_call"), try scanner.peek() == .object {
                functionCall = try Self.call(&scanner)
            } else if scanner.text(of: key, is: "content"), try scanner.peek() == .array {
                text = Self.text(of: try scanner.tree())
            } else {
                let value = try scanner.skipValue()
                if scanner.text(of: key, is: "content") {
                    text = scanner.string(of: value)
                } else if scanner.text(of: key, is: "refusal") {
                    refusal = scanner.string(of: value)
                } else if scanner.text(of: key, is: "reasoning_content") || scanner.text(of: key, is: "reasoning") {
                    // Servers that are changing from one name to the other write both.
                    reasoning = scanner.string(of: value) ?? reasoning
                }
            }
        }
    }

    /// A few servers write the content as a list of parts.
    private static func text(of parts: JSON) -> String? {
        let texts = parts.array?.compactMap { $0["text"]?.string } ?? []
        return texts.isEmpty ? nil : texts.joined()
    }

    private mutating func readCalls(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard try scanner.peek() == .object else {
                _ = try scanner.skipValue()
                continue
            }
            calls.append(try Self.call(&scanner))
        }
    }

    /// `{"index","id","function":{"name","arguments"}}`, or what stands inside `function`.
    private static func call(_ scanner: inout JSONScanner) throws(JSONError) -> Call {
        var call = Call()
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "function"), try scanner.peek() == .object {
                let inner = try Self.call(&scanner)
                call.name = inner.name ?? call.name
                call.arguments = inner.arguments ?? call.arguments
            } else if scanner.text(of: key, is: "arguments"), try scanner.peek() == .object {
                // An object where there should be a text.
                call.arguments = try scanner.tree().text()
            } else {
                let value = try scanner.skipValue()
                if scanner.text(of: key, is: "index") { call.index = scanner.integer(of: value) }
                if scanner.text(of: key, is: "id") { call.id = scanner.string(of: value) }
                if scanner.text(of: key, is: "name") { call.name = scanner.string(of: value) }
                if scanner.text(of: key, is: "arguments") { call.arguments = scanner.string(of: value) }
            }
        }
        return call
    }
}
