/// The counts of `usage`, as far as they are known. A stream tells them bit by bit, each as a total.
public struct AnthropicUsage: Hashable, Sendable {
    /// Without what the cache gave and took.
    private var input: Int?
    private var output: Int?
    private var cacheRead: Int?
    private var cacheWrite: Int?
    private var thinking: Int?
    /// `inference_geo`
    private var geography: String?

    /// Bytes of a word for a geography, with its quotes; a longer text is none.
    private static let longestGeography = 32

    public init() {}

    /// Nil until a count of tokens was told. The cache's tokens, which the wire counts apart, are counted in.
    public var chatUsage: ChatUsage? {
        guard input != nil || output != nil else { return nil }
        let cacheRead = cacheRead ?? 0
        let cacheWrite = cacheWrite ?? 0
        let output = output ?? 0
        return ChatUsage(
            input: (input ?? 0) + cacheRead + cacheWrite, output: output, cachedInput: cacheRead,
            cacheWrite: cacheWrite, reasoning: min(thinking ?? 0, output), geography: geography)
    }

    /// Reads the value of `usage`. What it holds takes the place of what was known; a null leaves it.
    public mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "output_tokens_details") {
                try readDetails(&scanner)
                continue
            }
            let span = try scanner.skipValue()
            if span.kind == .string, span.range.count <= Self.longestGeography,
                scanner.text(of: key, is: "inference_geo")
            {
                geography = scanner.string(of: span)
            }
            guard span.kind == .number else { continue }
            if scanner.text(of: key, is: "input_tokens") { input = scanner.count(of: span) }
            if scanner.text(of: key, is: "output_tokens") { output = scanner.count(of: span) }
            if scanner.text(of: key, is: "cache_read_input_tokens") { cacheRead = scanner.count(of: span) }
            if scanner.text(of: key, is: "cache_creation_input_tokens") { cacheWrite = scanner.count(of: span) }
        }
    }

    private mutating func readDetails(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            let span = try scanner.skipValue()
            if span.kind == .number, scanner.text(of: key, is: "thinking_tokens") { thinking = scanner.count(of: span) }
        }
    }
}

extension ChatUsage {
    /// The members of `usage`, without the braces.
    func writeAnthropic(to bytes: inout [UInt8]) {
        bytes.append("\"input_tokens\":")
        bytes.append(decimal: max(0, input &- cachedInput &- cacheWrite))
        bytes.append(",\"cache_creation_input_tokens\":")
        bytes.append(decimal: cacheWrite)
        bytes.append(",\"cache_read_input_tokens\":")
        bytes.append(decimal: cachedInput)
        bytes.append(",\"output_tokens\":")
        bytes.append(decimal: output)
        bytes.append(",\"output_tokens_details\":{\"thinking_tokens\":")
        bytes.append(decimal: reasoning)
        bytes.append("}")
    }
}

extension JSONScanner {
    /// Enters the next value where it is an object, and steps over it where it is something else.
    mutating func entersObject() throws(JSONError) -> Bool {
        guard try peek() == .object else {
            _ = try skipValue()
            return false
        }
        try enterObject()
        return true
    }
}
