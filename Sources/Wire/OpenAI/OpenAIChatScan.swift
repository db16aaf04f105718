/// What the gateway decides on in the body of a chat request, found without reading the rest.
///
/// The caller's messages stay where they are: a body that goes to an upstream of the same wire is never parsed or copied.
public struct OpenAIChatScan: Sendable {
    /// The value of `model`, which is the id of a route.
    public private(set) var model = ""
    public private(set) var isStreamed = false
    public private(set) var includesUsage = false
    /// `allow_fallbacks`; nil where the caller doesn't say.
    public private(set) var allowsFallbacks: Bool?
    public private(set) var substitution: PIISubstitutionChoice?
    /// `privacy_tier`: a demand for a tier, in the words of an older interface.
    public private(set) var privacyTier: String?

    /// Where the members stand that ``splice(model:of:into:)`` touches, in the order of the text.
    private var places: [Place] = []
    private var end = 0
    private var memberCount = 0
    /// The value of `stream_options.include_usage`, where the caller says something.
    private var usageFlag: Range<Int>?
    private var hasStreamOptions = false

    /// A member: from the first byte of its key's quote to the last of its value.
    private struct Place: Sendable {
        var name: Member
        var member: Range<Int>
        var value: Range<Int>
        /// Where the member before it ends; nil for the first.
        var previousEnd: Int?
        /// Where the next member's key begins; nil for the last.
        var nextStart: Int?
    }

    /// The members that are acted on.
    private enum Member: Sendable {
        case model, messages, stream, streamOptions, allowFallbacks, piiSubstitution, privacyTier

        var name: StaticString {
            switch self {
            case .model: "model"
            case .messages: "messages"
            case .stream: "stream"
            case .streamOptions: "stream_options"
            case .allowFallbacks: "allow_fallbacks"
            case .piiSubstitution: "pii_substitution"
            case .privacyTier: "privacy_tier"
            }
        }

        /// The one member whose name has so many bytes: no two of them are of the same length.
        init?(length: Int) {
            switch length {
            case 5: self = .model
            case 6: self = .stream
            case 8: self = .messages
            case 12: self = .privacyTier
            case 14: self = .streamOptions
            case 15: self = .allowFallbacks
            case 16: self = .piiSubstitution
            default: return nil
            }
        }

        /// Whether it is ours, and so never reaches an upstream.
        var isOurs: Bool { self == .allowFallbacks || self == .piiSubstitution || self == .privacyTier }
    }

    /// - Throws: ``OpenAIRequestError``. The whole text is checked to be JSON; only the members acted on are checked
    ///   further.
    public init(_ body: UnsafeRawBufferPointer) throws(OpenAIRequestError) {
        do {
            var scanner = try JSONScanner(body)
            guard try scanner.peek() == .object else {
                // What isn't JSON at all is told as that.
                _ = try scanner.skipValue()
                try scanner.end()
                throw OpenAIRequestError.type("body", expected: "an object")
            }
            try read(&scanner)
            try scanner.end()
        } catch let error as JSONError {
            throw .json(error)
        } catch let error as OpenAIRequestError {
            throw error
        } catch {
            throw .value("body", message: "It could not be read.")
        }
        guard places.contains(where: { $0.name == .model }) else { throw .missing("model") }
        guard places.contains(where: { $0.name == .messages }) else { throw .missing("messages") }
    }

    private mutating func read(_ scanner: inout JSONScanner) throws {
        try scanner.enterObject()
        var previousEnd = scanner.position
        var isBehindPlace = false
        places.reserveCapacity(4)
        while let key = try scanner.nextKey() {
            let keyStart = key.range.lowerBound - 1
            if isBehindPlace { places[places.count - 1].nextStart = keyStart }
            isBehindPlace = false
            memberCount += 1
            if let member = try Self.member(key, scanner) {
                if places.contains(where: { $0.name == member }) { throw OpenAIRequestError.repeated("\(member.name)") }
                let value = try take(member, &scanner)
                places.append(
                    Place(
                        name: member, member: keyStart..<value.upperBound, value: value,
                        previousEnd: memberCount > 1 ? previousEnd : nil))
                isBehindPlace = true
            } else {
                _ = try scanner.skipValue()
            }
            previousEnd = scanner.position
        }
        end = scanner.position
    }

    // Inlined, since a copy of the scanner for each key took as long as all the rest.
    @inline(__always)
    private static func member(_ key: JSONKey, _ scanner: JSONScanner) throws -> Member? {
        if key.isEscaped {
            let name = scanner.string(of: key)
            if let member = Member(length: name.utf8.count), "\(member.name)" == name {
                throw OpenAIRequestError.escaped(name)
            }
            return nil
        }
        guard let member = Member(length: key.range.count), scanner.text(at: key.range, is: member.name) else {
            return nil
        }
        return member
    }

    private mutating func take(_ member: Member, _ scanner: inout JSONScanner) throws -> Range<Int> {
        switch member {
        case .messages: return try takeMessages(&scanner)
        case .streamOptions: return try takeStreamOptions(&scanner)
        default: break
        }
        let span = try scanner.skipValue()
        switch member {
        case .model:
            guard let text = scanner.string(of: span) else { throw Self.wrongType(member, "a string") }
            model = text
        case .stream: isStreamed = try Self.flag(span, scanner, member) ?? false
        case .allowFallbacks: allowsFallbacks = try Self.flag(span, scanner, member)
        case .piiSubstitution:
            // Null is as good as absent: it must not outvote a header field that demands protection.
            substitution = span.kind == .null ? nil : try PIISubstitutionChoice(span, scanner)
        case .privacyTier:
            guard span.kind == .null || span.kind == .string else { throw Self.wrongType(member, "a string") }
            privacyTier = scanner.string(of: span)
        case .messages, .streamOptions: break
        }
        return span.range
    }

