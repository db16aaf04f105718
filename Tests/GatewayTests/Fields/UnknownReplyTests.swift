import Foundation
import Testing
import Wire

/// What an upstream of the caller's own wire says that nobody here knows reaches the caller as it came.
@Suite struct UnknownReplyTests {
    struct Passing: Sendable, CustomTestStringConvertible {
        let surface: FieldSurface
        let upstream: FieldUpstream

        var testDescription: String { "\(surface) ← \(upstream)" }

        static let all = FieldUpstream.allCases.flatMap { upstream in
            FieldSurface.allCases.filter { upstream.passes.contains($0.wire) }.map {
                Passing(surface: $0, upstream: upstream)
            }
        }
    }

    private static func whole(_ surface: FieldSurface) -> String {
        let zz = #""zz" : {"a":[1.50,1e3,"\u00e9\/"]}"#
        return switch surface {
        case .chat:
            #"{ \#(zz),"choices":[{"message":{"content":"x",\#(zz)},"finish_reason":"zz",\#(zz)}],"usage":{"prompt_tokens":1,"completion_tokens":1,\#(zz)}} "#
        case .messages:
            #"{ \#(zz),"type":"message","content":[{"type":"zz",\#(zz)}],"stop_reason":"zz","usage":{"input_tokens":1,"output_tokens":1,\#(zz)}} "#
        case .tokenCount: #"{ \#(zz),"input_tokens":1} "#
        case .responses:
            #"{ \#(zz),"object":"response","status":"completed","output":[{"type":"zz",\#(zz)}],"usage":{"input_tokens":1,"output_tokens":1,\#(zz)}} "#
        case .embeddings:
            #"{ \#(zz),"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.50],\#(zz)}],"usage":{"prompt_tokens":1,"total_tokens":1,\#(zz)}} "#
        }
    }

    private static func events(_ surface: FieldSurface) -> [String] {
        let zz = #""zz" : {"a":[1.50,1e3,"\u00e9\/"]}"#
        return switch surface {
        case .chat:
            [
                #"data: {"choices":[{"delta":{"content":"x",\#(zz)},\#(zz)}],\#(zz)}"#, "event: zz\ndata: {\(zz)}",
                #"data: {"choices":[{"delta":{},"finish_reason":"stop"}],\#(zz)}"#, "data: [DONE]",
            ]
        case .messages:
            [
                #"{"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":1,\#(zz)},\#(zz)}}"#,
                #"{"type":"zz",\#(zz)}"#,
                #"{"type":"content_block_start","index":0,"content_block":{"type":"zz",\#(zz)}}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"zz_delta",\#(zz)}}"#,
                #"{"type":"content_block_stop","index":0,\#(zz)}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"end_turn",\#(zz)},"usage":{"output_tokens":1},\#(zz)}"#,
                #"{"type":"message_stop",\#(zz)}"#,
            ].map(named)
        case .responses:
            [
                #"{"type":"response.created","response":{"id":"resp_1","status":"in_progress",\#(zz)},\#(zz)}"#,
                #"{"type":"response.zz",\#(zz)}"#, #"{"type":"response.output_text.delta","delta":"x",\#(zz)}"#,
                #"{"type":"response.completed","response":{"id":"resp_1","status":"completed","usage":{"input_tokens":1,"output_tokens":1,\#(zz)},\#(zz)}}"#,
            ].map(named)
        case .tokenCount, .embeddings: []
        }
    }

    private static func named(_ data: String) -> String {
        let type = (try? JSON(parsing: data)["type"]?.string) ?? ""
        return "event: \(type)\ndata: \(data)"
    }

    @Test func `members of a whole reply that nobody knows come through byte for byte`() async throws {
        for passing in Passing.all {
            let whole = Self.whole(passing.surface)
            let reply = try await Self.reply(.json(whole), to: passing, [])
            #expect(reply.status == 200 && reply.text == whole, "\(passing.testDescription)")
        }
    }

    @Test func `events and members of a stream that nobody knows come through byte for byte`() async throws {
        for passing in Passing.all {
            let events = Self.events(passing.surface)
            guard !events.isEmpty else { continue }
            let stream = events.joined(separator: "\n\n") + "\n\n"
            let reply = try await Self.reply(Self.answer(stream, passing.upstream), to: passing, [#""stream": true"#])
            let passed = reply.text.components(separatedBy: "\n\n").filter { !$0.hasPrefix(": x-ni-") }
            #expect(passed.joined(separator: "\n\n") == stream, "\(passing.testDescription)")
        }
    }

    /// The events as an upstream streams them: those of Bedrock are in frames, without the lines around them.
    private static func answer(_ stream: String, _ upstream: FieldUpstream) -> RawUpstream.Action {
        guard upstream == .bedrockAnthropic else {
            return .reply(RawUpstream.Action.http(stream, type: "text/event-stream"))
        }
        let data = stream.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
        return .frames(data.map { .chunk($0) })
    }

    private static func reply(
        _ answer: RawUpstream.Action, to passing: Passing, _ members: [String]
    ) async throws -> TestReply {
        var reply: TestReply?
        let upstream = try await RawUpstream.start([[answer]])
        try await withEveryUpstream(at: upstream.port) { gateway in
            let probe = try FieldProbe(passing.surface, passing.upstream, members, tag: 7_100_001)
            reply = try await gateway.reply(to: probe.call(key: gateway.keys.main))
        }
        try await upstream.stop()
        return try #require(reply)
    }
}
