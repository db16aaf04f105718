import ProviderSimulator
import Wire

/// Tries one case: sends the requests of a conversation, and checks what the caller got and what the upstream was asked.
struct CompatibilityTrial {
    typealias Fault = CompatibilityFault

    let gateway: TestGateway
    let tried: CompatibilityCase
    private let tag: String

    init(_ tried: CompatibilityCase, through gateway: TestGateway) {
        self.gateway = gateway
        self.tried = tried
        tag = gateway.tag()
    }

    private var surface: ChatSurface { tried.surface }

    func outcome() async throws -> CompatibilityOutcome {
        do {
            switch tried.feature {
            case .text: return try await text()
            case .toolCall: return try await calls([.weather])
            case .parallelCalls: return try await calls([.weather, .time])
            case .toolResult: return try await result()
            case .structuredOutput: return try await structuredOutput()
            case .image: return try await image()
            case .thinking: return try await thinking()
            }
        } catch let refusal as Refused {
            return .refused(status: refusal.status, code: refusal.code)
        }
    }

    // MARK: The features

    private func text() async throws -> CompatibilityOutcome {
        let said = "Allô, 🍁 \"\(tag)\""
        let answer = try await ask([surface.user("[[sim:echo]]\(said)")])
        try Fault.require(answer.text == said, "the text is another")
        // A token is a word to the simulator.
        try Fault.require(answer.outputTokens == 3, "the output tokens are miscounted")
        try require(seen: [.string("[[sim:echo]]\(said)")])
        return .passed
    }

    private func calls(_ tools: [ChatTool]) async throws -> CompatibilityOutcome {
        let answer = try await ask([surface.user(asking(for: tools))], Self.offering)
        try check(answer, calls: tools)
        for tool in [ChatTool.weather, .time] {
            try require(seen: [.string(tool.name), .string(tool.description), tool.parameters])
        }
        return .passed
    }

    private func result() async throws -> CompatibilityOutcome {
        let tools = [ChatTool.weather, .time]
        let question = surface.user(asking(for: tools))
        let first = try await ask([question], Self.offering)
        try check(first, calls: tools)
        let second = try await ask([question] + first.turn + results(of: first), Self.offering)
        try Fault.require(second.text == "Tool results: sunny; late", "the results weren't understood")
        try require(seen: [.string("sunny"), .string("late")])
        return .passed
    }

    private func structuredOutput() async throws -> CompatibilityOutcome {
        let schema: JSON = [
            "type": "object", "properties": ["name": ["type": "string"], "age": ["type": "integer"]],
            "required": ["name", "age"], "additionalProperties": false,
        ]
        var options = ChatSurface.Options()
        options.schema = schema
        let answer = try await ask([surface.user("'Ada' is 36. \(tag)")], options)
        try Fault.require(try JSON(parsing: answer.text) == ["name": "Ada", "age": 36], "the object is another")
        try require(seen: [schema])
        return .passed
    }

    private func image() async throws -> CompatibilityOutcome {
        let answer = try await ask([surface.user("Look. \(tag)", image: Self.png)])
        try Fault.require(answer.text.hasPrefix("Image 1: png 1x1, 70 bytes"), "the image wasn't seen")
        return .passed
    }

    private func thinking() async throws -> CompatibilityOutcome {
        let thought = "I should look. \(tag)"
        let question = surface.user("[[sim:think \(thought)]]" + asking(for: [.weather]))
        var options = Self.offering
        options.thinks = true
        let first = try await ask([question], options)
        try Fault.require(first.thinking == thought, "the thinking is another")
        try check(first, calls: [.weather])
        let second = try await ask([question] + first.turn + results(of: first), options)
        try Fault.require(second.text == "Tool results: sunny", "the result wasn't understood")
        return try returned(thought, isSigned: !first.signatures.isEmpty)
    }

    /// What became of the thinking in the request that followed.
    private func returned(_ thought: String, isSigned: Bool) throws -> CompatibilityOutcome {
        let request = try JSON(parsing: try lastRequest().body)
        let hasSignature = request.hasText { $0.hasPrefix(Self.signatureStart) }
        let hasThought = request.hasText { $0 == thought }
        try Fault.require(hasSignature == isSigned, "the signature didn't go back with the thinking")
        return isSigned ? .signed : hasThought ? .returned : .shown
    }

