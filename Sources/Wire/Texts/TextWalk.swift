/// Goes through the texts of a JSON text, in their order, and writes it anew where some of them are replaced.
///
/// All else stays byte for byte. Texts that are JSON themselves, such as the arguments of calls, are gone through in the
/// same way, so that their escapes are in nobody's way.
public struct TextWalk {
    private let wire: ChatWire
    private let visitor: any TextVisitor
    private var scanner: JSONScanner
    private let mode: Mode
    /// Where the whole text stands; empty for one that isn't in another.
    private let outerPath: TextPath?
    private var path = TextPath()

    private var written: [UInt8] = []
    /// Up to here the text is written, where anything is.
    private var copied = 0

    /// What of a request is no text, and can hold what people wrote all the same.
    public private(set) var uncovered: UncoveredContent = []
    /// What the number of a Responses event is to be; nil to leave it.
    var sequenceNumber: Int?
    private var channel = TextChannel()
    private var facts: EventFacts?
    /// The texts of which an event has brought a piece.
    private(set) var pieceChannels: [TextChannel] = []

    enum Mode: Equatable {
        /// A request's body.
        case request
        /// A text in a request's text.
        case inner(depth: Int)
        /// The body of a whole reply.
        case reply
        /// One event of a streamed reply.
        case event
    }

    private static var maximumDepth: Int { 100 }
    private static var maximumNesting: Int { 4 }

    /// - Parameter body: outlives the walk.
    public init(
        request body: UnsafeRawBufferPointer, of wire: ChatWire, for visitor: any TextVisitor
    ) throws(JSONError) {
        try self.init(body, of: wire, .request, nil, visitor)
    }

    /// - Parameter body: outlives the walk.
    public init(
        reply body: UnsafeRawBufferPointer, of wire: ChatWire, for visitor: any TextVisitor
    ) throws(JSONError) {
        try self.init(body, of: wire, .reply, nil, visitor)
    }

    init(
        event: UnsafeRawBufferPointer, _ facts: EventFacts, of wire: ChatWire, for visitor: any TextVisitor
    ) throws(JSONError) {
        try self.init(event, of: wire, .event, nil, visitor)
        self.facts = facts
        channel = facts.channel
    }

    private init(
        _ json: UnsafeRawBufferPointer, of wire: ChatWire, _ mode: Mode, _ outerPath: TextPath?,
        _ visitor: any TextVisitor
    ) throws(JSONError) {
        self.wire = wire
        self.visitor = visitor
        self.mode = mode
        self.outerPath = outerPath
        scanner = try JSONScanner(json)
    }

    /// - Returns: the text anew; nil where nothing was replaced.
    public mutating func run() throws(JSONError) -> [UInt8]? {
        if case .inner = mode { try value(.free, .other) } else { try value(.wire, .whole) }
        try scanner.end()
        guard copied > 0 else { return nil }
        written.append(contentsOf: scanner.bytes(in: copied..<scanner.count))
        return written
    }

    // MARK: Containers

    /// - Parameter object: what the value is, should it be an object.
    private mutating func value(_ region: TextRegion, _ object: TextObject) throws(JSONError) {
        guard region != .closed else {
            _ = try scanner.skipValue()
            return
        }
        switch try scanner.peek() {
        case .object: try members(region, object)
        case .array: try elements(region)
        case .string: try string(region)
        case .number: try number(region)
        case .bool, .null: _ = try scanner.skipValue()
        }
    }

