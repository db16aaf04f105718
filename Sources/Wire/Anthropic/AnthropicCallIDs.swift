/// Gives the calls of a conversation ids that the wire takes, and their results the same ones.
///
/// Ids are opaque to callers, so one that doesn't fit is replaced: always by the same text, so that a conversation whose
/// beginning was cached stays cached. Ids that other upstreams gave twice are told apart by their number.
struct AnthropicCallIDs {
    private var taken: Set<String> = []

    private struct OpenCall {
        let id: String
        let written: String
        let place: String
    }

    /// - Throws: where a result answers no call of the turn before, or a call isn't answered in the turn behind.
    static func assign(in turns: inout [AnthropicConversation.Turn]) throws(AnthropicEncodingError) {
        var ids = AnthropicCallIDs()
        var open: [OpenCall] = []
        for index in turns.indices {
            if turns[index].role == .user {
                try ids.answer(&open, by: &turns[index].blocks)
            }
            if let call = open.first {
                throw .invalid(call.place, "The call has no result in the message behind it.")
            }
            if turns[index].role == .assistant { ids.open(&turns[index].blocks, into: &open) }
        }
        if let call = open.first { throw .invalid(call.place, "The call has no result.") }
    }

    private mutating func open(_ blocks: inout [AnthropicBlock], into open: inout [OpenCall]) {
        for index in blocks.indices {
            guard case .toolUse(let id, let name, let arguments, let place) = blocks[index].content else { continue }
            let written = newID(for: id)
            open.append(OpenCall(id: id, written: written, place: place))
            blocks[index].content = .toolUse(id: written, name: name, arguments: arguments, place: place)
        }
    }

    private func answer(
        _ open: inout [OpenCall], by blocks: inout [AnthropicBlock]
    ) throws(AnthropicEncodingError) {
        for index in blocks.indices {
            guard case .toolResult(let id, let content, let isError, let place) = blocks[index].content else {
                continue
            }
            guard let call = open.firstIndex(where: { $0.id.hasSameBytes(as: id) }) else {
                throw .invalid("\(place).tool_call_id", "It answers no open call of the assistant message before it.")
            }
            let written = open.remove(at: call).written
            blocks[index].content = .toolResult(id: written, content: content, isError: isError, place: place)
        }
    }

    private mutating func newID(for id: String) -> String {
        let fits = AnthropicIdentifier.isSound(id) && id.utf8.count <= Self.longest
        var written = fits ? id : Self.replacement(of: id, 0)
        var occurrence: UInt8 = 0
        while !taken.insert(written).inserted {
            occurrence &+= 1
            // A request of megabytes could repeat an id more often than the number counts; then the text tells.
            written = Self.replacement(of: occurrence == 0 ? written : id, occurrence)
        }
        return written
    }

    private static let longest = 128

    /// FNV-1a, 64 bits; what matters is that equal ids have equal replacements.
    private static func replacement(of id: String, _ occurrence: UInt8) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ UInt64(occurrence)) &* 0x100_0000_01B3
        let hex = String(hash, radix: 16)
        return "call_\(String(repeating: "0", count: 16 - hex.utf8.count))\(hex)"
    }
}
