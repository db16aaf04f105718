extension NormalizedRequest {
    /// What every provider demands, whatever its wire.
    func check(isStrict: Bool) throws(Refusal) {
        guard !messages.isEmpty else { throw .invalid("There are no messages.", at: "messages") }
        if case .named(let name) = choice, !tools.contains(where: { $0.name == name }) {
            throw .invalid("There is no tool '\(shortened(name, to: 64))'.", at: "tool_choice")
        }
        if let maximumTokens, maximumTokens < 0 { throw .invalid("The limit of tokens is negative.", at: "max_tokens") }
        if isStrict { try checkResults() }
    }

    /// Every call is answered, by what directly follows it, and nothing is answered that was not called.
    private func checkResults() throws(Refusal) {
        var open: [String] = []
        for (index, message) in messages.enumerated() {
            let path = "messages[\(index)]"
            for result in message.results {
                guard let found = open.firstIndex(of: result.callID) else {
                    throw .invalid("A tool result answers no call of the message before it.", at: path)
                }
                open.remove(at: found)
            }
            guard message.role == .tool || open.isEmpty else {
                throw .invalid("A tool call before this message has no result.", at: path)
            }
            open += message.calls.map(\.id)
        }
        guard open.isEmpty else { throw .invalid("A tool call at the end has no result.", at: "messages") }
    }
}
