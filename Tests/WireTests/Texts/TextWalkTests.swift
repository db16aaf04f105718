import Testing
import Wire

/// Which strings of a request or a reply are texts, and how they are replaced.
@Suite struct TextWalkTests {
    /// Notes all texts, and replaces `Jane` by `Adela`.
    private final class Renaming: TextVisitor {
        private(set) var places: [String] = []
        private(set) var texts: [String] = []
        private(set) var fields: [String?] = []

        func visit(_ text: FoundText) -> [UInt8]? {
            let words = String(decoding: text.bytes, as: UTF8.self)
            places.append(text.place)
            texts.append(words)
            fields.append(text.fieldName)
            let new = words.split(separator: "Jane", omittingEmptySubsequences: false).joined(separator: "Adela")
            return new == words ? nil : Array(new.utf8)
        }
    }

    private func walk(
        _ body: String, _ wire: ChatWire = .openAIChat, isReply: Bool = false
    ) throws -> (new: String?, visitor: Renaming, uncovered: UncoveredContent) {
        let visitor = Renaming()
        return try Array(body.utf8).withUnsafeBytes { bytes in
            var walk =
                try isReply
                ? TextWalk(reply: bytes, of: wire, for: visitor) : TextWalk(request: bytes, of: wire, for: visitor)
            let new = try walk.run()
            return (new.map { String(decoding: $0, as: UTF8.self) }, visitor, walk.uncovered)
        }
    }

    @Test func `a chat's texts are those of all roles, of calls and their results, and of who asks`() throws {
        let body = #"""
            {"model":"m","user":"u1","safety_identifier":"u2","metadata":{"case":"u3"},"stop":["u4"],"messages":[
            {"role":"system","content":"u5"},{"role":"user","name":"u6","content":[{"type":"text","text":"u7"},
            {"type":"image_url","image_url":{"url":"data:no","detail":"low"}}]},
            {"role":"assistant","content":null,"reasoning_content":"u8","refusal":"u9","tool_calls":[{"id":"no",
            "type":"function","function":{"name":"no","arguments":"u10"}}]},
            {"role":"tool","tool_call_id":"no","content":"u11"}],"prediction":{"type":"content","content":"u12"},
            "tools":[{"type":"function","function":{"name":"no","description":"no"}}],"tool_choice":"no",
            "response_format":{"type":"json_schema","json_schema":{"name":"no"}},"some_day":"u13"}
            """#
        let (new, visitor, uncovered) = try walk(body)
        #expect(new == nil && visitor.texts == (1...13).map { "u\($0)" })
        #expect(visitor.places.first { $0.hasSuffix("arguments") } == "/messages/2/tool_calls/0/function/arguments")
        #expect(uncovered == .image)
    }

    @Test func `a message's texts are those of its blocks, its system prompt and documents that are text`() throws {
        let body = #"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"u1","cache_control":{"type":"ephemeral"}}],
            "metadata":{"user_id":"u2"},"stop_sequences":["u3"],"thinking":{"type":"enabled","budget_tokens":9},
            "messages":[{"role":"user","content":"u4"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"u5","signature":"no"},{"type":"redacted_thinking","data":"no"},
            {"type":"tool_use","id":"no","name":"no","input":{"who":"u6","deep":[{"er":"u7"}]}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"no","content":[{"type":"text","text":"u8"}]},
            {"type":"document","title":"u9","context":"u10","source":{"type":"text","media_type":"no","data":"u11"}},
            {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"no"}}]}],
            "tools":[{"name":"no","description":"no","input_schema":{}}]}
            """#
        let (_, visitor, uncovered) = try walk(body, .anthropicMessages)
        #expect(visitor.texts == (1...11).map { "u\($0)" })
        #expect(visitor.fields.compactMap(\.self) == ["user_id", "who", "er"])
        #expect(uncovered == .file)
    }

