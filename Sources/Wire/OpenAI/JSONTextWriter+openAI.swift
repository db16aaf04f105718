/// Members that chat requests on the OpenAI wire have, and on wires that follow it in this, such as Cohere's. Each goes
/// into an object that is open.
extension JSONTextWriter {
    /// A picture among the parts of a message.
    public mutating func imagePart(_ media: ChatMedia, detail: String?) {
        string("type", "image_url")
        object("image_url") { body in
            switch media {
            case .inline(let type, let base64): body.string("url", "data:\(type);base64,", base64: base64)
            case .url(let url), .uploaded(let url): body.string("url", url)
            }
            if let detail { body.string("detail", detail) }
        }
    }

    /// A call among the `tool_calls` of an assistant's message.
    public mutating func functionCall(_ call: ChatToolCall, id: String) {
        string("id", id)
        string("type", "function")
        object("function") { body in
            body.string("name", call.name)
            body.string("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
        }
    }
}
