import Wire

/// Writes a response as numbered events.
struct OpenAIResponseEvents {
    private let encoder: ServerSentEvents
    private(set) var events: [StreamEvent] = []

    init(answer: Answer) {
        encoder = ServerSentEvents(answer.quirks)
    }

    mutating func add(_ type: String, _ place: StreamEvent.Place, _ members: JSONObject) {
        var event: JSONObject = ["type": .string(type), "sequence_number": JSON(events.count)]
        for member in members.members { event[member.key] = member.value }
        events.append(StreamEvent(place: place, bytes: encoder.bytes(.object(event), name: type)))
    }

    mutating func add(_ item: ResponseItem, _ index: Int) {
        let position: JSONObject = ["output_index": JSON(index)]
        add("response.output_item.added", .frame, position.with("item", item.object(isDone: false)))
        let place = position.with("item_id", .string(item.id))
        switch item {
        case .reasoning: addReasoning(item, place.with("summary_index", 0))
        case .text: addText(item, place.with("content_index", 0))
        case .refusal: addRefusal(item, place.with("content_index", 0))
        case .call(_, _, let name, _): addCall(item, place, name)
        }
        add("response.output_item.done", .frame, position.with("item", item.object()))
    }

    private mutating func addReasoning(_ item: ResponseItem, _ place: JSONObject) {
        add("response.reasoning_summary_part.added", .frame, place.with("part", item.part(isDone: false)))
        for piece in item.pieces {
            add("response.reasoning_summary_text.delta", .piece, place.with("delta", .string(piece)))
        }
        add("response.reasoning_summary_text.done", .frame, place.with("text", .string(item.pieces.joined())))
        add("response.reasoning_summary_part.done", .frame, place.with("part", item.part()))
    }

    private mutating func addText(_ item: ResponseItem, _ place: JSONObject) {
        add("response.content_part.added", .frame, place.with("part", item.part(isDone: false)))
        let place = place.with("logprobs", [])
        for piece in item.pieces { add("response.output_text.delta", .piece, place.with("delta", .string(piece))) }
        add("response.output_text.done", .frame, place.with("text", .string(item.pieces.joined())))
        add("response.content_part.done", .frame, place.with("part", item.part()))
    }

    private mutating func addRefusal(_ item: ResponseItem, _ place: JSONObject) {
        add("response.content_part.added", .frame, place.with("part", item.part(isDone: false)))
        for piece in item.pieces { add("response.refusal.delta", .piece, place.with("delta", .string(piece))) }
        add("response.refusal.done", .frame, place.with("refusal", .string(item.pieces.joined())))
        add("response.content_part.done", .frame, place.with("part", item.part()))
    }

    private mutating func addCall(_ item: ResponseItem, _ place: JSONObject, _ name: String) {
        for piece in item.pieces {
            add("response.function_call_arguments.delta", .piece, place.with("delta", .string(piece)))
        }
        let done = place.with("name", .string(name)).with("arguments", .string(item.pieces.joined()))
        add("response.function_call_arguments.done", .frame, done)
    }
}

extension JSONObject {
    fileprivate func with(_ key: String, _ value: JSON) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
