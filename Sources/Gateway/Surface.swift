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
            ? .inference(.openAIChat) : Self.other(String(decoding: path, as: UTF8.self)[...])
    }

    private static func other(_ path: Substring) -> Surface {
        switch path {
        case "/v1/models": .models
        case "/api/billing/models": .billingModels
        case "/api/explain": .explain
        case "/v1/messages": .inference(.anthropicMessages)
        case "/v1/messages/count_tokens": .inference(.anthropicTokenCount)
        case "/v1/responses": .inference(.openAIResponses)
        case "/v1/embeddings": .inference(.openAIEmbeddings)
        case "/api/usage": .usage
        case "/api/usage/custody": .custodyRecords
        case "/api/usage/custody/export": .custodyExport
        case "/log/checkpoint": .logCheckpoint
        case "/.well-known/ni-keys.json": .logKeys
        default: withParameter(path)
        }
    }

    private static func withParameter(_ path: Substring) -> Surface {
        // A route's id holds slashes, which come raw or percent-encoded.
        if let id = path.rest(after: "/v1/models/"), !id.isEmpty { return .model(id: id.percentDecoded) }
        if let id = path.rest(after: "/api/usage/custody/"), !id.isEmpty {
            guard let record = id.rest(before: "/receipt") else { return .custodyRecord(id: id.percentDecoded) }
            return .custodyReceipt(id: record.percentDecoded)
        }
        if let file = path.rest(after: "/log/"), file.utf8.starts(with: "tile/".utf8) {
            return .logTile(path: String(file))
        }
        if path.utf8.starts(with: "/v1/responses/".utf8) {
            return .notOffered("The Responses API's storage", .openAIResponses)
        }
        return .controlPlane
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

extension Substring {
    fileprivate func rest(after prefix: String) -> Substring? {
        utf8.starts(with: prefix.utf8) ? self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...] : nil
    }

    fileprivate func rest(before suffix: String) -> Substring? {
        let length = utf8.count - suffix.utf8.count
        guard length >= 0, utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { return nil }
        return self[..<utf8.index(startIndex, offsetBy: length)]
    }

    /// RFC 3986, section 2.1; what is no valid escape stays as it is.
    var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
