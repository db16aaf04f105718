import Testing
import Wire

/// An error names a member as the caller wrote it, whatever the adapter knows it by.
@Suite struct FieldNameTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let surface: FieldSurface
        let upstream: FieldUpstream
        let name: String
        let members: String

        init(_ surface: FieldSurface, _ upstream: FieldUpstream, _ name: String, _ members: String) {
            self.surface = surface
            self.upstream = upstream
            self.name = name
            self.members = members
        }

        var testDescription: String { "\(surface) → \(upstream): \(name)" }
    }

    private static let far = #""https://example.com/a.png""#
    private static let image = #"{"type": "input_image", "image_url": \#(far)}"#
    private static let block = #"{"type": "image", "source": {"type": "url", "url": \#(far)}}"#
    private static let badCall = #"{"type": "function_call", "call_id": "c", "name": "f", "arguments": "x"}"#
    private static let thought = #"{"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}"#
    private static let calls =
        #""tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}, "zz": 1}]"#
    private static let thoughts = #""thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "c2ln"}]"#
    private static let result = #"{"role": "tool", "tool_call_id": "call_1", "content": "r"}"#

    private static let ofResponses: [Case] = [
        Case(.responses, .bedrock, "text.format", #""text": {"format": {"type": "json_object"}}"#),
        Case(.responses, .bedrock, "text.verbosity", #""text": {"verbosity": "low"}"#),
        Case(.responses, .bedrock, "text.format.schema", #""text": {"format": {"type": "json_schema", "name": "n"}}"#),
        Case(.responses, .bedrock, "text.zz", #""text": {"zz": 1}"#),
        Case(.responses, .cohere, "include", #""include": ["message.output_text.logprobs"]"#),
        Case(
            .responses, .vertex, "tools[1].zz",
            #""tools": [RESPONSES_TOOL, {"type": "function", "name": "g", "zz": 1}]"#),
        Case(
            .responses, .bedrock, "input[1].content[1].image_url",
            #""input": [{"role": "system", "content": "a"}, {"role": "user", "content": [{"type": "input_text", "text": "b"}, \#(image)]}]"#
        ),
        Case(
            .responses, .vertex, "input[0].content[0].image_url",
            #""instructions": "brief", "input": [{"role": "user", "content": [\#(image)]}]"#),
        Case(
            .responses, .bedrock, "input[3].arguments",
            #""tools": [RESPONSES_TOOL], "input": [ASKED, \#(thought), {"role": "assistant", "content": "a"}, \#(badCall)]"#
        ),
        Case(
            .responses, .cohere, "input[2].output[1].zz",
            #""tools": [RESPONSES_TOOL], "input": [ASKED, RESPONSES_CALL, {"type": "function_call_output", "call_id": "call_1", "output": [{"type": "input_text", "text": "r"}, {"type": "input_image", "image_url": PNG_URL, "zz": 1}]}]"#
        ),
        Case(.responses, .cohere, "input[1].zz", #""input": [ASKED, {"role": "user", "content": "b", "zz": 1}]"#),
        Case(.responses, .compatible, "reasoning.zz", #""reasoning": {"zz": 1}"#),
    ]

    private static let ofMessages: [Case] = [
        Case(.messages, .openai, "top_k", #""top_k": 5"#),
        Case(.messages, .openai, "stop_sequences", #""stop_sequences": ["a", "b", "c", "d", "e"]"#),
        Case(.messages, .bedrock, "metadata.zz", #""metadata": {"zz": 1}"#),
        Case(
            .messages, .vertex, "messages[0].content[1].source",
            #""system": "brief", "messages": [{"role": "user", "content": [{"type": "text", "text": "b"}, \#(block)]}]"#
        ),
        Case(
            .messages, .vertex, "messages[2].content[0].content[1].source",
            #""tools": [MESSAGES_TOOL], "messages": [ASKED, MESSAGES_CALL, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": "r"}, \#(block)]}]}]"#
        ),
        Case(.messages, .cohere, "system[0].zz", #""system": [{"type": "text", "text": "brief", "zz": 1}]"#),
        Case(
            .messages, .cohere, "messages[1].content[0].zz",
            #""system": "brief", "tools": [MESSAGES_TOOL], "messages": [ASKED, {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}, "zz": 1}]}]"#
        ),
        Case(.messages, .bedrock, "messages[0].zz", #""messages": [{"role": "user", "content": "b", "zz": 1}]"#),
    ]

    private static let ofTokenCount: [Case] = [
        Case(.tokenCount, .bedrock, "messages[0].zz", #""messages": [{"role": "user", "content": "b", "zz": 1}]"#),
        Case(
            .tokenCount, .bedrockAnthropic, "tools[0].zz",
            #""tools": [{"name": "f", "input_schema": SCHEMA, "zz": 1}]"#),
        Case(.tokenCount, .vertex, "output_config.zz", #""output_config": {"zz": 1}"#),
    ]

    private static let ofChat: [Case] = [
        Case(
            .chat, .bedrockAnthropic, "tools[0].function.parameters.type",
            #""tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "string"}}}]"#),
        Case(
            .chat, .bedrock, "tools[0].function.zz",
            #""tools": [{"type": "function", "function": {"name": "f", "zz": 1}}]"#),
        Case(.chat, .cohere, "tools[0].zz", #""tools": [{"type": "function", "function": {"name": "f"}, "zz": 1}]"#),
        Case(.chat, .vertex, "functions[0].zz", #""functions": [{"name": "f", "zz": 1}]"#),
        Case(.chat, .anthropic, "stream_options.zz", #""stream": true, "stream_options": {"zz": 1}"#),
        Case(
            .chat, .cohere, "messages[1].tool_calls[0].zz",
            #""tools": [CHAT_TOOL], "messages": [ASKED, {"role": "assistant", "content": "a", \#(thoughts), \#(calls)}, \#(result)]"#
        ),
        Case(
            .chat, .bedrock, "messages[1].tool_calls[0].zz",
            #""tools": [CHAT_TOOL], "messages": [ASKED, {"role": "assistant", \#(thoughts), \#(calls)}, \#(result)]"#),
        Case(
            .chat, .anthropic, "messages[1].content[0].zz",
            #""messages": [ASKED, {"role": "assistant", "content": [{"type": "text", "text": "a", "zz": 1}], \#(thoughts)}, ASKED]"#
        ),
        Case(
            .chat, .cohere, "messages[2].content[0].zz",
            #""tools": [CHAT_TOOL], "messages": [ASKED, CHAT_CALL, {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "r", "zz": 1}]}]"#
        ),
        Case(
            .chat, .vertex, "messages[0].content[0].image_url.zz",
            #""messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG_URL, "zz": 1}}]}]"#
        ),
    ]

    @Test(arguments: [ofResponses, ofMessages, ofTokenCount, ofChat])
    func `a member is named as the caller wrote it`(cases: [Case]) async throws {
        try await withEveryUpstream { gateway in
            var tags = ProbeTags()
            let probes = try cases.map { try FieldProbe($0.surface, $0.upstream, [$0.members], tag: tags.next()) }
            let results = try await gateway.results(of: probes)
            for (row, probe) in zip(cases, probes) {
                let reply = try #require(results[probe.tag]).reply
                let refusal = results[probe.tag]?.refusal
                #expect(reply.status == 400, "\(row.testDescription)")
                let names = FieldNames.named(in: refusal?.message ?? "", refusal?.parameter)
                #expect(names.contains(row.name), "\(row.testDescription): \(reply.text)")
                // On Anthropic's wire the place is in the message alone.
                #expect(refusal?.parameter == (row.surface.wire.isAnthropic ? nil : row.name), "\(row.testDescription)")
            }
        }
    }
}
