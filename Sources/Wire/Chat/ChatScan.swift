/// What the gateway decides on in the body of a chat request, found without reading the rest.
///
/// The caller's messages stay where they are: a body that goes to an upstream of the same wire is never parsed or copied.
public struct ChatScan: Sendable {
    public let wire: ChatWire
    /// The value of `model`, which is the id of a route.
    public private(set) var model = ""
    public private(set) var isStreamed = false
    public private(set) var includesUsage = false
    /// `allow_fallbacks`; nil where the caller doesn't say.
    public private(set) var allowsFallbacks: Bool?
    public private(set) var substitution: PIISubstitutionChoice?
    /// `privacy_tier`: a demand for a tier, in the words of an older interface.
    public private(set) var privacyTier: String?
    /// Whether embeddings are to come as Base64; else they are arrays of numbers.
    public private(set) var wantsBase64 = false
    /// The first member that has a provider send the request, or parts of it, on to others, such as `tools[0]`.
    public internal(set) var onwardMember: String?

    /// Where the members stand that ``splice(_:of:into:)`` touches, in the order of the text.
    private(set) var places: [Place] = []
    /// Behind the object's opening bracket.
    private(set) var start = 0
    /// Behind the object's closing bracket.
    private(set) var end = 0
    private var memberCount = 0
    /// The value of `stream_options.include_usage`, where the caller says something.
    private(set) var usageFlag: Range<Int>?
    private(set) var hasStreamOptions = false
    /// Whether a key is called like a ``StoredReference``, or may be so by its escapes.
    private var mayReferToStored = false
    /// Whether a key is called like one that an address of content stands under, or may be so by its escapes.
    private(set) var mayNameURLs = false

    /// A member: from the first byte of its key's quote to the last of its value.
    struct Place: Sendable {
        var name: Member
        var member: Range<Int>
        var value: Range<Int>
        /// Where the member before it ends; nil for the first.
        var previousEnd: Int?
        /// Where the next member's key begins; nil for the last.
        var nextStart: Int?
    }

    /// The members that are acted on.
    enum Member: Sendable {
        case model, messages, input, stream, streamOptions, allowFallbacks, piiSubstitution, privacyTier
        /// Of the Responses wire: what a provider is to keep, or to find again.
        case store, background, conversation, prompt, previousResponse
        /// Of the Messages wire: some hosts want them in the body, and then the first is ours to say.
        case anthropicVersion, anthropicBeta
        /// Of embeddings.
        case encodingFormat

        var name: StaticString {
            switch self {
            case .model: "model"
            case .messages: "messages"
            case .input: "input"
            case .stream: "stream"
            case .streamOptions: "stream_options"
            case .allowFallbacks: "allow_fallbacks"
            case .piiSubstitution: "pii_substitution"
            case .privacyTier: "privacy_tier"
            case .anthropicVersion: "anthropic_version"
            case .anthropicBeta: "anthropic_beta"
            case .store: "store"
            case .background: "background"
            case .conversation: "conversation"
            case .prompt: "prompt"
            case .previousResponse: "previous_response_id"
            case .encodingFormat: "encoding_format"
            }
        }

        /// The one member whose name has so many bytes and this first one; no two of them are alike in both.
        init?(length: Int, first: UInt8, on wire: ChatWire) {
            let isResponses = wire == .openAIResponses
            switch length {
            case 5 where first == UInt8(ascii: "i") && wire.asksByInput: self = .input
            case 5 where first == UInt8(ascii: "s") && isResponses: self = .store
            case 5: self = .model
            case 6 where first == UInt8(ascii: "p") && isResponses: self = .prompt
            case 6 where wire != .openAIEmbeddings && wire != .anthropicTokenCount: self = .stream
            case 8 where !wire.asksByInput: self = .messages
            case 10 where isResponses: self = .background
            case 12 where first == UInt8(ascii: "c") && isResponses: self = .conversation
            case 12: self = .privacyTier
            case 14 where wire == .openAIChat: self = .streamOptions
            case 14 where wire.isAnthropic: self = .anthropicBeta
            case 15 where first == UInt8(ascii: "e") && wire == .openAIEmbeddings: self = .encodingFormat
            case 15: self = .allowFallbacks
            case 16: self = .piiSubstitution
            case 17 where wire.isAnthropic: self = .anthropicVersion
            case 20 where isResponses: self = .previousResponse
            default: return nil
            }
        }
    }

