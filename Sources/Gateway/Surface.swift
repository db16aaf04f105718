import Wire

/// What a path is for.
enum Surface {
    /// Models are asked here.
    case inference(ChatWire)
    case models
    case model(id: String)
    case billingModels
    /// What would become of a chat request.
    case explain
    case custodyRecord(id: String)
    case custodyReceipt(id: String)
    case custodyRecords
    case custodyExport
    case usage
    case logCheckpoint
    case logTile(path: String)
    case logKeys
    /// A surface of the product that this version doesn't serve; the text names it, and the wire is its own.
    case notOffered(String, ChatWire)
    /// Anything else belongs to the control plane.
    case controlPlane

    /// A base URL that already ends in `/v1` works with SDKs that add it again.
    ///
    /// - Parameter path: percent-encoded as it came.
    init(path: UnsafeRawBufferPointer) {
        var path = path
        while path.starts(with: "/v1/v1/") { path = path[rebasing: 3..<path.count] }
        self =
            path.is("/v1/chat/completions")
            ? .inference(.openAIChat) : Surface(path: String(decoding: path, as: UTF8.self))
    }

    var method: HTTP1Method? {
        switch self {
        case .inference, .notOffered, .explain: .post
        case .models, .model, .billingModels, .custodyRecord, .custodyReceipt, .custodyRecords, .custodyExport,
            .usage, .logCheckpoint, .logTile, .logKeys:
            .get
        case .controlPlane: nil
        }
    }

    /// As records have it.
    var name: String {
        switch self {
        case .inference(.openAIChat): "chat.completions"
        case .inference(.openAIResponses): "responses"
        case .inference(.anthropicMessages): "messages"
        case .inference(.openAIEmbeddings): "embeddings"
        case .inference(.anthropicTokenCount): "messages.count_tokens"
        case .notOffered: "not_offered"
        default: "none"
        }
    }

    /// How it is read and written; requests that ask no model are answered in the form of the chat wire.
    var codec: any ChatCodec {
        switch self {
        case .inference(let wire), .notOffered(_, let wire): Self.codec(of: wire)
        default: Self.codec(of: .openAIChat)
        }
    }

    private static func codec(of wire: ChatWire) -> any ChatCodec {
        switch wire {
        case .openAIChat: OpenAIChatCodec()
        case .openAIResponses: ResponsesCodec()
        case .openAIEmbeddings: OpenAIEmbeddingsCodec()
        case .anthropicMessages: AnthropicCodec()
        case .anthropicTokenCount: AnthropicTokenCountCodec()
        }
    }

    /// Whether its replies carry the `x-ni-*` header fields.
    var isInference: Bool {
        switch self {
        case .inference, .notOffered: true
        default: false
        }
    }

    var needsKey: Bool {
        switch self {
        case .billingModels, .controlPlane, .logCheckpoint, .logTile, .logKeys: false
        case .inference, .notOffered, .models, .model, .explain, .custodyRecord, .custodyReceipt, .custodyRecords,
            .custodyExport, .usage:
            true
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func starts(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && self[rebasing: 0..<text.utf8CodeUnitCount].is(text)
    }

    fileprivate func `is`(_ text: StaticString) -> Bool {
        elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
