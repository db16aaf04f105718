extension ResponsesOutput {
    /// The elements of `output`.
    func write(to bytes: inout [UInt8]) {
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(",") }
            item.write(to: &bytes)
        }
    }

    /// How the response ended; nothing is made up where its end wasn't told.
    var status: ResponsesObject.Status {
        if isOverfull {
            return .failed(code: "server_error", message: "The reply is longer than this surface can tell it.")
        }
        switch finish {
        case nil: return .failed(code: "server_error", message: "The reply ended without saying why.")
        case .stop, .toolCalls, .paused: return .completed
        case .length, .contextWindow: return .incomplete(reason: "max_output_tokens")
        case .contentFilter: return .incomplete(reason: "content_filter")
        case .refusal: return hasRefusal ? .completed : .incomplete(reason: "content_filter")
        }
    }

    private var hasRefusal: Bool { items.contains { $0.parts.contains { $0.kind == .refusal } } }
}

extension ResponsesOutput.Item {
    /// - Parameter isNew: as it is when it begins, with nothing in it.
    func write(isNew: Bool = false, to bytes: inout [UInt8]) {
        bytes.append("{\"id\":")
        bytes.append(json: id)
        switch kind {
        case .reasoning:
            bytes.append(",\"type\":\"reasoning\",\"summary\":[")
            if !isNew { writeParts(to: &bytes) }
            bytes.append("]")
            if let encrypted, !isNew {
                bytes.append(",\"encrypted_content\":")
                bytes.append(json: encrypted)
            }
        case .message:
            bytes.append(",\"type\":\"message\",\"status\":")
            bytes.append(json: isNew ? Status.inProgress.rawValue : status.rawValue)
            bytes.append(",\"role\":\"assistant\",\"content\":[")
            if !isNew { writeParts(to: &bytes) }
            bytes.append("]")
        case .call(let id, let name):
            bytes.append(",\"type\":\"function_call\",\"status\":")
            bytes.append(json: isNew ? Status.inProgress.rawValue : status.rawValue)
            bytes.append(",\"call_id\":")
            bytes.append(json: id)
            bytes.append(",\"name\":")
            bytes.append(json: name)
            bytes.append(",\"arguments\":")
            bytes.append(json: isNew ? "" : arguments)
        }
        bytes.append("}")
    }

    private func writeParts(to bytes: inout [UInt8]) {
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(",") }
            part.write(to: &bytes)
        }
    }
}

extension ResponsesOutput.Part {
    func write(isNew: Bool = false, to bytes: inout [UInt8]) {
        switch kind {
        case .text: bytes.append("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":")
        case .refusal: bytes.append("{\"type\":\"refusal\",\"refusal\":")
        case .summary: bytes.append("{\"type\":\"summary_text\",\"text\":")
        }
        bytes.append(json: isNew ? "" : text)
        bytes.append("}")
    }
}
