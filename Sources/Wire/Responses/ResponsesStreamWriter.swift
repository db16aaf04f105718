/// Writes events as the named, numbered events of a streamed response. The last of them says how it ended; there is no
/// `[DONE]` on this wire.
public struct ResponsesStreamWriter {
    private let object: ResponsesObject
    private var output: ResponsesOutput
    private var sequenceNumber = 0
    private var isStarted = false

    public init(_ identity: ResponsesReplyIdentity) {
        object = ResponsesObject(identity)
        output = ResponsesOutput(responseID: identity.id)
    }

    /// Appends what an event makes, if it makes something.
    public mutating func write(_ event: ChatEvent, to bytes: inout [UInt8]) {
        start(to: &bytes)
        output.add(event)
        for step in output.steps { write(step, to: &bytes) }
        guard event == .ended else { return }
        write(output.status, usage: output.usage, to: &bytes)
    }

    /// Ends the stream because the upstream failed. Before anything else was written that is an event `error`; after
    /// that it is a response that failed, with what there is of its output.
    public mutating func fail(_ error: OpenAIErrorBody, to bytes: inout [UInt8]) {
        guard isStarted else { return writeError(error, to: &bytes) }
        write(.failed(code: error.code, message: error.message), usage: output.usage, to: &bytes)
    }

    private mutating func writeError(_ error: OpenAIErrorBody, to bytes: inout [UInt8]) {
        event("error", to: &bytes) { bytes in
            bytes.append(",\"code\":")
            bytes.append(json: error.code)
            bytes.append(",\"message\":")
            bytes.append(json: error.message)
            bytes.append(",\"param\":")
            if let parameter = error.parameter { bytes.append(json: parameter) } else { bytes.append("null") }
        }
    }

    /// The two events that every stream begins with.
    private mutating func start(to bytes: inout [UInt8]) {
        guard !isStarted else { return }
        isStarted = true
        for name: StaticString in ["response.created", "response.in_progress"] {
            event(name, to: &bytes) { [object] bytes in
                bytes.append(",\"response\":")
                object.write(.inProgress, output: { _ in }, usage: nil, to: &bytes)
            }
        }
    }

    private mutating func write(_ status: ResponsesObject.Status, usage: ChatUsage?, to bytes: inout [UInt8]) {
        let name: StaticString =
            switch status {
            case .inProgress: "response.in_progress"
            case .completed: "response.completed"
            case .incomplete: "response.incomplete"
            case .failed: "response.failed"
            }
        event(name, to: &bytes) { [object, output] bytes in
            bytes.append(",\"response\":")
            object.write(status, output: { output.write(to: &$0) }, usage: usage, to: &bytes)
        }
    }

    private mutating func event(
        _ name: StaticString, to bytes: inout [UInt8], members: (inout [UInt8]) -> Void
    ) {
        bytes.append("event: ")
        bytes.append(name)
        bytes.append("\ndata: {\"type\":\"")
        bytes.append(name)
        bytes.append("\",\"sequence_number\":")
        bytes.append(decimal: sequenceNumber)
        sequenceNumber += 1
        members(&bytes)
        bytes.append("}\n\n")
    }
}

// MARK: Steps

extension ResponsesStreamWriter {
    private mutating func write(_ step: ResponsesOutput.Step, to bytes: inout [UInt8]) {
        switch step {
        case .itemAdded(let index):
            let item = output.items[index]
            event("response.output_item.added", to: &bytes) { Self.write(item, index, isNew: true, to: &$0) }
        case .itemDone(let index):
            let item = output.items[index]
            event("response.output_item.done", to: &bytes) { Self.write(item, index, isNew: false, to: &$0) }
        case .partAdded(let item, let part): writePart(item, part, isNew: true, to: &bytes)
        case .partDone(let item, let part): writePartDone(item, part, to: &bytes)
        case .delta(let item, let part, let text): writeDelta(text, item, part, to: &bytes)
        case .argumentsDelta(let item, let text):
            let place = Place(output.items[item].id, item)
            event("response.function_call_arguments.delta", to: &bytes) { bytes in
                place.write(to: &bytes)
                bytes.append(",\"delta\":")
                bytes.append(json: text)
            }
        case .argumentsDone(let index): writeArgumentsDone(index, to: &bytes)
        }
    }

