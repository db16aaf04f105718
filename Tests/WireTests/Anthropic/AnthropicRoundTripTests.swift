import TestSupport
import Testing
import Wire

/// What a caller of the wire sends comes out of the encoder again, member for member.
@Suite struct AnthropicRoundTripTests {
    @Test func `decoding and encoding keeps every member of a thousand requests`() throws {
        var model = AnthropicModel(maximumOutputTokens: 64_000)
        model.takesSystemMessages = true
        let encoder = AnthropicEncoder(model, AnthropicEnvelope(model: "m"))
        for seed in 0..<1_000 {
            var generator = MessagesBodyGenerator(seed: UInt64(seed))
            let body = generator.body()
            let chat = try body.bytes().withUnsafeBytes { bytes in
                try AnthropicDecoder().request(bytes, leavingOut: [])
            }
            let written = try JSON(parsing: encoder.body(of: chat))
            #expect(written.text(.sorted) == body.text(.sorted), "seed \(seed)")
        }
    }
}

/// Makes sound requests of the Messages wire, in the form in which the encoder writes them: blocks in lists, results
/// first, no neighbors of one role.
private struct MessagesBodyGenerator {
    private var random: SeededGenerator
    private var callCount = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func body() -> JSON {
        var body: JSONObject = ["model": "m", "max_tokens": JSON(20_000 + random.below(1_000))]
        if random.isOneIn(2) { body["system"] = .array((0...random.below(2)).map { _ in textBlock() }) }
        body["messages"] = .array(messages())
        addTools(to: &body)
        addOptions(to: &body)
        return .object(body)
    }

    private mutating func messages() -> [JSON] {
        var messages: [JSON] = []
        var calls: [JSON] = []
        for turn in 0...random.below(4) {
            var blocks = calls.map { result(of: $0) }
            for _ in 0...random.below(2) { blocks.append(userBlock()) }
            messages.append(["role": "user", "content": .array(blocks)])
            if turn > 0, random.isOneIn(4) {
                messages.append(["role": "system", "content": [textBlock()]])
            }
            calls = (0..<random.below(3)).map { _ in call() }
            messages.append(["role": "assistant", "content": .array(assistantBlocks() + calls)])
        }
        messages.append(["role": "user", "content": .array(calls.map { result(of: $0) } + [textBlock()])])
        return messages
    }

    // MARK: Blocks

    private mutating func text() -> JSON {
        JSON(random.pick(["Hi", "Zoé \"x\"\\", "🍁\n", "a\u{2028}b", " x "]) + String(random.below(1_000)))
    }

    private mutating func marked(_ block: JSONObject) -> JSON {
        var block = block
        if random.isOneIn(4) {
            block["cache_control"] = random.pick([["type": "ephemeral"], ["type": "ephemeral", "ttl": "1h"]])
        }
        return .object(block)
    }

    private mutating func textBlock() -> JSON {
        let text = text()
        return marked(["type": "text", "text": text])
    }

    private mutating func userBlock() -> JSON {
        switch random.below(6) {
        case 0:
            return marked([
                "type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="],
            ])
        case 1: return marked(["type": "image", "source": ["type": "url", "url": "https://example.com/a.png"]])
        case 2:
            let data = text()
            return marked([
                "type": "document", "source": ["type": "text", "media_type": "text/plain", "data": data], "title": "T",
                "context": "C",
            ])
        case 3:
            return marked([
                "type": "document", "source": ["type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"],
            ])
        case 4: return ["type": "search_result", "source": "s", "title": "t", "content": [textBlock()]]
        default: return textBlock()
        }
    }

    private mutating func assistantBlocks() -> [JSON] {
        var blocks: [JSON] = []
        for _ in 0..<1 + random.below(4) {
            switch random.below(5) {
            case 0: blocks.append(["type": "thinking", "thinking": text(), "signature": "c2ln+/=="])
            case 1: blocks.append(["type": "redacted_thinking", "data": "b3BhcXVl"])
            case 2: blocks.append(["type": "server_tool_use", "id": "srvtoolu_1", "name": "s", "input": ["q": text()]])
            case 3: blocks.append(["type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []])
            default: blocks.append(textBlock())
            }
        }
        return blocks
    }

    private mutating func call() -> JSON {
        callCount += 1
        let input = random.pick([[:], ["a": .number("1.50"), "b": [nil, true]], ["é": text()]] as [JSON])
        return marked(["type": "tool_use", "id": JSON("toolu_\(callCount)"), "name": "f", "input": input])
    }

    private mutating func result(of call: JSON) -> JSON {
        var result: JSONObject = ["type": "tool_result", "tool_use_id": call["id"] ?? .null]
        if !random.isOneIn(4) { result["content"] = [textBlock(), userBlock()] }
        if random.isOneIn(3) { result["is_error"] = true }
        return marked(result)
    }

    // MARK: The rest

    private mutating func addTools(to body: inout JSONObject) {
        guard !random.isOneIn(4) else { return }
        var tool: JSONObject = ["name": "f", "input_schema": ["type": "object", "properties": [:]]]
        if random.isOneIn(2) { tool["description"] = text() }
        if random.isOneIn(3) { tool["strict"] = true }
        if random.isOneIn(3) { tool["input_examples"] = [["a": 1]] }
        body["tools"] = [marked(tool), ["type": "web_search_20250305", "name": "web_search", "max_uses": 5]]
        guard random.isOneIn(2) else { return }
        var choice = random.pick([["type": "auto"], ["type": "any"], ["type": "tool", "name": "f"]] as [JSONObject])
        if random.isOneIn(2) { choice["disable_parallel_tool_use"] = .bool(random.isOneIn(2)) }
        if random.isOneIn(4) { choice["later"] = "x" }
        body["tool_choice"] = .object(choice)
    }

    private mutating func addOptions(to body: inout JSONObject) {
        let members: [(String, [JSON])] = [
            ("temperature", [0, .number("0.25"), 1]), ("top_p", [.number("0.5")]), ("top_k", [5]),
            ("stop_sequences", [["a", "\nb"]]), ("stream", [true]),
            (
                "thinking",
                [
                    ["type": "adaptive"], ["type": "adaptive", "display": "omitted"], ["type": "disabled"],
                    ["type": "enabled", "budget_tokens": 2_048, "later": 1], ["type": "between_tools"],
                ]
            ),
            (
                "output_config",
                [
                    ["effort": "low"], ["format": ["type": "json_schema", "schema": ["type": "object"]]],
                    ["effort": "max", "later": true],
                ]
            ),
            ("metadata", [["user_id": "user-1"]]), ("service_tier", ["auto", "standard_only"]),
            ("cache_control", [["type": "ephemeral"]]), ("inference_geo", ["us"]), ("speed", ["fast"]),
            ("container", ["c_1"]), ("diagnostics", [["previous_message_id": "msg_1"]]),
            ("context_management", [["edits": [["type": "x"]]]]), ("mcp_servers", [[["type": "url", "name": "n"]]]),
        ]
        for (name, values) in members where random.isOneIn(3) { body[name] = random.pick(values) }
    }
}