    private static func wrongType(_ member: Member, _ expected: String) -> OpenAIRequestError {
        .type("\(member.name)", expected: expected)
    }

    /// A flag, or nil for null, which on this wire is as good as absent.
    private static func flag(_ span: JSONSpan, _ scanner: JSONScanner, _ member: Member) throws -> Bool? {
        guard span.kind != .null else { return nil }
        guard let flag = scanner.bool(of: span) else { throw wrongType(member, "true or false") }
        return flag
    }

    private mutating func takeMessages(_ scanner: inout JSONScanner) throws -> Range<Int> {
        guard try scanner.peek() == .array else { throw Self.wrongType(.messages, "an array") }
        let start = scanner.position
        var probe = scanner
        try probe.enterArray()
        guard try probe.nextElement() else {
            throw OpenAIRequestError.value("messages", message: "'messages' must hold at least one message.")
        }
        _ = try scanner.skipValue()
        return start..<scanner.position
    }

    private mutating func takeStreamOptions(_ scanner: inout JSONScanner) throws -> Range<Int> {
        let kind = try scanner.peek()
        let start = scanner.position
        guard kind == .object else {
            guard kind == .null else { throw Self.wrongType(.streamOptions, "an object") }
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
            throw OpenAIRequestError.type(name, expected: "true or false")
        }
        usageFlag = span.range
        includesUsage = scanner.bool(of: span) ?? false
    }
}

/// What a caller says about the substitution of personal information.
public enum PIISubstitutionChoice: Sendable, Hashable {
    case off, on
    /// Refuse rather than send unprotected.
    case required

    init(_ span: JSONSpan, _ scanner: JSONScanner) throws {
        switch (scanner.bool(of: span), scanner.string(of: span)) {
        case (false?, _): self = .off
        case (true?, _): self = .on
        case (_, "required"?): self = .required
        default: throw OpenAIRequestError.type("pii_substitution", expected: "true, false or \"required\"")
        }
    }

    /// The value of the header `x-ni-pii-substitution`; nil for anything else than the three words.
    public init?(header: String) {
        switch header.lowercased() {
        case "true": self = .on
        case "false": self = .off
        case "required": self = .required
        default: return nil
        }
    }
}

// MARK: The body for an upstream of the same wire

extension OpenAIChatScan {
    /// The body as an upstream gets it: its own name of the model, none of our members, and, for a stream, usage asked
    /// for, since the books need it whether the caller wants it or not.
    ///
    /// `body` must be the text that was scanned.
    public func splice<Edits: SpliceEdits>(model: String, of body: UnsafeRawBufferPointer, into edits: inout Edits) {
        let tail = tailToCut
        var position = 0
        for (index, place) in places.enumerated() {
            guard let edit = edit(of: place, at: index, tail: tail, model: model) else { continue }
            edits.keep(position..<edit.range.lowerBound)
            edits.insert(edit.replacement)
            position = edit.range.upperBound
            if index == tail?.first { break }
        }
        if isStreamed && !places.contains(where: { $0.name == .streamOptions }) {
            edits.keep(position..<end - 1)
            edits.insert(Array(#","stream_options":{"include_usage":true}"#.utf8))
            position = end - 1
        }
        edits.keep(position..<body.count)
    }

    /// What happens to one of the members; nil when it stays as it is.
    private func edit(
        of place: Place, at index: Int, tail: (first: Int, range: Range<Int>)?, model: String
    ) -> (range: Range<Int>, replacement: [UInt8])? {
        switch place.name {
        case .model:
            var name: [UInt8] = []
            name.append(json: model)
            return (place.value, name)
        case .streamOptions where isStreamed && !includesUsage:
            return usageEdit(of: place.value)
        case .messages, .stream, .streamOptions:
            return nil
        case .allowFallbacks, .piiSubstitution, .privacyTier:
            if let tail, index == tail.first { return (tail.range, []) }
            return (place.member.lowerBound..<(place.nextStart ?? place.member.upperBound), [])
        }
    }

    /// The run of our members that ends the object, if there is one: it goes together with the comma before it, where
    /// any other member of ours goes with the comma behind it.
    private var tailToCut: (first: Int, range: Range<Int>)? {
        guard var first = places.indices.last, places[first].name.isOurs, places[first].nextStart == nil else {
            return nil
        }
        let end = places[first].member.upperBound
        while first > 0, places[first - 1].name.isOurs,
            places[first - 1].nextStart == places[first].member.lowerBound
        {
            first -= 1
        }
        return (first, (places[first].previousEnd ?? places[first].member.lowerBound)..<end)
    }

    /// Sets `include_usage` in the caller's `stream_options`; what else they hold stays as it is.
    private func usageEdit(of options: Range<Int>) -> (range: Range<Int>, replacement: [UInt8]) {
        if let usageFlag { return (usageFlag, Array("true".utf8)) }
        guard hasStreamOptions else { return (options, Array(#"{"include_usage":true}"#.utf8)) }
        let inside = options.lowerBound + 1
        return (inside..<inside, Array(#""include_usage":true,"#.utf8))
    }
}

/// Takes down which parts of a text stay and what is put between them.
public protocol SpliceEdits {
    mutating func keep(_ range: Range<Int>)
    mutating func insert(_ bytes: [UInt8])
}