    /// - Throws: ``OpenAIRequestError``. The whole text is checked to be JSON; only the members acted on are checked
    ///   further.
    public init(_ body: UnsafeRawBufferPointer, of wire: ChatWire = .openAIChat) throws(OpenAIRequestError) {
        self.wire = wire
        do {
            var scanner = try JSONScanner(body)
            guard try scanner.peek() == .object else {
                // What isn't JSON at all is told as that.
                _ = try scanner.skipValue()
                try scanner.end()
                throw OpenAIRequestError.type("body", expected: .object)
            }
            try read(&scanner)
            try scanner.end()
            if mayReferToStored { try Self.refuseStoredReference(in: body) }
        } catch let error as JSONError {
            throw .json(error)
        } catch let error as OpenAIRequestError {
            throw error
        } catch {
            throw .value("body", message: "It could not be read.")
        }
        guard places.contains(where: { $0.name == .model }) else { throw .missing("model") }
        let content: Member = wire.asksByInput ? .input : .messages
        guard places.contains(where: { $0.name == content }) else { throw .missing("\(content.name)") }
    }

    private mutating func read(_ scanner: inout JSONScanner) throws {
        try scanner.enterObject()
        start = scanner.position
        var previousEnd = start
        var isBehindPlace = false
        places.reserveCapacity(4)
        while let key = try scanner.nextKey() {
            let keyStart = key.range.lowerBound - 1
            if isBehindPlace { places[places.count - 1].nextStart = keyStart }
            isBehindPlace = false
            memberCount += 1
            look(at: scanner.bytes(in: key.range), mayHaveEscapes: key.isEscaped)
            if let member = try Self.member(key, scanner, wire) {
                if places.contains(where: { $0.name == member }) { throw OpenAIRequestError.repeated("\(member.name)") }
                let value = try take(member, &scanner)
                places.append(
                    Place(
                        name: member, member: keyStart..<value.upperBound, value: value,
                        previousEnd: memberCount > 1 ? previousEnd : nil))
                isBehindPlace = true
            } else if let member = Self.onwardMember(key, scanner) {
                try take(member, &scanner)
            } else {
                _ = try skipValue(&scanner)
            }
            previousEnd = scanner.position
        }
        end = scanner.position
    }

    // Inlined, since a copy of the scanner for each key took as long as all the rest.
    @inline(__always)
    private static func member(_ key: JSONKey, _ scanner: JSONScanner, _ wire: ChatWire) throws -> Member? {
        if key.isEscaped {
            let name = scanner.string(of: key)
            if let member = Member(length: name.utf8.count, first: name.utf8.first ?? 0, on: wire),
                "\(member.name)" == name
            {
                throw OpenAIRequestError.escaped(name)
            }
            return nil
        }
        guard !key.range.isEmpty,
            let member = Member(
                length: key.range.count, first: scanner.base.load(fromByteOffset: key.range.lowerBound, as: UInt8.self),
                on: wire),
            scanner.text(at: key.range, is: member.name)
        else { return nil }
        return member
    }

    @inline(__always)
    private static func onwardMember(_ key: JSONKey, _ scanner: JSONScanner) -> OnwardMember? {
        key.isEscaped
            ? OnwardMember(rawValue: scanner.string(of: key)) : OnwardMember(key: scanner.bytes(in: key.range))
    }

    private mutating func take(_ member: Member, _ scanner: inout JSONScanner) throws -> Range<Int> {
        switch member {
        case .messages: return try takeMessages(&scanner)
        case .input: return try takeInput(&scanner)
        case .streamOptions: return try takeStreamOptions(&scanner)
        default: break
        }
        let span = try skipValue(&scanner)
        switch member {
        case .model:
            guard let text = scanner.string(of: span) else { throw Self.wrongType(member, .string) }
            model = text
        case .stream: isStreamed = try Self.flag(span, scanner, member) ?? false
        case .allowFallbacks: allowsFallbacks = try Self.flag(span, scanner, member)
        case .piiSubstitution:
            // Null is as good as absent: it must not outvote a header field that demands protection.
            substitution = span.kind == .null ? nil : try PIISubstitutionChoice(span, scanner)
        case .privacyTier:
            guard span.kind == .null || span.kind == .string else { throw Self.wrongType(member, .string) }
            privacyTier = scanner.string(of: span)
        // Whatever is asked: a body that passes on says that nothing is stored.
        case .store: _ = try Self.flag(span, scanner, member)
        case .background: if try Self.flag(span, scanner, member) == true { throw Self.notOffered(.background) }
        case .conversation: if span.kind != .null { throw Self.notOffered(.conversation) }
        case .prompt: if span.kind != .null { throw Self.notOffered(.prompt) }
        case .previousResponse: if span.kind != .null { throw Self.notOffered(.previousResponse) }
        // Which forms there are, the provider knows: only one of them is acted on.
        case .encodingFormat:
            guard span.kind == .null || span.kind == .string else { throw Self.wrongType(member, .string) }
            wantsBase64 = scanner.string(of: span) == "base64"
        case .messages, .input, .streamOptions, .anthropicVersion, .anthropicBeta: break
        }
        return span.range
    }

    /// Steps over a value, looking at the keys in it.
    mutating func skipValue(_ scanner: inout JSONScanner) throws(JSONError) -> JSONSpan {
        try scanner.skipValue { look(at: $0, mayHaveEscapes: $1) }
    }

