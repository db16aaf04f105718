import Wire

/// A frame of the event streams in which Bedrock answers.
struct BedrockFrame: Sendable {
    let bytes: [UInt8]

    private init(_ kind: String, _ name: String, _ payload: JSON) {
        let headers = [(":\(kind)-type", name), (":content-type", "application/json"), (":message-type", kind)]
        bytes = EventStreamMessage(headers: headers.map { ($0, .string($1)) }, payload: payload.bytes()).encoded()
    }

    /// One event of Claude's, as InvokeModel has it.
    static func chunk(_ event: String) -> BedrockFrame { chunk(base64: Base64.encoded(Array(event.utf8))) }

    static func chunk(base64: String) -> BedrockFrame {
        BedrockFrame("event", "chunk", ["bytes": .string(base64), "p": "abcdefghij"])
    }

    /// With a checksum that isn't its own.
    var damaged: [UInt8] { bytes.dropLast() + bytes.suffix(1).map { ~$0 } }

    static func exception(_ name: String, _ message: String) -> BedrockFrame {
        BedrockFrame("exception", name, ["message": .string(message)])
    }
}

extension RawUpstream.Action {
    /// A stream of frames, and what else is in it.
    static func frames(_ frames: [BedrockFrame], then rest: [UInt8] = []) -> RawUpstream.Action {
        .reply(http(frames.flatMap(\.bytes) + rest, type: "application/vnd.amazon.eventstream"))
    }
}
