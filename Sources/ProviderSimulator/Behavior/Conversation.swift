import Wire

/// A request as the simulator looks at it: what was said last, without the markers, and what the markers ask for.
struct Conversation {
    let request: NormalizedRequest
    /// The last user message without its markers, as it is.
    let prompt: String
    let directives: Directives
    let attachments: [Attachment]
    let pendingResults: [NormalizedRequest.ToolResult]

    init(_ request: NormalizedRequest) {
        self.request = request
        let last = request.lastUserIndex.map { request.messages[$0] }
        let marked = MarkedText(last?.text ?? "")
        prompt = marked.rest
        directives = Directives(marked.markers)
        attachments = last?.attachments ?? []
        pendingResults = request.pendingResults
    }

    /// The results as one text.
    var resultText: String { pendingResults.map(\.text).joined(separator: "; ") }

    /// What arguments and objects are made from.
    var material: String { pendingResults.isEmpty ? prompt : prompt + "\n" + resultText }

    /// What a `say` marker in any user message has for this turn.
    ///
    /// A turn is the number of the assistant's messages after the one with the marker; the highest not above it
    /// applies.
    var scriptedTurn: String? {
        var turn = 0
        for message in request.messages.reversed() {
            if message.role == .assistant { turn += 1 }
            guard message.role == .user else { continue }
            let lines = MarkedText(message.text).markers.filter { $0.name == "say" || $0.name == "say64" }
            let line = lines.filter { ($0.turn ?? 0) <= turn }.max { ($0.turn ?? 0) < ($1.turn ?? 0) }
            if let line { return Self.text(of: line) }
        }
        return nil
    }

    private static func text(of line: Marker) -> String {
        guard line.name == "say64" else {
            return line.argument.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
        }
        return String(decoding: Base64.decode(trimmed(line.argument)) ?? [], as: UTF8.self)
    }
}
