import Testing
import Wire

@Suite struct LastMessageTests {
    private func text(_ body: String, of wire: ChatWire = .openAIChat) throws -> String? {
        try Array(body.utf8).withUnsafeBytes { try ChatScan($0, of: wire).lastUserText(in: $0, having: "ni-") }
    }

    private func text(messages: String, of wire: ChatWire = .openAIChat) throws -> String? {
        try text(#"{"model":"m","messages":\#(messages),"stream":true}"#, of: wire)
    }

    @Test(arguments: [ChatWire.openAIChat, .anthropicMessages])
    func `a user's last message is its text, or its one part of text`(wire: ChatWire) throws {
        for content in [
            #""ni-help""#, #"[{"type":"text","text":"ni-help"}]"#,
            #"[ { "text" : "ni-help", "cache_control": {"type": "ephemeral"}, "type": "text" } ]"#,
        ] {
            let last = #"{"role":"user","content":\#(content)}"#
            #expect(try text(messages: "[\(last)]", of: wire) == "ni-help")
            let earlier = #"{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"text","text":"x"}]}"#
            #expect(try text(messages: "[\(earlier), \(last) ]", of: wire) == "ni-help")
        }
    }

    @Test func `on the Responses wire it is the input, or the last of its items`() throws {
        for input in [
            #""ni-help""#, #"[{"role":"user","content":"ni-help"}]"#,
            #"[{"role":"user","content":"hi"},{"type":"message","role":"user","content":[{"type":"input_text","text":"ni-help"}]}]"#,
        ] {
            #expect(try text(#"{"model":"m","input":\#(input)}"#, of: .openAIResponses) == "ni-help")
        }
    }

    @Test(arguments: [
        #"[{"role":"assistant","content":"ni-help"}]"#, #"[{"role":"system","content":"ni-help"}]"#,
        #"[{"role":"user","content":"ni-help"},{"role":"assistant","content":"Commands"}]"#,
        #"[{"role":"user","content":[{"type":"text","text":"ni-help"},{"type":"text","text":"x"}]}]"#,
        #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"ni-help"}}]}]"#,
        #"[{"role":"user","content":[]},"ni-help"]"#, #"[{"role":"user","content":{"text":"ni-help"}}]"#,
        #"[{"role":"user","role":"user","content":"ni-help"}]"#, #"[{"role":"user"},7]"#,
        #"[{"role":"user","content":"help"}]"#, #"[{"type":"function_call_output","role":"user","content":"ni-help"}]"#,
    ])
    func `anything else has none`(messages: String) throws {
        #expect(try text(messages: messages) == nil)
    }

    @Test func `a long message has none, however it ends`() throws {
        let padding = String(repeating: " ", count: 1100)
        #expect(try text(messages: #"[{"role":"user","content":"\#(padding)ni-help"}]"#) == nil)
        #expect(try text(messages: #"[{"role":"user","content":"ni-help\#(padding)"}]"#) == nil)
        #expect(try text(#"{"model":"m","input":"\#(padding)ni-help"}"#, of: .openAIResponses) == nil)
    }

    @Test func `an input for embeddings has none`() throws {
        #expect(try text(#"{"model":"m","input":"ni-help"}"#, of: .openAIEmbeddings) == nil)
    }

    @Test func `an outline has the same last message as its text`() throws {
        let picture = String(repeating: "QUJD", count: 100_000)
        for (last, expected) in [("ni-help", "ni-help"), (picture + "ni-help", nil)] {
            let body = Array(
                #"{"model":"m","messages":[{"role":"user","content":"\#(picture)"},{"role":"user","content":"\#(last)"}]}"#
                    .utf8)
            var outline = BodyOutline(limit: 1 << 20)
            body.withUnsafeBytes { outline.take($0) }
            outline.finish()
            #expect(outline.text.count < body.count / 10)
            let found = try outline.text.withUnsafeBytes { try ChatScan($0).lastUserText(in: $0, having: "ni-") }
            #expect(found == expected)
        }
    }
}
