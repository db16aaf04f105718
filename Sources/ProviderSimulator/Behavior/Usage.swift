import Wire

/// Tokens of a request and its answer. Cached ones are counted apart here; each dialect adds up as its vendor does.
struct Usage: Hashable, Sendable {
    var input = 0
    /// With the reasoning.
    var output = 0
    var cacheRead = 0
    var cacheWrite = 0
    var reasoning = 0

    var total: Int { input + output }
}

extension Usage {
    static let tokensOfAnImage = 85

    init(of request: NormalizedRequest, _ answer: Answer, _ override: Directives.UsageOverride) {
        input = override.input ?? Self.input(of: request)
        output = override.output ?? Self.output(of: answer)
        reasoning = override.reasoning ?? wordCount(answer.reasoning)
        cacheRead = override.cacheRead ?? 0
        cacheWrite = override.cacheWrite ?? 0
    }

    static func input(of request: NormalizedRequest) -> Int {
        let messages = request.messages.reduce(0) { $0 + tokens(of: $1) }
        let tools = request.tools.reduce(0) { $0 + 1 + wordCount($1.parameters.text()) }
        return wordCount(request.system) + messages + tools
    }

    private static func tokens(of message: NormalizedRequest.Message) -> Int {
        1 + wordCount(MarkedText(message.text).rest) + tokensOfAnImage * message.attachments.count
            + message.results.reduce(0) { $0 + wordCount($1.text) } + tokens(of: message.calls)
    }

    private static func output(of answer: Answer) -> Int {
        wordCount(answer.text) + wordCount(answer.reasoning) + wordCount(answer.refusal) + tokens(of: answer.calls)
    }

    private static func tokens(of calls: [ToolCall]) -> Int {
        calls.reduce(0) { $0 + 1 + wordCount($1.arguments) }
    }
}
