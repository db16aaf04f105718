import Domain
import Providers
import Wire

/// Streams on their way: read, let through, and written anew on each of the callers' wires. Per event.
enum StreamCases {
    private static let identity = ChatReplyIdentity(id: "0123456789abcdef", created: 1_795_414_200, model: "route")
    private static let wires: [(name: String, codec: any ChatCodec)] = [
        ("Chat Completions", OpenAIChatCodec()), ("Responses", ResponsesCodec()), ("Messages", AnthropicCodec()),
    ]

    static func all() throws -> [Case] {
        try wires.map { try write($0.name, $0.codec) } + [read(), pass(), frame()]
    }

    private static func write(_ name: String, _ codec: any ChatCodec) throws -> Case {
        let body = try Samples.chat(1 << 10, model: "m", isStreamed: true)
        let chat = try body.withUnsafeBytes { try OpenAIChatCodec().request($0, leavingOut: []) }
        let events = try events()
        return Case("SSE encode, \(name)", times: 20, per: Replies.pieceCount) {
            var writer = codec.streamWriter(identity, for: chat)
            var count = 0
            for event in events {
                var out: [UInt8] = []
                writer.write(event, to: &out)
                count += out.count
            }
            return count
        }
    }

    /// As an adapter reads them.
    private static func events() throws -> [ChatEvent] {
        let body = try Samples.chat(1 << 10, model: "m", isStreamed: true)
        let chat = try body.withUnsafeBytes { try OpenAIChatCodec().request($0, leavingOut: []) }
        var reader = try Upstream.compatible.adapter().reader(for: chat)
        var events: [ChatEvent] = []
        for piece in try Replies(of: Upstream.compatible.name).stream {
            try piece.withUnsafeBytes { try reader.receive($0, into: &events) }
        }
        try reader.end(into: &events)
        return events
    }

    private static func read() throws -> Case {
        let stream = try Replies(of: Upstream.compatible.name).stream
        return Case("SSE decode", times: 50, per: stream.count, gives: stream.count) {
            var reader = SSEReader()
            var count = 0
            for piece in stream {
                try piece.withUnsafeBytes { try reader.receive($0) { (_: SSEEvent) throws(Never) in count += 1 } }
            }
            return count
        }
    }

    /// To a caller of the upstream's own wire.
    private static func pass() throws -> Case {
        let stream = try Replies(of: Upstream.compatible.name).stream
        return Case("SSE pass, Chat Completions", times: 50, per: stream.count) {
            var passage = OpenAIStreamPassage(passesUsage: true)
            var out: [UInt8] = []
            for piece in stream { try piece.withUnsafeBytes { try passage.receive($0, into: &out) } }
            passage.end()
            return passage.isFinished && passage.isDone ? out.count : 0
        }
    }

    private static func frame() throws -> Case {
        let frames = (0..<50).map { Replies.frame("contentBlockDelta", #""delta":{"text":"word \#($0 % 10)"}"#) }
        return Case("event-stream frame", times: 50, per: frames.count, gives: frames.count) {
            var decoder = EventStreamDecoder()
            var count = 0
            for frame in frames {
                frame.withUnsafeBytes { decoder.append($0) }
                while let found = try decoder.next() {
                    count += decoder.header(":event-type", of: found, is: "contentBlockDelta") ? 1 : 0
                }
            }
            try decoder.finish()
            return count
        }
    }
}
