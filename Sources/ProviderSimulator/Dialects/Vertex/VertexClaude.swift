import Wire

/// Claude on Vertex AI: Anthropic's messages behind Google's paths.
struct VertexClaude: ChatDialect {
    let model: String
    let isStreamed: Bool

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String { model }

    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest {
        var reader = AnthropicReader(body, form: .vertex)
        var request = try reader.read()
        guard request.rendering.isStreamed == isStreamed else {
            throw body.invalid("stream", "does not fit the verb in the path.")
        }
        request.rendering.isStreamed = isStreamed
        return request
    }

    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply {
        .json(AnthropicMessage(answer).whole, headers: ["request-id": "req_vrtx_\(answer.digest)"])
    }

    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply {
        .serverSent(
            AnthropicMessage(answer).serverSentEvents, headers: ["request-id": "req_vrtx_\(answer.digest)"])
    }

    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8] {
        AnthropicMessages().errorEvent(saying: message, after: events, id: id)
    }
}
