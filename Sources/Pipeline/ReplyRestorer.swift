import Domain
import Privacy
import Wire

/// Puts originals back into a reply as its caller gets it, whole or streamed.
struct ReplyRestorer {
    private let restoration: Restoration
    private let wire: ChatWire
    private var events: TextEvents

    init(_ restoration: Restoration, of wire: ChatWire) {
        self.restoration = restoration
        self.wire = wire
        events = TextEvents(of: wire, for: PieceRestorer(restoration))
    }

    /// Appends what becomes of a whole reply.
    func restore(reply: [UInt8], into out: inout [UInt8]) {
        let new = reply.withUnsafeBytes { bytes -> [UInt8]? in
            guard var walk = try? TextWalk(reply: bytes, of: wire, for: TextRestorer(restoration)) else { return nil }
            return (try? walk.run()) ?? nil
        }
        out.append(contentsOf: new ?? reply)
    }

    /// Appends what becomes of whole events of a streamed reply.
    mutating func receive(events bytes: [UInt8], into out: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        bytes.withUnsafeBytes { events.receive($0, into: &out) }
    }

    /// Appends what was held back of a streamed reply, of which nothing more comes.
    mutating func end(into out: inout [UInt8]) { events.end(into: &out) }
}

private class TextRestorer: TextVisitor {
    fileprivate let restoration: Restoration

    init(_ restoration: Restoration) { self.restoration = restoration }

    func visit(_ text: FoundText) -> [UInt8]? {
        var new: [UInt8] = []
        restoration.restore(text.bytes, into: &new)
        return text.bytes.elementsEqual(new) ? nil : new
    }

    func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]? { nil }
}

private final class PieceRestorer: TextRestorer, PieceVisitor {
    private var streams: [TextChannel: Restoration.Stream] = [:]
    private(set) var heldChannels: [TextChannel] = []

    override func visit(piece: UnsafeBufferPointer<UInt8>, of channel: TextChannel, isLast: Bool) -> [UInt8]? {
        var stream = streams.removeValue(forKey: channel) ?? Restoration.Stream()
        var new: [UInt8] = []
        stream.receive(piece, restoration, into: &new)
        if isLast { stream.end(restoration, into: &new) }
        keep(isLast ? nil : stream, of: channel)
        return piece.elementsEqual(new) ? nil : new
    }

    func takeHeld(of channel: TextChannel) -> [UInt8] {
        var held: [UInt8] = []
        var stream = streams[channel]
        stream?.end(restoration, into: &held)
        keep(nil, of: channel)
        return held
    }

    private func keep(_ stream: Restoration.Stream?, of channel: TextChannel) {
        streams[channel] = stream
        let holds = (stream?.heldCount ?? 0) > 0
        guard holds != heldChannels.contains(channel) else { return }
        if holds { heldChannels.append(channel) } else { heldChannels.removeAll { $0 == channel } }
    }
}

extension Restoration {
    func restore(_ text: String) -> String {
        var text = text
        var new: [UInt8] = []
        text.withUTF8 { restore($0, into: &new) }
        return String(decoding: new, as: UTF8.self)
    }
}
