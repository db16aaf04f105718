/// What the gateway needs from a reply with embeddings: the counts, and where vectors stand that a caller wants as Base64.
public struct OpenAIEmbeddingReplyScan: Sendable {
    /// Embeddings have no output tokens.
    public private(set) var usage: ChatUsage?
    public private(set) var model: String?
    /// The message of an `error` member that is neither null nor false.
    public private(set) var error: String?
    /// How many elements `data` has.
    public private(set) var count = 0
    /// Where vectors stand that are arrays of numbers.
    private var vectors: [Range<Int>] = []

    /// - Throws: ``JSONError`` for anything but one JSON object.
    public init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
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
            count += 1
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

extension OpenAIEmbeddingReplyScan {
    /// The reply with its vectors as Base64, as the SDKs ask for them; what isn't an array of numbers stays as it is.
    ///
    /// - Parameter text: the text that was scanned.
    /// - Throws: ``JSONError`` for an element that is no number of single precision.
    public func writeAsBase64(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) throws(JSONError) {
        var position = 0
        var numbers: [UInt8] = []
        for range in vectors {
            bytes.append(contentsOf: text[position..<range.lowerBound])
            numbers.removeAll(keepingCapacity: true)
            try Self.append(vector: text[rebasing: range], at: range.lowerBound, to: &numbers)
            bytes.append("\"")
            numbers.withUnsafeBytes { Base64.append($0, to: &bytes) }
            bytes.append("\"")
            position = range.upperBound
        }
        bytes.append(contentsOf: text[position...])
    }

    private static func append(
        vector: UnsafeRawBufferPointer, at start: Int, to bytes: inout [UInt8]
    ) throws(JSONError) {
        var scanner = try JSONScanner(vector)
        try scanner.enterArray()
        while try scanner.nextElement() {
            let value = try scanner.skipValue()
            let digits = String(decoding: vector[rebasing: value.range], as: UTF8.self)
            guard value.kind == .number, let number = Float(digits), number.isFinite else {
                throw JSONError(offset: start + value.range.lowerBound, reason: .badNumber)
            }
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }
}
