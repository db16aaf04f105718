import Testing
import Wire

/// What only names something that the provider keeps is refused; what callers make up themselves is theirs to name.
@Suite struct StoredReferenceTests {
    @Test(
        arguments: [
            (
                #""messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"file","file":{"file_id":"f"}}]}]"#,
                "messages[0].content[1].file.file_id"
            ),
            (#""messages":[{"role":"assistant","audio":{"id":"a"}}]"#, "messages[0].audio.id"),
            (#""messages":[0],"x":[[{"container_id":"c"}]]"#, "x[0][0].container_id"),
            (#""file_id":"f","messages":[0]"#, "file_id"),
            (
                #""messages":[{"role":"user","content":[{"file":{"\u0066ile_id":"f"}}]}]"#,
                "messages[0].content[0].file.file_id"
            ),
            (#""messages":[{"role":"user","file_id":1}]"#, "messages[0].file_id"),
            (#""messages":[{"role":"user","file_id":null,"file_id":"f"}]"#, "messages[0].file_id"),
        ])
    func `chat names no file and no sound`(_ members: String, _ place: String) {
        #expect(refused(members, on: .openAIChat) == place)
    }

    @Test(
        arguments: [
            (
                #""messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]"#,
                "messages[0].content[0].source.file_id"
            ),
            (
                #""messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"document","source":{"type":"file","file_id":"f"}}]}]}]"#,
                "messages[0].content[0].content[0].source.file_id"
            ),
            (
                #""messages":[{"role":"user","content":[{"type":"container_upload","file_id":"f"}]}]"#,
                "messages[0].content[0].file_id"
            ),
            (#""messages":[0],"container":"c""#, "container"),
            (#""messages":[0],"container":{"id":"c"}"#, "container.id"),
            (
                #""messages":[0],"container":{"skills":[{"type":"anthropic","skill_id":"pptx"},{"skill_id":"s","type":"custom","type":"anthropic"}]}"#,
                "container.skills[1].skill_id"
            ),
        ])
    func `a message names no file, container or skill`(_ members: String, _ place: String) {
        #expect(refused(members, on: .anthropicMessages) == place)
        #expect(refused(members, on: .anthropicTokenCount) == place)
    }

    @Test(
        arguments: [
            (
                #""input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]"#,
                "input[0].content[0].file_id"
            ),
            (
                #""input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","file_id":"f"}]}]"#,
                "input[0].output[0].file_id"
            ),
            (#""input":"x","tools":[{"type":"file_search","vector_store_ids":["v"]}]"#, "tools[0].vector_store_ids"),
            (#""input":"x","tools":[{"type":"code_interpreter","container":"c"}]"#, "tools[0].container"),
            (
                #""tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["f"]}}],"input":"x""#,
                "tools[0].container.file_ids"
            ),
            (#""input":[{"type":"code_interpreter_call","id":"i","container_id":"c"}]"#, "input[0].container_id"),
            (
                #""input":"x","tools":[{"type":"image_generation","input_image_mask":{"file_id":"f"}}]"#,
                "tools[0].input_image_mask.file_id"
            ),
            (#""input":[{"type":"image_generation_call","id":"i"}]"#, "input"),
            (#""input":[{"type":"image_generation_call","id":"i","result":null}]"#, "input"),
        ])
    func `an item or a tool names no file, container or store`(_ members: String, _ place: String) {
        #expect(refused(members, on: .openAIResponses) == place)
    }

    @Test(
        arguments: [
            #""tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"file_id":{"type":"string"}}}}}]"#,
            #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"properties":{"container":{}}}}}"#,
            #""metadata":{"file_id":"mine"}"#, #""audio":{"format":"wav","voice":"alloy"}"#,
            #""guided_json":{"type":"object","properties":{"file_ids":{"type":"array"}}}"#,
            #""x":[{"file_id":null,"vector_store_ids":[ ],"container":null,"file_identity":"f"}]"#,
            #""x":"{\"file_id\":\"f\"} container_id","z":["file_id"]"#,
        ])
    func `a name that the caller made up isn't taken for the provider's`(_ members: String) {
        #expect(refused(#""messages":[{"role":"user","content":"file_id"}],\#(members)"#, on: .openAIChat) == nil)
    }

    @Test(
        arguments: [
            #""content":[{"type":"tool_use","id":"t","name":"open","input":{"file_id":"mine","container":"c"}}]"#,
            #""content":[{"type":"text","text":"a","citations":[{"type":"char_location","file_id":null}]}]"#,
        ])
    func `arguments of a call are the caller's own`(_ members: String) {
        #expect(refused(#""messages":[{"role":"assistant",\#(members)}]"#, on: .anthropicMessages) == nil)
    }

    @Test func `a new container and an image that is sent along are no references`() {
        let tool = #""tools":[{"type":"code_interpreter","container":{"type":"auto"}}]"#
        #expect(refused(#""input":"x",\#(tool)"#, on: .openAIResponses) == nil)
        let image = #"{"type":"image_generation_call","id":"i","result":"aGk="}"#
        #expect(refused(#""input":[\#(image)]"#, on: .openAIResponses) == nil)
    }

    /// The member that is refused as not offered.
    private func refused(_ members: String, on wire: ChatWire) -> String? {
        Array(#"{"model":"a",\#(members)}"#.utf8).withUnsafeBytes { body in
            do throws(ChatRequestError) {
                _ = try ChatScan(body, of: wire)
                return nil
            } catch {
                guard case .notOffered(let place, let message) = error else { return "\(error)" }
                #expect(message.contains(place) || place == "input", "what to do names the member")
                return place
            }
        }
    }
}
