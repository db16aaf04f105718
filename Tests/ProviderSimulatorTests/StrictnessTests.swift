import Testing
import Wire

@testable import ProviderSimulator

/// What a vendor would refuse, a strict simulator refuses too; another answers it.
@Suite struct StrictnessTests {
    private static let call: JSON = [
        "role": "assistant", "content": [["type": "tool_use", "id": "a", "name": "f", "input": [:]]],
    ]

    static let refused: [(ChatDoor, String, JSONObject)] = [
        (.openAI, "stream options without a stream", ["stream_options": ["include_usage": true]]),
        (.openAI, "a temperature out of range", ["temperature": 3]),
        (.openAI, "a name with a space", ["tools": [["type": "function", "function": ["name": "a b"]]]]),
        (
            .openAI, "a result without its call",
            ["messages": [["role": "user", "content": "x"], ["role": "tool", "tool_call_id": "a", "content": "y"]]]
        ),
        (.anthropic, "no limit of tokens", ["max_tokens": nil]),
        (.anthropic, "an empty text", ["messages": [["role": "user", "content": [["type": "text", "text": " "]]]]]),
        (.anthropic, "a call without its result", ["messages": [["role": "user", "content": "x"], call]]),
        (.anthropic, "a thinking budget over the limit", ["thinking": ["type": "enabled", "budget_tokens": 2000]]),
        (
            .converse, "roles that do not alternate",
            [
                "messages": [
                    ["role": "user", "content": [["text": "a"]]], ["role": "user", "content": [["text": "b"]]],
                ]
            ]
        ),
        (.converse, "a blank text", ["messages": [["role": "user", "content": [["text": " "]]]]]),
        (
            .converse, "a call without a tool configuration",
            [
                "messages": [
                    ["role": "user", "content": [["text": "a"]]],
                    ["role": "assistant", "content": [["toolUse": ["toolUseId": "1", "name": "f", "input": [:]]]]],
                    ["role": "user", "content": [["toolResult": ["toolUseId": "1", "content": [["text": "b"]]]]]],
                ]
            ]
        ),
        (
            .gemini, "fewer responses than calls",
            [
                "contents": [
                    ["role": "user", "parts": [["text": "a"]]],
                    [
                        "role": "model",
                        "parts": [["functionCall": ["name": "f"]], ["functionCall": ["name": "g"]]],
                    ],
                    ["role": "user", "parts": [["functionResponse": ["name": "f", "response": ["output": "b"]]]]],
                ]
            ]
        ),
        (.cohere, "a top p out of range", ["p": 1]),
    ]

    @Test(arguments: refused.indices) func `only a strict simulator refuses`(index: Int) {
        let (door, what, extra) = Self.refused[index]
        var desk = Desk()
        #expect(desk.ask(door, "hi", extra: extra).status == 200, "lenient: \(what)")
        desk.settings.strict = true
        #expect(desk.ask(door, "hi", extra: extra).status == 400, "strict: \(what)")
    }

    @Test func `Anthropic's version is demanded, and what it does not have is refused`() {
        var desk = Desk()
        desk.settings.strict = true
        let call = ChatDoor.anthropic.call("hi", extra: ["temperature": JSON(0.5)])
        func status(_ version: String?) -> Int {
            var headers: HeaderFields = ["x-api-key": "sim"]
            if let version { headers.add("anthropic-version", version) }
            return desk.ask(Call(method: "POST", target: call.path, headers: headers, body: call.body)).status
        }
        #expect([status("2023-06-01"), status("2026-10-21"), status(nil)] == [200, 400, 400])
    }

    @Test func `Google's names may be written in both ways, mixed`() {
        var desk = Desk()
        desk.settings.strict = true
        let extra: JSONObject = [
            "tools": [["functionDeclarations": [["name": "f", "parameters_json_schema": ["type": "object"]]]]],
            "generation_config": ["max_output_tokens": 1, "stopSequences": []],
        ]
        let response = desk.ask(.gemini, "[[sim:words 3]]", extra: extra)
        #expect(response.json["candidates"]?.array?.first?["finishReason"]?.string == "MAX_TOKENS")
    }
}