    @inline(__always)
    mutating func look(at key: UnsafeRawBufferPointer, mayHaveEscapes: Bool) {
        if StoredReference(key: key) != nil { mayReferToStored = true }
        if MediaURL.mayStand(under: key, on: wire) { mayNameURLs = true }
        if mayHaveEscapes, key.contains(UInt8(ascii: "\\")) {
            mayReferToStored = true
            mayNameURLs = true
        }
    }

    private static func refuseStoredReference(in body: UnsafeRawBufferPointer) throws {
        var search = try StoredReferenceSearch(body)
        guard let found = try search.run() else { return }
        throw OpenAIRequestError.notOffered(found.place, message: found.reference.message(for: found.place))
    }

    private static func notOffered(_ what: ResponsesRequestError.NotOffered) -> OpenAIRequestError {
        .notOffered(what.parameter, message: what.message)
    }

    private static func wrongType(_ member: Member, _ expected: ExpectedForm) -> OpenAIRequestError {
        .type("\(member.name)", expected: expected)
    }

    /// A flag, or nil for null, which on this wire is as good as absent.
    private static func flag(_ span: JSONSpan, _ scanner: JSONScanner, _ member: Member) throws -> Bool? {
        guard span.kind != .null else { return nil }
        guard let flag = scanner.bool(of: span) else { throw wrongType(member, .flag) }
        return flag
    }

    private mutating func takeMessages(_ scanner: inout JSONScanner) throws -> Range<Int> {
        guard try scanner.peek() == .array else { throw Self.wrongType(.messages, .array) }
        let start = scanner.position
        var probe = scanner
        try probe.enterArray()
        guard try probe.nextElement() else {
            throw OpenAIRequestError.value("messages", message: "'messages' must hold at least one message.")
        }
        _ = try skipValue(&scanner)
        return start..<scanner.position
    }

    private mutating func takeInput(_ scanner: inout JSONScanner) throws -> Range<Int> {
        let kind = try scanner.peek()
        guard kind == .array || kind == .string else { throw Self.wrongType(.input, .stringOrArray) }
        guard kind == .array, wire == .openAIResponses else { return try scanner.skipValue().range }
        let start = scanner.position
        try scanner.enterArray()
        var index = 0
        while try scanner.nextElement() {
            try takeItem(index, &scanner)
            index += 1
        }
        return start..<scanner.position
    }

    /// An item that is only named was stored by the provider under the gateway's account, where others' items are too. So
    /// is an image of which only the `id` is sent. Such an item is refused.
    private mutating func takeItem(_ index: Int, _ scanner: inout JSONScanner) throws {
        guard try scanner.peek() == .object else {
            _ = try scanner.skipValue()
            return
        }
        var type: String?
        var hasID = false
        var hasRole = false
        var hasResult = false
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            look(at: scanner.bytes(in: key.range), mayHaveEscapes: key.isEscaped)
            let name = scanner.string(of: key)
            // An item may bring tools with it.
            guard name != "tools" else {
                try take(.tools, in: "input[\(index)].", &scanner)
                continue
            }
            let value = try skipValue(&scanner)
            switch name {
            case "type": type = scanner.string(of: value)
            case "role": hasRole = true
            case "id": hasID = true
            case "result": hasResult = value.kind != .null
            default: break
            }
        }
        let isReference =
            switch type {
            case nil: hasID && !hasRole
            case "item_reference": true
            case "image_generation_call": !hasResult
            default: false
            }
        guard isReference else { return }
        let what = ResponsesRequestError.NotOffered.itemReference
        throw ChatRequestError.notOffered(what.parameter, message: what.message)
    }

    private mutating func takeStreamOptions(_ scanner: inout JSONScanner) throws -> Range<Int> {
        let kind = try scanner.peek()
        let start = scanner.position
        guard kind == .object else {
            guard kind == .null else { throw Self.wrongType(.streamOptions, .object) }
            return try scanner.skipValue().range
        }
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            hasStreamOptions = true
            let isUsage =
                key.isEscaped
                ? scanner.string(of: key) == "include_usage" : scanner.text(of: key, is: "include_usage")
            let span = try scanner.skipValue()
            if isUsage { try takeUsageFlag(key, span, scanner) }
        }
        return start..<scanner.position
    }

    private mutating func takeUsageFlag(_ key: JSONKey, _ span: JSONSpan, _ scanner: JSONScanner) throws {
        let name = "stream_options.include_usage"
        guard !key.isEscaped else { throw OpenAIRequestError.escaped(name) }
        guard usageFlag == nil else { throw OpenAIRequestError.repeated(name) }
        guard span.kind == .bool || span.kind == .null else {
            throw OpenAIRequestError.type(name, expected: .flag)
        }
        usageFlag = span.range
        includesUsage = scanner.bool(of: span) ?? false
    }
}

extension ChatWire {
    /// Whether what is asked stands in `input`, and not in `messages`.
    fileprivate var asksByInput: Bool { self == .openAIResponses || self == .openAIEmbeddings }
}
