import Testing
import Wire

/// Where a request names addresses in place of content, and what becomes of it once the content is there.
@Suite struct MediaURLSearchTests {
    private func scanned<T>(
        _ text: String, on wire: ChatWire, _ use: ([MediaURL], UnsafeRawBufferPointer) -> T
    ) throws -> T {
        try Array(text.utf8).withUnsafeBytes { body in
            use(try ChatScan(body, of: wire).mediaURLs(in: body), body)
        }
    }

    private static let places: [(String, ChatWire, [String])] = [
        (
            #""messages":[{"content":[{"image_url":"h:x"},{"image_url":{"url":"h:y"}}]}]"#, .openAIChat,
            ["messages[0].content[0].image_url", "messages[0].content[1].image_url.url"]
        ),
        (
            #""messages":[{"content":[{"im\u0061ge_url":{"url":"h:x"}}]}]"#, .openAIChat,
            ["messages[0].content[0].image_url.url"]
        ),
        (
            #""messages":[{"content":[{"audio_url":{"url":"h:x"}},{"file":{"file_data":"h:y"}}]}]"#, .openAIChat,
            ["messages[0].content[0].audio_url.url", "messages[0].content[1].file.file_data"]
        ),
        (
            #""messages":[{"content":[{"file":{"file_data":"QUJD"}},{"file":{"file_data":"QUJD\u002B"}}]}]"#,
            .openAIChat, []
        ),
        (
            #""messages":[{"content":[{"image_url":{"url":"data:,x"}},{"image_url":{"url":""}},{"image_url":null}]}]"#,
            .openAIChat, []
        ),
        (
            #""messages":[{"tool_calls":[{"function":{"arguments":{"image_url":"h:x"}}}]}],"metadata":{"image_url":"h:x"}"#,
            .openAIChat, []
        ),
        (
            #""messages":[0],"tools":[{"function":{"parameters":{"properties":{"image_url":{"url":"h:x"}}}}}]"#,
            .openAIChat, []
        ),
        (
            #""messages":[{"content":[{"type":"tool_result","content":[{"type":"image","source":{"type":"url","url":"h:x"}}]}]}]"#,
            .anthropicMessages, ["messages[0].content[0].content[0].source.url"]
        ),
        (
            #""messages":[{"content":[{"type":"search_result","source":"h:x"},{"type":"text","citations":[{"url":"h:x"}]}]}]"#,
            .anthropicMessages, []
        ),
        (#""messages":[{"content":[{"type":"tool_use","input":{"source":{"url":"h:x"}}}]}]"#, .anthropicMessages, []),
        (
            #""messages":[0],"system":[{"type":"document","source":{"content":[{"source":{"url":"h:x"}}]}}]"#,
            .anthropicMessages,
            ["system[0].source.content[0].source.url"]
        ),
        (
            #""messages":[{"content":[{"source":{"content":[{"source":{"url":"h:x"}}],"url":"h:y"}}]}]"#,
            .anthropicMessages,
            ["messages[0].content[0].source.url"]
        ),
        (
            #""input":[{"output":{"image_url":"h:x"}},{"content":[{"file_url":"h:y"}]}],"tools":[{"input_image_mask":{"image_url":"h:z"}}]"#,
            .openAIResponses,
            ["input[0].output.image_url", "input[1].content[0].file_url", "tools[0].input_image_mask.image_url"]
        ),
    ]

    @Test(arguments: places)
    func `an address counts wherever it stands, but in what callers make up`(
        members: String, wire: ChatWire, expected: [String]
    ) throws {
        let found = try scanned(#"{"model":"m",\#(members)}"#, on: wire) { urls, _ in urls.map(\.place) }
        #expect(found == expected)
    }

    private static let replacements: [(String, String, ChatWire)] = [
        (
            #"{"image_url": {"url":"h:x","detail":"low"}}, {"image_url" : "h:y"}"#,
            #"{"image_url": {"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}}, {"image_url" : "data:image/png;base64,iVBORw0KGgo="}"#,
            .openAIChat
        ),
        (
            #"{"type":"image","source": {"type":"url","url":"h:x"} , "cache_control":{}}"#,
            #"{"type":"image","source": {"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="} , "cache_control":{}}"#,
            .anthropicMessages
        ),
        (
            #"{"source":{"url":"h:x"},"type":"document"}"#,
            #"{"source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"type":"document"}"#,
            .anthropicMessages
        ),
        (
            #"{"type":"input_file","file_url" : "h:x","filename":"a.pdf"}"#,
            #"{"type":"input_file","file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"}"#,
            .openAIResponses
        ),
        (
            #"{"file_url":"h:x","type":"input_file"}"#,
            #"{"filename":"document.pdf","file_data":"data:application/pdf;base64,JVBERi0=","type":"input_file"}"#,
            .openAIResponses
        ),
    ]

    @Test(arguments: replacements)
    func `content takes the place of an address, and all around it stays`(
        parts: String, expected: String, wire: ChatWire
    ) throws {
        let member = wire == .openAIResponses ? "input" : "messages"
        let body = { (parts: String) in #"{"model":"m","\#(member)":[{"content":[\#(parts)]}],"x":1}"# }
        let new = try scanned(body(parts), on: wire) { urls, text in
            urls.replaced(by: urls.map { MediaContent(standingFor: $0.kind) }, in: text)
        }
        #expect(String(decoding: new, as: UTF8.self) == body(expected))
    }

    @Test func `a kind is told by the first bytes, and by nothing else`() {
        let kinds: [([UInt8], MediaType?)] = [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png), ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg),
            (Array("GIF89a".utf8), .gif), (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), .webp), (Array("%PDF-2.0".utf8), .pdf),
            (Array("RIFF\0\0\0\0WAVE".utf8), nil), (Array("<svg xmlns=".utf8), nil), (Array(" %PDF-".utf8), nil),
            ([], nil),
            ([0x89, 0x50, 0x4E, 0x47], nil), (Array("GIF88a".utf8), nil),
        ]
        for (bytes, kind) in kinds { #expect(MediaType(bytes) == kind) }
    }

    @Test func `neither an address nor a content is printable`() throws {
        let text = #"{"model":"m","messages":[{"content":[{"image_url":{"url":"https://canary"}}]}]}"#
        let urls = try scanned(text, on: .openAIChat) { urls, _ in urls }
        #expect(urls.count == 1 && !"\(urls)".contains("canary") && !String(reflecting: urls).contains("canary"))
        let content = try #require(MediaContent(Array("%PDF-canary".utf8)))
        #expect("\(content)" == "<redacted>")
    }
}
