import Wire

/// Numbers the calls of a reply, and says which of them a piece belongs to.
///
/// OpenAI's pieces carry an index, and the id once. Self-hosted servers leave out the index, give the same one to calls of
/// different ids, repeat the id with each piece, or have none: the index and the id together tell.
struct ChatCompletionCalls {
    private struct Known {
        let upstreamIndex: Int
        let upstreamID: String?
        var hasArguments = false

        func has(_ id: String) -> Bool { upstreamID?.hasSameBytes(as: id) ?? false }
    }

    private var calls: [Known] = []
    private var ids: Set<ExactText> = []
    /// What makes an id of ours unlike those of other replies.
    private let seed: String

    private static let mostCalls = 256

    init(seed: String) { self.seed = seed }

    var isEmpty: Bool { calls.isEmpty }

    /// - Parameter isWhole: whether it is no piece but a call of its own, whatever its id is.
    mutating func add(
        _ piece: ChatCompletionChunk.Call, isWhole: Bool, to events: inout [ChatEvent], provider: String
    ) throws(UpstreamFault) {
        let place: Int
        if !isWhole, let known = self.place(of: piece) {
            place = known
        } else {
            place = try start(piece, into: &events, provider: provider)
        }
        guard let text = piece.arguments, !text.isEmpty else { return }
        calls[place].hasArguments = true
        events.append(.toolCallArguments(index: place, text: text))
    }

    /// The call that a piece goes on with; nil where it begins one.
    private func place(of piece: ChatCompletionChunk.Call) -> Int? {
        let id = piece.id.flatMap { $0.isEmpty ? nil : $0 }
        guard let index = piece.index else {
            guard let id else { return piece.name?.isEmpty ?? true ? calls.indices.last : nil }
            return calls.lastIndex { $0.has(id) }
        }
        guard let place = calls.lastIndex(where: { $0.upstreamIndex == index }) else { return nil }
        guard let id, calls[place].upstreamID != nil, !calls[place].has(id) else { return place }
        // Another id under the same index: another call, unless its turn has come before.
        return calls.lastIndex { $0.upstreamIndex == index && $0.has(id) }
    }

    private mutating func start(
        _ piece: ChatCompletionChunk.Call, into events: inout [ChatEvent], provider: String
    ) throws(UpstreamFault) -> Int {
        guard let name = piece.name, !name.isEmpty else {
            throw .malformed("\(provider) sent the arguments of a tool call that it didn't begin.")
        }
        guard calls.count < Self.mostCalls else { throw .malformed("\(provider) sent too many tool calls.") }
        let place = calls.count
        let id = uniqueID(piece.id, at: place)
        calls.append(Known(upstreamIndex: piece.index ?? place, upstreamID: piece.id))
        events.append(.toolCallStarted(index: place, id: id, name: name))
        return place
    }

    /// The upstream's id, unless it is missing or was there before, as the "0" of some servers.
    private mutating func uniqueID(_ id: String?, at place: Int) -> String {
        if let id, id.utf8.count > 1, ids.insert(ExactText(id)).inserted { return id }
        var number = place
        while !ids.insert(ExactText("call_\(seed)_\(number)")).inserted { number += 1 }
        return "call_\(seed)_\(number)"
    }

    /// A call without arguments has none of their pieces; on our wires it has the arguments `{}`.
    mutating func finish(into events: inout [ChatEvent]) {
        for place in calls.indices where !calls[place].hasArguments {
            calls[place].hasArguments = true
            events.append(.toolCallArguments(index: place, text: "{}"))
        }
    }
}
