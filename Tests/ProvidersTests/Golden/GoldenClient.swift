import Foundation
import Testing
import Wire

/// The client's side of an exchange on file: it asks on one of the wires, and gets its answer on the same.
struct GoldenClient {
    private let wire: ChatWire
    let chat: ChatRequest
    private let echo: ResponsesEcho
    private let callForm: OpenAICallForm

    init(_ json: JSON) throws {
        wire = try #require(ChatWire(rawValue: json["wire"]?.string ?? ""))
        let body = try #require(json["request"]).bytes()
        switch wire {
        case .openAIChat:
            (chat, callForm) = try body.withUnsafeBytes { try OpenAIChatDecoder().decoded($0, leavingOut: []) }
            echo = ResponsesEcho()
        case .openAIResponses:
            let decoded = try body.withUnsafeBytes { try ResponsesDecoder().decoded($0, leavingOut: []) }
            chat = decoded.request
            echo = decoded.echo
            callForm = .toolCalls
        case .anthropicMessages:
            throw GoldenError.wireNotRead
        }
    }

    enum GoldenError: Error { case wireNotRead }

    /// The answer as the client gets it; of a stream the data of its events.
    func reply(to events: [ChatEvent]) throws -> JSON {
        var bytes: [UInt8] = []
        switch (wire, chat.isStreamed) {
        case (.openAIResponses, true):
            var writer = ResponsesStreamWriter(responses)
            for event in events { writer.write(event, to: &bytes) }
        case (.openAIResponses, false):
            var builder = ResponsesBuilder(responses)
            for event in events { builder.add(event) }
            builder.write(to: &bytes)
        case (_, true):
            var writer = OpenAIChunkWriter(completion, includesUsage: chat.includesUsage, callForm: callForm)
            for event in events { writer.write(event, to: &bytes) }
        case (_, false):
            var builder = OpenAICompletionBuilder(callForm: callForm)
            for event in events { builder.add(event) }
            builder.write(completion, to: &bytes)
        }
        return chat.isStreamed ? .array(try Self.data(bytes)) : try JSON(parsing: bytes)
    }

    private var responses: ResponsesReplyIdentity {
        ResponsesReplyIdentity(id: "resp_1", created: 1_700_000_000, model: chat.model, echo: echo)
    }

    private var completion: OpenAIReplyIdentity {
        OpenAIReplyIdentity(id: "chatcmpl-1", created: 1_700_000_000, model: chat.model)
    }

    private static func data(_ bytes: [UInt8]) throws -> [JSON] {
        var reader = SSEReader()
        var data: [JSON] = []
        try bytes.withUnsafeBytes { bytes in
            try reader.receive(bytes) { (event: SSEEvent) throws(JSONError) in
                let value = try JSON(event.data)
                // On the Responses wire both have the same name.
                if !event.name.isEmpty { #expect(value["type"]?.string == String(decoding: event.name, as: UTF8.self)) }
                data.append(value)
            }
        }
        return data
    }
}
