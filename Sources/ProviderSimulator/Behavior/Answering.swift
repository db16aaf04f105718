import Wire

extension Answer {
    /// The answer to a request, decided, cut to its limits and counted.
    init(to conversation: Conversation, region: String, quirks: Set<Quirk>) {
        let request = conversation.request
        let directives = conversation.directives
        self.region = directives.region ?? region
        geography = directives.geography ?? directives.region ?? request.geography ?? "not_available"
        self.quirks = quirks
        model = directives.servedModel ?? (quirks.contains(.renamedModel) ? request.model + "@main" : request.model)
        digest = identifier(of: request.body)
        pieceLength = directives.pieceLength
        reasoning = directives.thinking ?? ""
        take(Decision(conversation: conversation, region: self.region).content)
        cut(beforeAny: request.stop)
        if let most = request.maximumTokens { cut(afterTokens: most) }
        usage = Usage(of: request, self, directives.usage)
    }

    private mutating func take(_ content: Content) {
        switch content {
        case .text(let text): self.text = text
        case .refusal(let text):
            refusal = text
            finish = .refusal
        case .filtered: finish = .filter
        case .calls(let calls):
            self.calls = calls
            finish = .toolCalls
            if quirks.contains(.contentBeforeCall) { text = "Let me look that up." }
        }
    }

    private mutating func cut(beforeAny stop: [String]) {
        let found = stop.compactMap { sequence in
            sequence.isEmpty ? nil : text.firstRange(of: sequence).map { (sequence, $0.lowerBound) }
        }
        guard finish == .done, let (sequence, place) = found.min(by: { $0.1 < $1.1 }) else { return }
        text = String(text[..<place])
        finish = .stopSequence(sequence)
    }

    private mutating func cut(afterTokens most: Int) {
        guard finish != .toolCalls, wordCount(text) > most else { return }
        text = wordPieces(of: text).prefix(most).joined()
        finish = .length
    }
}