    @Test func `a response's texts are its instructions, its items and what calls and their outputs hold`() throws {
        let body = #"""
            {"model":"m","instructions":"u1","input":[{"role":"user","content":[{"type":"input_text","text":"u2"}]},
            {"type":"reasoning","id":"no","summary":[{"type":"summary_text","text":"u3"}],"encrypted_content":"no"},
            {"type":"function_call","call_id":"no","name":"no","arguments":"u4"},
            {"type":"function_call_output","call_id":"no","output":"u5"}],"text":{"format":{"type":"text"}},
            "reasoning":{"effort":"low"},"include":["no"],"user":"u6"}
            """#
        let (_, visitor, uncovered) = try walk(body, .openAIResponses)
        #expect(visitor.texts == (1...6).map { "u\($0)" } && uncovered.isEmpty)
    }

    @Test func `embeddings have the texts that are embedded, and token numbers are said to be none`() throws {
        #expect(try walk(#"{"model":"m","input":["u1","u2"]}"#, .openAIEmbeddings).visitor.texts == ["u1", "u2"])
        #expect(try walk(#"{"model":"m","input":[[1,2],[3]]}"#, .openAIEmbeddings).uncovered == .tokens)
    }

    @Test func `all that isn't replaced stays byte for byte`() throws {
        let body = #"{ "model" : "Jane",  "messages":[{"role":"user","content":"\u00e9 Jane\n\"é\"" }] , "n":1.0e0}"#
        let new = try walk(body).new
        #expect(new == #"{ "model" : "Jane",  "messages":[{"role":"user","content":"é Adela\n\"é\"" }] , "n":1.0e0}"#)
    }

    @Test func `texts that are JSON are gone through value by value, whatever their escapes`() throws {
        let inner = #"{\"who\": \"\\u004aane\", \"deep\": \"{\\\"n\\\":\\\"Jane\\\"}\", \"n\": 1}"#
        let (new, visitor, _) = try walk(#"{"model":"m","messages":[{"role":"tool","content":"\#(inner)"}]}"#)
        #expect(visitor.texts == ["Jane", "Jane"] && visitor.fields == ["who", "n"])
        #expect(visitor.places.first == "/messages/0/content/who")
        #expect(
            new == #"{"model":"m","messages":[{"role":"tool","content":"{\"who\": \"Adela\", \"deep\": "#
                + #"\"{\\\"n\\\":\\\"Adela\\\"}\", \"n\": 1}"}]}"#)
    }

    @Test func `in people's own data keys that can't be identifiers and long numbers are texts too`() throws {
        let (new, visitor, _) = try walk(
            #"{"model":"m","messages":[],"metadata":{"Jane D.":"a","jane":5550142,"port":8080,"x":6135550142}}"#)
        #expect(visitor.texts == ["Jane D.", "a", "5550142", "6135550142"])
        #expect(new?.contains(#""Adela D.":"a""#) == true)
    }

    @Test func `a reply's texts are restored but for what programs read`() throws {
        let body =
            #"{"id":"Jane","choices":[{"index":0,"message":{"role":"assistant","content":"Hi Jane","tool_calls":"#
            + #"[{"id":"Jane","function":{"name":"Jane","arguments":"{\"a\":\"Jane\"}"}}]},"finish_reason":"stop"}]}"#
        let new = try walk(body, isReply: true).new
        #expect(new?.contains(#""content":"Hi Adela""#) == true)
        #expect(new?.contains(#""arguments":"{\"a\":\"Adela\"}""#) == true)
        #expect(new?.components("Jane") == 3)
    }

    @Test func `what is nested without end is refused, and so is what isn't JSON`() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: JSONError.self) { try walk(#"{"messages":\#(deep)}"#) }
        #expect(throws: JSONError.self) { try walk(#"{"messages":["#) }
        #expect(throws: Never.self) { try walk(#"{"messages":["\#(String(repeating: "[", count: 500))"]}"#) }
    }
}

extension String {
    fileprivate func components(_ word: String) -> Int {
        split(separator: word, omittingEmptySubsequences: false).count - 1
    }
}
