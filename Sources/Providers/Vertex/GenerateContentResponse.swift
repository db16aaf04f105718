import Wire

/// Where the members that we act on stand in one `GenerateContentResponse`. It points into bytes that it doesn't own.
struct GenerateContentResponse {
    private(set) var hasCandidates = false
    private(set) var isError = false
    private var idSpan: JSONSpan?
    private var modelSpan: JSONSpan?
    private var finishReasonSpan: JSONSpan?
    private var blockReasonSpan: JSONSpan?
    private var usageSpan: JSONSpan?
    private var partsSpan: JSONSpan?
    private let bytes: UnsafeRawBufferPointer
    private let text: JSONScanner

    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        self.bytes = bytes
        text = try JSONScanner(bytes)
        var scanner = text
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "candidates") {
                try readCandidates(&scanner)
            } else if scanner.text(of: key, is: "promptFeedback") {
                try readPromptFeedback(&scanner)
            } else {
                keep(try scanner.skipValue(), of: key)
            }
        }
        try scanner.end()
    }

    private mutating func keep(_ value: JSONSpan, of key: JSONKey) {
        if text.text(of: key, is: "usageMetadata") {
            usageSpan = value
        } else if text.text(of: key, is: "modelVersion") {
            modelSpan = value
        } else if text.text(of: key, is: "responseId") {
            idSpan = value
        } else if text.text(of: key, is: "error") {
            isError = value.kind != .null
        }
    }

    /// Only one candidate is ever asked for.
    private mutating func readCandidates(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersArray() else { return }
        while try scanner.nextElement() {
            if hasCandidates {
                _ = try scanner.skipValue()
            } else {
                try readCandidate(&scanner)
            }
            hasCandidates = true
        }
    }

    private mutating func readCandidate(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            if scanner.text(of: key, is: "content") {
                try readContent(&scanner)
            } else if scanner.text(of: key, is: "finishReason") {
                finishReasonSpan = try scanner.skipValue()
            } else {
                _ = try scanner.skipValue()
            }
        }
    }

    private mutating func readContent(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if value.kind == .array, scanner.text(of: key, is: "parts") { partsSpan = value }
        }
    }

    private mutating func readPromptFeedback(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.entersObject() else { return }
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            if scanner.text(of: key, is: "blockReason") { blockReasonSpan = value }
        }
    }
}

// MARK: What was found

extension GenerateContentResponse {
    var id: String? { idSpan.flatMap(text.string(of:)) }
    var model: String? { modelSpan.flatMap(text.string(of:)) }
    var finishReason: String? { finishReasonSpan.flatMap(text.string(of:)) }
    var blockReason: String? { blockReasonSpan.flatMap(text.string(of:)) }

    /// The parts of the candidate's content, if it has any.
    func parts() throws(JSONError) -> Parts? {
        guard let partsSpan else { return nil }
        return try Parts(bytes[rebasing: partsSpan.range])
    }

    /// The counts so far. Google leaves out those that are zero, so one that isn't there changes nothing.
    func usage(after earlier: GeminiUsage?) throws(JSONError) -> GeminiUsage? {
        guard let usageSpan else { return earlier }
        var scanner = try JSONScanner(bytes[rebasing: usageSpan.range])
        guard try scanner.entersObject() else { return earlier }
        var usage = earlier
        while let key = try scanner.nextKey() {
            let value = try scanner.skipValue()
            guard let member = GeminiUsage.member(of: key, in: scanner), let count = scanner.integer(of: value) else {
                continue
            }
            // Far from where sums could overflow.
            usage = usage ?? GeminiUsage()
            usage?[keyPath: member] = max(0, min(count, 1 << 40))
        }
        return usage
    }

    /// Walks over `parts`.
    struct Parts {
        private var scanner: JSONScanner
        private let bytes: UnsafeRawBufferPointer

        fileprivate init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
            self.bytes = bytes
            scanner = try JSONScanner(bytes)
            try scanner.enterArray()
        }

        mutating func next() throws(JSONError) -> Part? {
            guard try scanner.nextElement() else { return nil }
            var part = Part()
            guard try scanner.entersObject() else { return part }
            while let key = try scanner.nextKey() {
                let value = try scanner.skipValue()
                if scanner.text(of: key, is: "text") {
                    part.text = scanner.string(of: value)
                } else if scanner.text(of: key, is: "thought") {
                    part.isThought = scanner.bool(of: value) ?? false
                } else if scanner.text(of: key, is: "thoughtSignature") {
                    part.signature = scanner.string(of: value)
                } else if scanner.text(of: key, is: "functionCall") {
                    part.functionCall = try JSON(bytes[rebasing: value.range])
                }
            }
            return part
        }
    }

    /// One part; what it holds beside these, such as inline images, has no counterpart on our callers' wire.
    struct Part {
        var text: String?
        var isThought = false
        var signature: String?
        var functionCall: JSON?
    }
}

/// `usageMetadata`. The candidates' tokens don't include the thoughts'.
struct GeminiUsage {
    var prompt = 0
    var toolUsePrompt = 0
    var candidates = 0
    var thoughts = 0
    var cached = 0

    var chatUsage: ChatUsage {
        ChatUsage(
            input: prompt + toolUsePrompt, output: candidates + thoughts, cachedInput: cached, reasoning: thoughts)
    }

    fileprivate static func member(of key: JSONKey, in text: JSONScanner) -> WritableKeyPath<GeminiUsage, Int>? {
        if text.text(of: key, is: "promptTokenCount") { return \.prompt }
        if text.text(of: key, is: "candidatesTokenCount") { return \.candidates }
        if text.text(of: key, is: "thoughtsTokenCount") { return \.thoughts }
        if text.text(of: key, is: "cachedContentTokenCount") { return \.cached }
        if text.text(of: key, is: "toolUsePromptTokenCount") { return \.toolUsePrompt }
        return nil
    }
}

/// Entering what should be there, and stepping over what is there instead.
extension JSONScanner {
    fileprivate mutating func entersObject() throws(JSONError) -> Bool {
        guard try peek() == .object else {
            _ = try skipValue()
            return false
        }
        try enterObject()
        return true
    }

    fileprivate mutating func entersArray() throws(JSONError) -> Bool {
        guard try peek() == .array else {
            _ = try skipValue()
            return false
        }
        try enterArray()
        return true
    }
}
