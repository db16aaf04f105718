/// What the gateway's books need from a reply or a chunk of the OpenAI wire, found without reading the rest.
public struct OpenAIReplyScan: Sendable {
    /// The counts of `usage`, where it is an object.
    public private(set) var usage: ChatUsage?
    public private(set) var model: String?
    /// Whether any choice has a `finish_reason`.
    public private(set) var isFinished = false
    /// Whether `choices` has no element.
    public private(set) var hasNoChoices = false
    /// The message of an `error` member that is neither null nor false; some servers write a text in place of an object.
    public private(set) var error: String?

    /// - Parameter readsModel: false where the name of the model isn't wanted, which takes a good part of the time.
    /// - Throws: ``JSONError`` for anything but one JSON object.
    public init(_ text: UnsafeRawBufferPointer, readsModel: Bool = true) throws(JSONError) {
        var scanner = try JSONScanner(text)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "choices") {
                try readChoices(&scanner)
            } else if scanner.text(of: key, is: "usage") {
                usage = try Self.usage(&scanner) ?? usage
            } else if readsModel, scanner.text(of: key, is: "model") {
                model = scanner.string(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "error") {
                error = Self.message(try scanner.tree())
            } else {
                _ = try scanner.skipValue()
            }
        }
        try scanner.end()
    }

    private mutating func readChoices(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.peek() == .array else {
            _ = try scanner.skipValue()
            return
        }
        try scanner.enterArray()
        hasNoChoices = true
        while try scanner.nextElement() {
            hasNoChoices = false
            guard try scanner.peek() == .object else {
                _ = try scanner.skipValue()
                continue
            }
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                let span = try scanner.skipValue()
                if span.kind == .string, scanner.text(of: key, is: "finish_reason") { isFinished = true }
            }
        }
    }

    /// Reads the value of `usage`, whatever it is; nil where it is no object.
    public static func usage(_ scanner: inout JSONScanner) throws(JSONError) -> ChatUsage? {
        guard try scanner.peek() == .object else {
            _ = try scanner.skipValue()
            return nil
        }
        var counts = ChatUsage(input: 0, output: 0)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "prompt_tokens") {
                counts.input = scanner.count(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "completion_tokens") {
                counts.output = scanner.count(of: try scanner.skipValue())
            } else if scanner.text(of: key, is: "prompt_tokens_details") {
                try details(&scanner) { scanner, key, span in
                    if scanner.text(of: key, is: "cached_tokens") { counts.cachedInput = scanner.count(of: span) }
                    if scanner.text(of: key, is: "cache_write_tokens") { counts.cacheWrite = scanner.count(of: span) }
                }
            } else if scanner.text(of: key, is: "completion_tokens_details") {
                try details(&scanner) { scanner, key, span in
                    if scanner.text(of: key, is: "reasoning_tokens") { counts.reasoning = scanner.count(of: span) }
                }
            } else {
                _ = try scanner.skipValue()
            }
        }
        // A part can't be more than its whole: an upstream that miscounts must not make our classes negative.
        counts.cachedInput = min(counts.cachedInput, counts.input)
        counts.cacheWrite = min(counts.cacheWrite, counts.input - counts.cachedInput)
        counts.reasoning = min(counts.reasoning, counts.output)
        return counts
    }

    static func details(
        _ scanner: inout JSONScanner, _ take: (JSONScanner, JSONKey, JSONSpan) -> Void
    ) throws(JSONError) {
        guard try scanner.peek() == .object else {
            _ = try scanner.skipValue()
            return
        }
        try scanner.enterObject()
        while let key = try scanner.nextKey() { take(scanner, key, try scanner.skipValue()) }
    }

    static func message(_ value: JSON) -> String? {
        switch value {
        case .null, .bool(false): nil
        case .string(let text): text
        case .object(let object): object["message"]?.string ?? JSON.object(object).text()
        default: value.text()
        }
    }
}

extension JSONScanner {
    /// The value of a token count; 0 for anything that is none, negative ones included.
    func count(of span: JSONSpan) -> Int {
        max(0, min(integer(of: span) ?? 0, 1 << 40))
    }
}
