import Testing
import Wire

/// The client's side of an exchange on file: it asks on one of the wires, and gets its answer on the same.
struct GoldenClient {
    private let codec: any ChatCodec
    let chat: ChatRequest

    init(_ json: JSON) throws {
        codec =
            switch ChatWire(rawValue: json["wire"]?.string ?? "") {
            case .openAIResponses: ResponsesCodec()
            case .anthropicMessages: AnthropicCodec()
            default: OpenAIChatCodec()
            }
        let body = try #require(json["request"]).bytes()
        let codec = codec
        chat = try body.withUnsafeBytes { try codec.request($0, leavingOut: []) }
    }

    /// The answer as the client gets it; of a stream the data of its events.
    func reply(to events: [ChatEvent]) throws -> JSON {
        let identity = ChatReplyIdentity(id: "1", created: 1_700_000_000, model: chat.model)
        var bytes: [UInt8] = []
        guard chat.isStreamed else {
            var builder = codec.builder(identity, for: chat)
            for event in events { builder.add(event) }
            try builder.write(to: &bytes)
            return try JSON(parsing: bytes)
        }
        var writer = codec.streamWriter(identity, for: chat)
        for event in events { writer.write(event, to: &bytes) }
        return .array(try Self.data(bytes))
    }

    private static func data(_ bytes: [UInt8]) throws -> [JSON] {
        var reader = SSEReader()
        var data: [JSON] = []
        try bytes.withUnsafeBytes { bytes in
            try reader.receive(bytes) { (event: SSEEvent) throws(JSONError) in
                let value = try JSON(event.data)
                // Where events have names, their data have the same.
                if !event.name.isEmpty { #expect(value["type"]?.string == String(decoding: event.name, as: UTF8.self)) }
                data.append(value)
            }
        }
        return data
    }
}