    private mutating func members(_ region: TextRegion, _ object: TextObject) throws(JSONError) {
        try checkDepth()
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let name = scanner.string(of: key)
            path.push(.member(name))
            if region == .free { rewrite(key, name) }
            let kind = try scanner.peek()
            let inner = region.member(name, in: object, of: mode == .request, kind: kind)
            if mode == .request, region == .wire, object != .whole, name == "type" { try noteType() }
            if mode == .event, object == .whole, name == "sequence_number" {
                try rewriteSequenceNumber()
            } else {
                try value(inner, try Self.object(under: name, kind, scanner))
            }
            path.pop()
        }
    }

    private static func object(
        under name: String, _ kind: JSONKind, _ scanner: JSONScanner
    ) throws(JSONError) -> TextObject {
        guard name == "source", kind == .object else { return .other }
        var probe = scanner
        try probe.enterObject()
        while let key = try probe.nextKey() {
            let isType = probe.text(of: key, is: "type")
            let value = try probe.skipValue()
            if isType { return probe.text(of: value, is: "text") ? .textSource : .other }
        }
        return .other
    }

    private mutating func elements(_ region: TextRegion) throws(JSONError) {
        try checkDepth()
        let isOfMessages = path.count == 1 && path.lastMember == "messages"
        let outer = channel
        try scanner.enterArray()
        var index = 0
        while try scanner.nextElement() {
            path.push(.element(index))
            if mode == .event { try enterElement(index) }
            try value(region, isOfMessages ? .message : .other)
            channel = outer
            path.pop()
            index += 1
        }
    }

    private func checkDepth() throws(JSONError) {
        guard path.count < Self.maximumDepth else { throw JSONError(offset: scanner.position, reason: .tooDeep) }
    }

    // MARK: Values

    private mutating func string(_ region: TextRegion) throws(JSONError) {
        let span = try scanner.skipValue()
        let inner = span.range.lowerBound + 1..<span.range.upperBound - 1
        guard !inner.isEmpty else { return }
        guard scanner.firstOffset(of: UInt8(ascii: "\\"), in: inner) != nil else {
            let text = scanner.bytes(in: inner).assumingMemoryBound(to: UInt8.self)
            if let new = try rewritten(text, region) { replace(span.range, by: new) }
            return
        }
        let text = scanner.unescapedBytes(inner)
        let new = try text.withUnsafeBufferPointer { text in
            Result { () throws(JSONError) in try rewritten(text, region) }
        }.get()
        if let new { replace(span.range, by: new) }
    }

    private mutating func rewritten(
        _ text: UnsafeBufferPointer<UInt8>, _ region: TextRegion
    ) throws(JSONError) -> [UInt8]? {
        if let channel = pieceChannel {
            pieceChannels.append(channel)
            return visitor.visit(piece: text, of: channel, isLast: facts?.ends(channel) ?? false)
        }
        if let json = try rewritten(json: text) { return json.isEmpty ? nil : json }
        return visitor.visit(found(text, region))
    }

    private func found(_ text: UnsafeBufferPointer<UInt8>, _ region: TextRegion) -> FoundText {
        FoundText(
            bytes: text, fieldName: region == .free ? path.lastMember : nil, path: path, outerPath: outerPath)
    }

    /// A reply's are taken as they are, since their pieces in a stream must become the same.
    ///
    /// - Returns: nil for a text that isn't JSON; nothing where all stays as it is.
    private mutating func rewritten(json text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> [UInt8]? {
        let depth: Int
        switch mode {
        case .request: depth = 0
        case .inner(let outer): depth = outer + 1
        case .reply, .event: return nil
        }
        guard depth < Self.maximumNesting, let first = text.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["), Self.isJSON(UnsafeRawBufferPointer(text))
        else { return nil }
        var walk = try TextWalk(
            UnsafeRawBufferPointer(text), of: wire, .inner(depth: depth), path.inside(outerPath), visitor)
        return try walk.run() ?? []
    }

    private static func isJSON(_ text: UnsafeRawBufferPointer) -> Bool {
        do {
            var scanner = try JSONScanner(text, maximumDepth: maximumDepth - 1)
            _ = try scanner.skipValue()
            try scanner.end()
            return true
        } catch {
            return false
        }
    }

    /// Long numbers of people's own data: a telephone number needn't be a string.
    private mutating func number(_ region: TextRegion) throws(JSONError) {
        let span = try scanner.skipValue()
        guard region == .free else {
            if wire == .openAIEmbeddings, path.firstMember == "input" { uncovered.insert(.tokens) }
            return
        }
        let digits = scanner.bytes(in: span.range)
        guard digits.count >= 7, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return }
        let text = digits.assumingMemoryBound(to: UInt8.self)
        guard let new = visitor.visit(found(text, region)) else { return }
        let isNumber = new.first != UInt8(ascii: "0") && new.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        if isNumber { copy(upTo: span.range, new) } else { replace(span.range, by: new) }
    }

    /// A key that could be an identifier is one: programs look for it. Others are people's, such as a table's names.
    private mutating func rewrite(_ key: JSONKey, _ name: String) {
        let isIdentifier = name.utf8.allSatisfy { $0.isIdentifierByte }
        guard !isIdentifier else { return }
        var name = name
        let new = name.withUTF8 { visitor.visit(found($0, .closed)) }
        if let new { replace(key.range.lowerBound - 1..<key.range.upperBound + 1, by: new) }
    }

    private mutating func noteType() throws(JSONError) {
        var probe = scanner
        let value = try probe.skipValue()
        guard let type = probe.string(of: value) else { return }
        uncovered.formUnion(UncoveredContent(partType: type))
        if type == "base64" || type == "url", path.isInSource, uncovered.isDisjoint(with: .image) {
            uncovered.insert(.file)
        }
    }

    // MARK: Events

    /// The choice, or the call, that an element of an event is about.
    private mutating func enterElement(_ index: Int) throws(JSONError) {
        guard try scanner.peek() == .object else { return }
        let given = try EventFacts.index(of: scanner) ?? index
        switch path.lastMember {
        case "choices": channel.group = given
        case "tool_calls": channel.part = given
        default: break
        }
    }

    /// Where the text at hand is a piece of: nil for one that is whole.
    private var pieceChannel: TextChannel? {
        guard mode == .event, let kind = path.pieceKind(on: wire) else { return nil }
        var channel = channel
        channel.kind = kind.isEmpty ? facts?.type ?? "" : kind
        return channel
    }

    private mutating func rewriteSequenceNumber() throws(JSONError) {
        let span = try scanner.skipValue()
        guard let sequenceNumber, span.kind == .number else { return }
        copy(upTo: span.range, Array(String(sequenceNumber).utf8))
    }

    // MARK: Writing

    private mutating func replace(_ range: Range<Int>, by text: [UInt8]) {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(text.count + 2)
        text.withUnsafeBytes { quoted.append(escaping: $0) }
        quoted.append(UInt8(ascii: "\""))
        copy(upTo: range, quoted)
    }

    private mutating func copy(upTo range: Range<Int>, _ new: [UInt8]) {
        if copied == 0 { written.reserveCapacity(scanner.count + scanner.count / 8 + 64) }
        written.append(contentsOf: scanner.bytes(in: copied..<range.lowerBound))
        written.append(contentsOf: new)
        copied = range.upperBound
    }
}

extension UInt8 {
    fileprivate var isIdentifierByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}
