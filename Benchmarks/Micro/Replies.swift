import Wire

/// How providers answer a question with some sentences: whole, and in pieces of a word each.
struct Replies {
    static let text = """
        Climbers usually fly to the Quintino Sella Glacier in May, when the days are long and storms pass in three to \
        five days. Expect minus thirty at night, deep snow on the King's Trench, and wind above five thousand metres. \
        A window of four calm days is about what the summit takes; those who wait for it carry food and fuel for \
        three weeks.
        """
    /// So many pieces of text are in a stream.
    static let pieceCount = 50

    let whole: [UInt8]
    /// The events, each as it comes.
    let stream: [[UInt8]]

    /// - Parameter upstream: one of ``Upstream/all``, by its name.
    init(of upstream: String) throws {
        let pieces = Self.text.split(separator: " ").prefix(Self.pieceCount).map { "\($0) " }
        guard pieces.count == Self.pieceCount else { throw Trouble("the text has too few words") }
        switch upstream {
        case "OpenAI-compatible", "Azure": (whole, stream) = Self.chatCompletion(pieces)
        case "Anthropic": (whole, stream) = Self.message(pieces)
        case "Bedrock": (whole, stream) = Self.converse(pieces)
        case "Vertex": (whole, stream) = Self.generateContent(pieces)
        case "Cohere": (whole, stream) = Self.chat(pieces)
        default: throw Trouble("nobody knows how \(upstream) answers")
        }
    }

    private typealias Bytes = (whole: [UInt8], stream: [[UInt8]])

    private static func chatCompletion(_ pieces: [String]) -> Bytes {
        let usage =
            #""usage":{"prompt_tokens":211,"completion_tokens":97,"total_tokens":308,"#
            + #""prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}"#
        let whole =
            #"{"id":"chatcmpl-1","object":"chat.completion","created":1795414200,"model":"qwen3-8b","choices":["#
            + #"{"index":0,"message":{"role":"assistant","content":"\#(text)","refusal":null},"logprobs":null,"#
            + #""finish_reason":"stop"}],\#(usage)}"#
        func chunk(_ delta: String, _ finish: String = "null") -> String {
            #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795414200,"model":"qwen3-8b","#
                + #""choices":[{"index":0,"delta":\#(delta),"logprobs":null,"finish_reason":\#(finish)}]}"# + "\n\n"
        }
        let last =
            #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795414200,"model":"qwen3-8b","#
            + #""choices":[],\#(usage)}"# + "\n\n"
        let events =
            [chunk(#"{"role":"assistant","content":""}"#)]
            + pieces.map { chunk(#"{"content":"\#($0)"}"#) } + [chunk("{}", #""stop""#), last, "data: [DONE]\n\n"]
        return (whole.bytes, events.map(\.bytes))
    }

    private static func message(_ pieces: [String]) -> Bytes {
        let usage =
            #"{"input_tokens":211,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"#
            + #""output_tokens":97,"service_tier":"standard"}"#
        func message(_ content: String, _ reason: String) -> String {
            #"{"id":"msg_01A","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[\#(content)],"#
                + #""stop_reason":\#(reason),"stop_sequence":null,"usage":\#(usage)}"#
        }
        func event(_ name: String, _ members: String) -> String {
            "event: \(name)\n" + #"data: {"type":"\#(name)",\#(members)}"# + "\n\n"
        }
        let start = [
            event("message_start", #""message":\#(message("", "null"))"#),
            event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#),
        ]
        let end = [
            event("content_block_stop", #""index":0"#),
            event(
                "message_delta",
                #""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":97}"#),
            "event: message_stop\n" + #"data: {"type":"message_stop"}"# + "\n\n",
        ]
        let deltas = pieces.map {
            event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"\#($0)"}"#)
        }
        return (
            message(#"{"type":"text","text":"\#(text)"}"#, #""end_turn""#).bytes, (start + deltas + end).map(\.bytes)
        )
    }

    private static func converse(_ pieces: [String]) -> Bytes {
        let usage = #""usage":{"inputTokens":211,"outputTokens":97,"totalTokens":308},"metrics":{"latencyMs":512}"#
        let whole =
            #"{"output":{"message":{"role":"assistant","content":[{"text":"\#(text)"}]}},"#
            + #""stopReason":"end_turn",\#(usage)}"#
        let events =
            [frame("messageStart", #""role":"assistant""#)]
            + pieces.map { frame("contentBlockDelta", #""contentBlockIndex":0,"delta":{"text":"\#($0)"}"#) }
            + [
                frame("contentBlockStop", #""contentBlockIndex":0"#), frame("messageStop", #""stopReason":"end_turn""#),
                frame("metadata", usage),
            ]
        return (whole.bytes, events)
    }

    /// With padding, as Bedrock sends it.
    static func frame(_ name: String, _ members: String) -> [UInt8] {
        EventStreamMessage(
            headers: [
                (":event-type", .string(name)), (":content-type", .string("application/json")),
                (":message-type", .string("event")),
            ],
            payload: #"{\#(members),"p":"abcdefghijklmnop"}"#.bytes
        ).encoded()
    }

    private static func generateContent(_ pieces: [String]) -> Bytes {
        let usage =
            #""usageMetadata":{"promptTokenCount":211,"candidatesTokenCount":97,"totalTokenCount":308,"#
            + #""promptTokensDetails":[{"modality":"TEXT","tokenCount":211}],"trafficType":"ON_DEMAND"}"#
        func reply(_ text: String, _ finish: String, _ usage: String) -> String {
            #"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"\#(text)"}]}\#(finish)}],"#
                + #""modelVersion":"gemini-2.5-flash","responseId":"r-1",\#(usage)}"#
        }
        let pieceUsage = #""usageMetadata":{"trafficType":"ON_DEMAND"}"#
        let finish = #","finishReason":"STOP""#
        let events = pieces.enumerated().map { index, piece in
            index < pieces.count - 1 ? reply(piece, "", pieceUsage) : reply(piece, finish, usage)
        }
        return (reply(text, finish, usage).bytes, events.map { "data: \($0)\r\n\r\n".bytes })
    }

    private static func chat(_ pieces: [String]) -> Bytes {
        let usage =
            #""usage":{"billed_units":{"input_tokens":211.0,"output_tokens":97.0},"#
            + #""tokens":{"input_tokens":506.0,"output_tokens":99.0}}"#
        let whole =
            #"{"id":"c14c80c3","finish_reason":"COMPLETE","message":{"role":"assistant","content":["#
            + #"{"type":"text","text":"\#(text)"}]},\#(usage)}"#
        func event(_ name: String, _ members: String) -> String {
            "event: \(name)\n" + #"data: {"type":"\#(name)",\#(members)}"# + "\n\n"
        }
        let start = [
            event(
                "message-start",
                #""id":"c14c80c3","delta":{"message":{"role":"assistant","content":[],"tool_calls":[]}}"#),
            event("content-start", #""index":0,"delta":{"message":{"content":{"type":"text","text":""}}}"#),
        ]
        let deltas = pieces.map {
            event("content-delta", #""index":0,"delta":{"message":{"content":{"text":"\#($0)"}}}"#)
        }
        let end = [
            event("content-end", #""index":0"#),
            event("message-end", #""id":"c14c80c3","delta":{"finish_reason":"COMPLETE",\#(usage)}"#),
        ]
        return (whole.bytes, (start + deltas + end).map(\.bytes))
    }
}
