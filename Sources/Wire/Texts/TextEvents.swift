/// What puts texts of a streamed reply back together: it sees pieces, and may hold some of their bytes back.
public protocol PieceVisitor: TextVisitor {
    /// The texts of which something is held back, in the order in which they began.
    var heldChannels: [TextChannel] { get }

    /// Takes out what is held back of a text, which is over.
    func takeHeld(of channel: TextChannel) -> [UInt8]
}

/// Rewrites the texts in the events of a streamed reply. Each event that comes goes on as one; where something was held
/// back of a text that is over, an event more brings it.
public struct TextEvents {
    private let wire: ChatWire
    private let visitor: any PieceVisitor
    private var slicer: SSESlicer
    /// The last event that brought a piece of a text of which something is held back: what is held back has the same form.
    private var templates: [TextChannel: [UInt8]] = [:]
    /// How many events there are that didn't come.
    private var added = 0
    /// Of the last event that had one, as it came.
    private var sequenceNumber: Int?

    /// - Parameter limit: bytes that one event may have.
    public init(of wire: ChatWire, for visitor: any PieceVisitor, limit: Int = 64 << 20) {
        self.wire = wire
        self.visitor = visitor
        slicer = SSESlicer(limit: limit)
    }

    /// Takes whole events, and appends what becomes of them. What is no event with a JSON text goes on as it is.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
        var slicer = SSESlicer(limit: 0)
        swap(&slicer, &self.slicer)
        defer { swap(&slicer, &self.slicer) }
        do throws(SSEFailure<Never>) {
            try slicer.receive(bytes) { event throws(Never) in take(event, into: &out) }
        } catch {
            // The writers of our own stay far below the limit, and what passes was held to a smaller one.
            slicer.dropRest()
        }
    }

    /// The stream is over: appends all that is held back.
    public mutating func end(into out: inout [UInt8]) {
        release(visitor.heldChannels, number: sequenceNumber.map { $0 + added + 1 }, into: &out)
        out.append(contentsOf: slicer.rest)
        slicer.dropRest()
    }

    private mutating func take(_ event: UnsafeRawBufferPointer, into out: inout [UInt8]) {
        guard let data = SSESlicer.data(of: event), let facts = try? EventFacts(data, of: wire),
            var walk = try? TextWalk(event: data, facts, of: wire, for: visitor)
        else { return out.append(contentsOf: event) }
        sequenceNumber = facts.sequenceNumber ?? sequenceNumber
        let number = facts.sequenceNumber.map { $0 + added }
        // On a wire whose events are numbered none both brings a piece of a text and ends it.
        let ended = visitor.heldChannels.filter { facts.ends($0) }
        if added + ended.count > 0 { walk.sequenceNumber = number.map { $0 + ended.count } }
        let new = (try? walk.run()) ?? nil
        release(ended, number: number, into: &out)
        Self.write(event, data, new, to: &out)
        for channel in walk.pieceChannels { templates[channel] = nil }
        for channel in visitor.heldChannels where walk.pieceChannels.contains(channel) {
            templates[channel] = Array(event)
        }
    }

    /// Appends an event for each text that is over and of which something is still held back.
    private mutating func release(_ ended: [TextChannel], number: Int?, into out: inout [UInt8]) {
        for (index, channel) in ended.enumerated() {
            let text = visitor.takeHeld(of: channel)
            guard !text.isEmpty, let template = templates.removeValue(forKey: channel) else { continue }
            let filler = PieceFiller(channel, text, visitor)
            template.withUnsafeBytes { event in
                guard let data = SSESlicer.data(of: event), let facts = try? EventFacts(data, of: wire),
                    var walk = try? TextWalk(event: data, facts, of: wire, for: filler)
                else { return }
                walk.sequenceNumber = number.map { $0 + index }
                Self.write(event, data, (try? walk.run()) ?? nil, to: &out)
                added += 1
            }
        }
    }

    private static func write(
        _ event: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer, _ new: [UInt8]?, to out: inout [UInt8]
    ) {
        guard let new, let start = event.baseAddress, let inner = data.baseAddress else {
            return out.append(contentsOf: event)
        }
        let offset = inner - start
        out.append(contentsOf: event[rebasing: 0..<offset])
        out.append(contentsOf: new)
        out.append(contentsOf: event[rebasing: offset + data.count..<event.count])
    }
}

/// Fills one piece of an event, and empties the others.
private final class PieceFiller: TextVisitor {
    private let channel: TextChannel
    private let text: [UInt8]
    private let others: any TextVisitor

    init(_ channel: TextChannel, _ text: [UInt8], _ others: any TextVisitor) {
        self.channel = channel
        self.text = text
        self.others = others
    }

    func visit(_ text: FoundText) -> [UInt8]? { others.visit(text) }

    func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]? {
        channel == self.channel ? text : []
    }
}
