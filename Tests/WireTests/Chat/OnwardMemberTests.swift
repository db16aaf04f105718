import Testing
import Wire

/// What would have a provider send a request on to others is found at its place, and nowhere else.
@Suite struct OnwardMemberTests {
    @Test(
        arguments: [
            (#""web_search_options":{}"#, "web_search_options"),
            (#""data_sources":[{"type":"azure_search","parameters":{}}]"#, "data_sources"),
            (#""dataSources":[{}]"#, "dataSources"),
            (#""tools":[{"type":"function","function":{"name":"f"}},{"type":"web_search"}]"#, "tools[1]"),
            (#""tools":[{"googleSearch":{}}]"#, "tools[0]"),
            (#""t\u006fols":[{"\u0074ype":"web\u005fsearch"}]"#, "tools[0]"),
            (#""web_search_options":null,"web_search_options":{}"#, "web_search_options"),
            (#""tools":[],"tools":["web_search"]"#, "tools[0]"),
            (
                #""additionalModelRequestFields":{"top_k":1,"mcp_servers":[{}]}"#,
                "additionalModelRequestFields.mcp_servers"
            ),
            (
                #""additionalModelRequestFields":{"tools":[{"type":"web_fetch_20250910"}]}"#,
                "additionalModelRequestFields.tools[0]"
            ),
        ])
    func `on chat completions`(_ members: String, _ place: String) throws {
        #expect(try found(#""messages":[0],\#(members)"#, on: .openAIChat) == place)
        #expect(try found(#"\#(members),"messages":[0]"#, on: .openAIChat) == place)
    }

    @Test(
        arguments: [
            (#""mcp_servers":[{"type":"url","url":"https://example.com","name":"m"}]"#, "mcp_servers"),
            (#""tools":[{"type":"web_search_20250305","name":"web_search"}]"#, "tools[0]"),
            (#""tools":[{"name":"f","input_schema":{}},{"name":"w","type":"web_fetch_20250910"}]"#, "tools[1]"),
            (#""tools":[{"type":"mcp_toolset","mcp_server_name":"m"}]"#, "tools[0]"),
            (#""tools":[{"type":"custom","name":"f","type":"web_search_20250305"}]"#, "tools[0]"),
            (#""tools":[{"type":"web_search_20250305","name":"f","type":"custom"}]"#, "tools[0]"),
            (#""tools":[{"type":"of_tomorrow_20300101","name":"t"}]"#, "tools[0]"),
            (#""tools":[{"type":7,"name":"t"}]"#, "tools[0]"),
        ])
    func `on messages, and where their tokens are counted`(_ members: String, _ place: String) throws {
        for wire in [ChatWire.anthropicMessages, .anthropicTokenCount] {
            #expect(try found(#""messages":[0],\#(members)"#, on: wire) == place)
        }
    }

    @Test(
        arguments: [
            (
                #""input":"x","tools":[{"type":"mcp","server_label":"m","server_url":"https://example.com"}]"#,
                "tools[0]"
            ),
            (#""input":"x","tools":[{"type":"mcp","connector_id":"connector_gmail"}]"#, "tools[0]"),
            (#""input":"x","tools":[{"type":"web_search_preview_2025_03_11"}]"#, "tools[0]"),
            (#""input":"x","tools":[{"type":"bing_grounding"}]"#, "tools[0]"),
            (
                #""input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"custom","name":"c"},{"type":"mcp"}]}]"#,
                "tools[0].tools[1]"
            ),
            (
                #""input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"namespace","name":"m","tools":[0]}]}]"#,
                "tools[0].tools[0].tools"
            ),
            (
                #""input":"x","tools":[{"type":"code_interpreter","container":{"type":"auto","network_policy":{"type":"allowlist"}}}]"#,
                "tools[0].container.network_policy"
            ),
            (
                #""input":"x","tools":[{"environment":{"network_policy":{}},"type":"shell"}]"#,
                "tools[0].environment.network_policy"
            ),
            (
                #""input":[{"role":"user","content":"x"},{"type":"tool_search_output","tools":[{"type":"mcp"}]}]"#,
                "input[1].tools[0]"
            ),
        ])
    func `on Responses, in the request and in its items`(_ members: String, _ place: String) throws {
        #expect(try found(members, on: .openAIResponses) == place)
    }

    @Test(
        arguments: [
            #""messages":[{"role":"user","content":"{\"mcp_servers\":[1]} web_search_options","mcp_servers":[1]}]"#,
            #""messages":[0],"tools":[{"type":"function","function":{"name":"web_search","parameters":{"properties":{"tools":[{"type":"mcp"}],"mcp_servers":[1]}}}}]"#,
            #""messages":[0],"tools":[{"name":"web_search","input_schema":{"properties":{"network_policy":{},"type":{"const":"mcp"}}}}]"#,
            #""messages":[0],"response_format":{"json_schema":{"schema":{"properties":{"web_search_options":{}}}}}"#,
            #""messages":[0],"tool_choice":{"type":"web_search"},"metadata":{"data_sources":"mine"}"#,
            #""messages":[0],"web_search_options":null,"mcp_servers":[ ],"data_sources":null,"tools":null"#,
            #""messages":[0],"tools":"web_search","additionalModelRequestFields":["mcp_servers"]"#,
            #""messages":[0],"tools":[{"type":null,"function":{"name":"f"}}],"mcp_servers_of_mine":[1]"#,
            #""messages":[0],"tools":[{"type":"bash_20250124"},{"type":"computer_20251124"},{"type":"memory_20250818"}]"#,
            #""messages":[0],"tools":[{"type":"code_execution_20250825"},{"type":"tool_search_tool_regex_20251119"}]"#,
        ])
    func `a word of the caller's own, a tool that the caller runs or one that stays sends nothing onward`(
        _ members: String
    ) throws {
        #expect(try found(members, on: .openAIChat) == nil)
        #expect(try found(members, on: .anthropicMessages) == nil)
    }

    @Test func `an answer that a search has led to can be sent back without another search`() throws {
        let items =
            #"{"type":"web_search_call","id":"w","status":"completed"},{"type":"mcp_list_tools","tools":[{"name":"t"}]}"#
        #expect(try found(#""input":[\#(items)],"tools":[{"type":"file_search"}]"#, on: .openAIResponses) == nil)
    }

    @Test func `it is found in the outline of a large request`() throws {
        let text = String(repeating: "word ", count: 100_000)
        let body = #"{"model":"a","messages":[{"role":"user","content":"\#(text)"}],"tools":[{"type":"web_search"}]}"#
        var outline = BodyOutline(limit: 1 << 16)
        Array(body.utf8).withUnsafeBytes { outline.take($0) }
        outline.finish()
        #expect(outline.isUsable && outline.text.count < 4_096)
        #expect(try outline.text.withUnsafeBytes { try ChatScan($0) }.onwardMember == "tools[0]")
    }

    @Test func `a stored file is refused wherever in a tool it is named`() throws {
        let tools = #""tools":[{"type":"web_search","container":{"file_ids":["f"]}}]"#
        #expect(throws: ChatRequestError.self) { try found(#""messages":[0],\#(tools)"#, on: .openAIChat) }
        let fields = #""additionalModelRequestFields":{"container":"c"}"#
        #expect(throws: ChatRequestError.self) { try found(#""messages":[0],\#(fields)"#, on: .openAIChat) }
    }

    private func found(_ members: String, on wire: ChatWire) throws -> String? {
        try Array(#"{"model":"a",\#(members)}"#.utf8).withUnsafeBytes { try ChatScan($0, of: wire).onwardMember }
    }
}
