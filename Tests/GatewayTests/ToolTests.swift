import Testing
import Wire

@Suite(.gateway) struct ToolTests {
    let gateway: TestGateway

    init() throws { gateway = try .ofSuite }

    private static let tools: JSON = [tool("get_weather"), tool("get_time")]

    private static func tool(_ name: String) -> JSON {
        let parameters: JSON = [
            "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
        ]
        return [
            "type": "function",
            "function": ["name": .string(name), "description": "Tells it.", "parameters": parameters],
        ]
    }

    @Test(arguments: Family.allCases)
    func `a single call comes back with its arguments`(family: Family) async throws {
        let call = gateway.chat(family, "What is the weather in 'Montréal'?", ["tools": Self.tools])
        let reply = try await gateway.reply(to: call)
        #expect(try reply.finishReason == "tool_calls")
        #expect(try reply.calls == [#"get_weather {"city":"Montréal"}"#])
        #expect(try reply.message?["content"] ?? .null == .null)
    }

    @Test(arguments: Family.allCases)
    func `parallel calls have ids of their own, and their results are understood`(family: Family) async throws {
        var messages: [JSON] = [["role": "user", "content": "[[sim:tools get_weather,get_time]] 'Iqaluit' 'Alert'"]]
        let first = try await gateway.reply(
            to: gateway.chat(family.route, messages: .array(messages), ["tools": Self.tools]))
        #expect(try first.calls == [#"get_weather {"city":"Iqaluit"}"#, #"get_time {"city":"Iqaluit"}"#])
        let calls = try #require(try first.message?["tool_calls"]?.array)
        let ids = calls.compactMap { $0["id"]?.string }
        #expect(Set(ids).count == 2)

        messages.append(try #require(try first.message))
        messages += zip(ids, ["cold", "late"]).map { id, result in
            ["role": "tool", "tool_call_id": .string(id), "content": .string(result)]
        }
        let second = try await gateway.reply(
            to: gateway.chat(family.route, messages: .array(messages), ["tools": Self.tools]))
        #expect(try second.content == "Tool results: cold; late")
        #expect(try second.finishReason == "stop")
    }

    @Test(arguments: Family.allCases)
    func `streamed calls come in pieces that make the same arguments`(family: Family) async throws {
        let marks = #"[[sim:call get_weather {"city":"Québec « ça »"}]][[sim:call get_time {"city":"Alert"}]]"#
        let reply = try await gateway.reply(to: gateway.stream(family, marks, ["tools": Self.tools]))
        #expect(
            try reply.streamedCalls == [#"get_weather {"city":"Québec « ça »"}"#, #"get_time {"city":"Alert"}"#])
        #expect(try reply.finishReasons == ["tool_calls"])
        #expect(reply.isDone)
    }

    @Test(arguments: Family.allCases)
    func `a call without arguments has an empty object`(family: Family) async throws {
        let marks = "[[sim:call get_time {}]]"
        let tools: JSON = [
            [
                "type": "function",
                "function": ["name": "get_time", "parameters": ["type": "object", "properties": [:]]],
            ]
        ]
        let whole = try await gateway.reply(to: gateway.chat(family, marks, ["tools": tools]))
        #expect(try whole.calls == ["get_time {}"])
        let stream = try await gateway.reply(to: gateway.stream(family, marks, ["tools": tools]))
        #expect(try stream.streamedCalls == ["get_time {}"])
    }

    @Test(arguments: Family.allCases)
    func `the choice of a tool is kept`(family: Family) async throws {
        let named: JSON = ["type": "function", "function": ["name": "get_time"]]
        let members: JSONObject = ["tools": Self.tools, "tool_choice": named]
        let chosen = try await gateway.reply(to: gateway.chat(family, "weather in 'Iqaluit'", members))
        #expect(try chosen.calls == [#"get_time {"city":"Iqaluit"}"#])
        let none: JSONObject = ["tools": Self.tools, "tool_choice": "none"]
        let silent = try await gateway.reply(to: gateway.chat(family, "[[sim:echo]]get_weather", none))
        #expect(try silent.content == "get_weather")
        #expect(try silent.calls.isEmpty)
    }

    @Test(arguments: Family.allCases)
    func `one call at a time is one call`(family: Family) async throws {
        let members: JSONObject = ["tools": Self.tools, "parallel_tool_calls": false]
        let call = gateway.chat(family, "[[sim:tools get_weather,get_time]] 'Alert'", members)
        let reply = try await gateway.reply(to: call)
        #expect(try reply.calls == [#"get_weather {"city":"Alert"}"#])
    }
}
