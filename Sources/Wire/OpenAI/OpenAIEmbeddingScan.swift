/// What the gateway decides on in the body of a request for embeddings, found without reading the rest.
public struct OpenAIEmbeddingScan: Sendable {
    public enum Input: Hashable, Sendable {
        case text
        case texts(count: Int)
        case tokens
        case tokenLists(count: Int)

        /// How many vectors the reply has.
        public var count: Int {
            switch self {
            case .text, .tokens: 1
            case .texts(let count), .tokenLists(let count): count
            }
        }
    }

    public enum Encoding: String, Sendable {
        case float
        /// Little-endian numbers of single precision, one behind the other.
        case base64
    }

    /// The value of `model`, which is the id of a route.
    public private(set) var model = ""
    public private(set) var input = Input.text
    /// Where the texts stand, quotes included; empty where the input is tokens.
    public private(set) var texts: [Range<Int>] = []
    public private(set) var dimensions: Int?
    /// Nil where the caller doesn't say, which means floats.
    public private(set) var encoding: Encoding?
    /// Where the value of `user` stands, quotes included.
    public private(set) var user: Range<Int>?
    /// Strings and flags among the members that are the gateway's own, by name.
    public private(set) var ours: [String: JSON] = [:]

    private var members: [Member] = []

    private struct Member: Sendable {
        var name: String
        /// From the key's quote to the end of the value.
        var range: Range<Int>
        var value: Range<Int>
    }

    /// The most inputs that OpenAI takes.
    private static let mostInputs = 2_048

    /// - Parameter names: members that are the gateway's own, and go no further.
    /// - Throws: ``OpenAIRequestError``. The whole text is checked to be JSON; only the members acted on are checked
    ///   further.
    public init(_ body: UnsafeRawBufferPointer, ours names: Set<String> = []) throws(OpenAIRequestError) {
        do throws(JSONError) {
            var scanner = try JSONScanner(body)
            guard try scanner.peek() == .object else {
                _ = try scanner.skipValue()
                try scanner.end()
                throw JSONError(offset: -1, reason: .unexpectedByte)
            }
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                let value = try scanner.skipValue()
                members.append(
                    Member(
                        name: scanner.string(of: key), range: key.range.lowerBound - 1..<value.range.upperBound,
                        value: value.range))
            }
            try scanner.end()
        } catch {
            throw error.offset < 0 ? .type("body", expected: "an object") : .json(error)
        }
        try read(body, ours: names)
    }

    private mutating func read(
        _ body: UnsafeRawBufferPointer, ours names: Set<String>
    ) throws(OpenAIRequestError) {
        var seen: Set<String> = []
        for member in members {
            guard seen.insert(member.name).inserted else { throw .repeated(member.name) }
            try read(member, of: body, ours: names)
        }
        for name in ["model", "input"] where !seen.contains(name) { throw .missing(name) }
    }

    private mutating func read(
        _ member: Member, of body: UnsafeRawBufferPointer, ours names: Set<String>
    ) throws(OpenAIRequestError) {
        if member.name == "input" { return try readInput(member.value, of: body) }
        guard names.contains(member.name) || Self.known.contains(member.name) else { return }
        let value = try Self.tree(body[rebasing: member.value])
        guard !names.contains(member.name) else {
            ours[member.name] = value
            return
        }
        switch member.name {
        case "model": model = try value.string(named: "model")
        case "dimensions": dimensions = value.isNull ? nil : try value.count(named: "dimensions")
        case "encoding_format": encoding = value.isNull ? nil : try Self.encoding(value)
        case "user":
            guard !value.isNull else { return }
            let text = try value.string(named: "user")
            if !text.isEmpty { user = member.value }
        default: break
        }
    }

    private static let known: Set<String> = ["model", "dimensions", "encoding_format", "user"]

    private static func tree(_ text: UnsafeRawBufferPointer) throws(OpenAIRequestError) -> JSON {
        do { return try JSON(text) } catch { throw .json(error) }
    }

    private static func encoding(_ value: JSON) throws(OpenAIRequestError) -> Encoding {
        guard let encoding = Encoding(rawValue: try value.string(named: "encoding_format")) else {
            throw .value("encoding_format", message: "'encoding_format' must be float or base64.")
        }
        return encoding
    }
}

// MARK: The input

extension OpenAIEmbeddingScan {
    private mutating func readInput(
        _ range: Range<Int>, of body: UnsafeRawBufferPointer
    ) throws(OpenAIRequestError) {
        let elements: [JSONSpan]
        do throws(JSONError) {
            var scanner = try JSONScanner(body[rebasing: range])
            switch try scanner.peek() {
            case .string:
                texts = [range]
                return
            case .array: elements = try Self.elements(&scanner)
            case .null, .bool, .number, .object: throw JSONError(offset: -1, reason: .unexpectedByte)
            }
        } catch {
            throw error.offset < 0 ? .type("input", expected: "a string or an array") : .json(error)
        }
        try take(elements, at: range.lowerBound)
    }

    private static func elements(_ scanner: inout JSONScanner) throws(JSONError) -> [JSONSpan] {
        var elements: [JSONSpan] = []
        try scanner.enterArray()
        while try scanner.nextElement() { elements.append(try scanner.skipValue()) }
        return elements
    }

    private mutating func take(_ elements: [JSONSpan], at start: Int) throws(OpenAIRequestError) {
        guard let kind = elements.first?.kind else {
            throw .value("input", message: "'input' must not be empty.")
        }
        guard elements.allSatisfy({ $0.kind == kind }) else {
            throw .type("input", expected: "an array of one kind: strings, token ids, or arrays of token ids")
        }
        guard kind == .number || elements.count <= Self.mostInputs else {
            throw .value("input", message: "'input' may hold up to \(Self.mostInputs) elements.")
        }
        switch kind {
        case .string:
            input = .texts(count: elements.count)
            texts = elements.map { $0.range.lowerBound + start..<$0.range.upperBound + start }
        case .number: input = .tokens
        case .array: input = .tokenLists(count: elements.count)
        case .null, .bool, .object: throw .type("input", expected: "an array of strings or of token ids")
        }
    }
}

// MARK: The body for an upstream of the same wire

extension OpenAIEmbeddingScan {
    /// The body as an upstream gets it: its own name of the model, none of our members, and, where the upstream knows no
    /// other form, a wish for floats.
    ///
    /// - Parameter encoding: the form to ask for; nil leaves the caller's wish as it is.
    public func splice<Edits: SpliceEdits>(model: String, encoding: Encoding? = nil, into edits: inout Edits) {
        edits.insert([UInt8(ascii: "{")])
        var isFirst = true
        for member in members where ours[member.name] == nil {
            let isReplaced = member.name == "model" || member.name == "encoding_format" && encoding != nil
            var text: [UInt8] = isFirst ? [] : [UInt8(ascii: ",")]
            isFirst = false
            guard isReplaced else {
                edits.insert(text)
                edits.keep(member.range)
                continue
            }
            text.append(json: member.name)
            text.append(":")
            text.append(json: member.name == "model" ? model : encoding?.rawValue ?? "")
            edits.insert(text)
        }
        edits.insert([UInt8(ascii: "}")])
    }
}