    /// How the simulator's signatures begin.
    private static let signatureStart = "c2lnL"

    // MARK: Steps

    private static var offering: ChatSurface.Options {
        var options = ChatSurface.Options()
        options.tools = [.weather, .time]
        return options
    }

    private static let cities = ["get_weather": "Québec « ça »", "get_time": "Alert"]
    private static let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    private func asking(for tools: [ChatTool]) -> String {
        let marks = tools.map { #"[[sim:call \#($0.name) {"city":"\#(Self.cities[$0.name] ?? "")"}]]"# }
        return marks.joined() + "What is it like there? \(tag)"
    }

    private func check(_ answer: ChatAnswer, calls tools: [ChatTool]) throws {
        let expected = tools.map { "\($0.name) \(JSON.string(Self.cities[$0.name] ?? "").text())" }
        let calls = answer.calls.map { "\($0.name) \($0.arguments["city"]?.text() ?? "")" }
        try Fault.require(calls == expected, "the calls are \(calls)")
        try Fault.require(answer.text.isEmpty, "there is a text beside the calls")
    }

    private func results(of answer: ChatAnswer) -> [JSON] {
        surface.results(answer.calls.map { ($0.id, $0.name == "get_time" ? "late" : "sunny") })
    }

    private func ask(_ turns: [JSON], _ options: ChatSurface.Options = .init()) async throws -> ChatAnswer {
        var options = options
        options.isStreamed = tried.isStreamed
        var call = TestCall(path: surface.path).with(key: gateway.keys.main)
        call.body = JSON.object(surface.body(tried.family.route, turns, options)).bytes()
        let before = gateway.upstreamRequests(with: tag).count
        let reply = try await gateway.reply(to: call)
        let asked = gateway.upstreamRequests(with: tag).count - before
        guard reply.status == 200 else { throw try refusal(reply, sent: asked > 0) }
        let whole = tried.isStreamed ? try ChatAssembly.whole(reply, on: surface) : try reply.json
        try Fault.require(asked == 1, "the upstream wasn't asked once")
        try Fault.require(try lastRequest().isStreamed == tried.isStreamed, "the upstream's reply came the other way")
        return try ChatAnswer(whole, on: surface)
    }

    // MARK: Refusals

    private struct Refused: Error {
        let status: Int
        let code: String
    }

    /// The refusal that a reply is, in the surface's shape, if the upstream wasn't asked.
    private func refusal(_ reply: TestReply, sent: Bool) throws -> any Error {
        let error = try reply.json["error"]
        let message = error?["message"]?.string ?? ""
        let code = surface == .messages ? error?["details"]?["error_code"]?.string : error?["code"]?.string
        guard !sent, [400, 501].contains(reply.status), let code, !message.isEmpty else {
            return Fault(description: "\(reply.status): \(message)")
        }
        return Refused(status: reply.status, code: code)
    }

    // MARK: What the upstream was asked

    private func lastRequest() throws -> RecordedRequest {
        try Fault.unwrap(gateway.upstreamRequests(with: tag).last, "nothing reached the upstream")
    }

    private func require(seen values: [JSON]) throws {
        let body = try JSON(parsing: try lastRequest().body)
        for value in values { try Fault.require(body.holds(value), "the upstream didn't get \(value.text())") }
    }
}

extension RecordedRequest {
    /// Whether a stream is asked for: in the path, or in the body.
    fileprivate var isStreamed: Bool {
        path.lowercased().contains("stream") || (try? JSON(parsing: body)["stream"]) == true
    }
}

extension JSON {
    /// Whether a value stands anywhere in this one; JSON in a text counts too.
    fileprivate func holds(_ value: JSON) -> Bool {
        if self == value || text(.sorted) == value.text(.sorted) { return true }
        switch self {
        case .array(let elements): return elements.contains { $0.holds(value) }
        case .object(let object): return object.members.contains { $0.value.holds(value) }
        case .string(let text):
            guard text.hasPrefix("{"), let inner = try? JSON(parsing: text) else { return false }
            return inner.holds(value)
        default: return false
        }
    }

    fileprivate func hasText(_ condition: (String) -> Bool) -> Bool {
        switch self {
        case .array(let elements): elements.contains { $0.hasText(condition) }
        case .object(let object): object.members.contains { $0.value.hasText(condition) }
        case .string(let text): condition(text)
        default: false
        }
    }
}