    private static func write(_ item: ResponsesOutput.Item, _ index: Int, isNew: Bool, to bytes: inout [UInt8]) {
        bytes.append(",\"output_index\":")
        bytes.append(decimal: index)
        bytes.append(",\"item\":")
        item.write(isNew: isNew, to: &bytes)
    }

    private mutating func writePart(_ item: Int, _ part: Int, isNew: Bool, to bytes: inout [UInt8]) {
        let content = output.items[item].parts[part]
        let place = Place(output.items[item].id, item, part: part, isSummary: content.kind == .summary)
        let name: StaticString =
            switch (content.kind == .summary, isNew) {
            case (true, true): "response.reasoning_summary_part.added"
            case (true, false): "response.reasoning_summary_part.done"
            case (false, true): "response.content_part.added"
            case (false, false): "response.content_part.done"
            }
        event(name, to: &bytes) { bytes in
            place.write(to: &bytes)
            bytes.append(",\"part\":")
            content.write(isNew: isNew, to: &bytes)
        }
    }

    private mutating func writeDelta(_ text: String, _ item: Int, _ part: Int, to bytes: inout [UInt8]) {
        let kind = output.items[item].parts[part].kind
        let place = Place(output.items[item].id, item, part: part, isSummary: kind == .summary)
        let name: StaticString =
            switch kind {
            case .text: "response.output_text.delta"
            case .refusal: "response.refusal.delta"
            case .summary: "response.reasoning_summary_text.delta"
            }
        event(name, to: &bytes) { bytes in
            place.write(to: &bytes)
            bytes.append(",\"delta\":")
            bytes.append(json: text)
            if kind == .text { bytes.append(",\"logprobs\":[]") }
        }
    }

    /// The text as a whole, then the part as a whole.
    private mutating func writePartDone(_ item: Int, _ part: Int, to bytes: inout [UInt8]) {
        let content = output.items[item].parts[part]
        let place = Place(output.items[item].id, item, part: part, isSummary: content.kind == .summary)
        let name: StaticString =
            switch content.kind {
            case .text: "response.output_text.done"
            case .refusal: "response.refusal.done"
            case .summary: "response.reasoning_summary_text.done"
            }
        event(name, to: &bytes) { bytes in
            place.write(to: &bytes)
            bytes.append(content.kind == .refusal ? ",\"refusal\":" : ",\"text\":")
            bytes.append(json: content.text)
            if content.kind == .text { bytes.append(",\"logprobs\":[]") }
        }
        writePart(item, part, isNew: false, to: &bytes)
    }

    private mutating func writeArgumentsDone(_ index: Int, to bytes: inout [UInt8]) {
        let item = output.items[index]
        guard case .call(_, let name) = item.kind else { return }
        event("response.function_call_arguments.done", to: &bytes) { bytes in
            Place(item.id, index).write(to: &bytes)
            bytes.append(",\"name\":")
            bytes.append(json: name)
            bytes.append(",\"arguments\":")
            bytes.append(json: item.arguments)
        }
    }

    /// Where something belongs.
    private struct Place {
        let itemID: String
        let item: Int
        let part: Int?
        let isSummary: Bool

        init(_ itemID: String, _ item: Int, part: Int? = nil, isSummary: Bool = false) {
            self.itemID = itemID
            self.item = item
            self.part = part
            self.isSummary = isSummary
        }

        func write(to bytes: inout [UInt8]) {
            bytes.append(",\"item_id\":")
            bytes.append(json: itemID)
            bytes.append(",\"output_index\":")
            bytes.append(decimal: item)
            guard let part else { return }
            bytes.append(isSummary ? ",\"summary_index\":" : ",\"content_index\":")
            bytes.append(decimal: part)
        }
    }
}
