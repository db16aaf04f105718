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
        try wires.map { try write($0.name, $0.codec) } + [read()] + passages() + [frame()]
    }

    private static func passages() throws -> [Case] {
        let bodies = [
            try Samples.chat(1 << 10, model: "m", isStreamed: true), try Samples.response(1 << 10, model: "m"),
            try Samples.message(1 << 10, model: "m"),
        ]
        return try zip(wires, bodies).map { try pass($0.name, $0.codec, $1) }
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

    /// From an upstream of the caller's own wire.
    private static func pass(_ name: String, _ codec: any ChatCodec, _ body: [UInt8]) throws -> Case {
        let ask = try body.withUnsafeBytes { try ChatScan($0, of: codec.wire) }
        let chat = try body.withUnsafeBytes { try codec.request($0, leavingOut: []) }
        var writer = codec.streamWriter(identity, for: chat)
        var stream = try events().map { event in
            var out: [UInt8] = []
            writer.write(event, to: &out)
            return out
        }
        // What ends a stream isn't a part of it where the wire says it by itself.
        stream.append(Array("\(codec.streamEnd)".utf8))
        stream.removeAll(where: \.isEmpty)
        return Case("SSE pass, \(name)", times: 20, per: stream.count) {
            var passage = codec.passage(for: ask)
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
