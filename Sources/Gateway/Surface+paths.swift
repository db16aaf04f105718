import Wire

extension Surface {
    /// Those whose path is always the same.
    static let fixed: [String: Surface] = [
        "/v1/chat/completions": .inference(.openAIChat),
        "/v1/messages": .inference(.anthropicMessages),
        "/v1/messages/count_tokens": .inference(.anthropicTokenCount),
        "/v1/responses": .inference(.openAIResponses),
        "/v1/embeddings": .inference(.openAIEmbeddings),
        "/v1/models": .models,
        "/api/billing/models": .billingModels,
        "/api/explain": .explain,
        "/api/usage": .usage,
        "/api/usage/custody": .custodyRecords,
        "/api/usage/custody/export": .custodyExport,
        "/log/checkpoint": .logCheckpoint,
        "/.well-known/ni-keys.json": .logKeys,
    ]

    /// Those whose path has a part that differs. The first that fits counts.
    static let parameterized: [PathPattern] = [
        // A route's id holds slashes, which come raw or percent-encoded.
        PathPattern("/v1/models/", "id") { .model(id: $0.percentDecoded) },
        PathPattern("/api/usage/custody/", "id", "/receipt") { .custodyReceipt(id: $0.percentDecoded) },
        PathPattern("/api/usage/custody/", "id") { .custodyRecord(id: $0.percentDecoded) },
        PathPattern("/log/tile/", "tile") { .logTile(path: "tile/\($0)") },
        PathPattern("/v1/responses/", "id") { _ in .notOffered("The Responses API's storage", .openAIResponses) },
    ]

    /// - Parameter path: percent-encoded as it came.
    init(path: String) {
        let found = Self.fixed[path] ?? Self.parameterized.lazy.compactMap { $0.surface(of: path[...]) }.first
        self = found ?? .controlPlane
    }
}

/// A path with a part that differs.
struct PathPattern: Sendable {
    private let prefix: String
    private let parameter: String
    private let suffix: String
    private let surface: @Sendable (Substring) -> Surface

    init(
        _ prefix: String, _ parameter: String, _ suffix: String = "",
        surface: @escaping @Sendable (Substring) -> Surface
    ) {
        self.prefix = prefix
        self.parameter = parameter
        self.suffix = suffix
        self.surface = surface
    }

    /// As OpenAPI writes it, such as `/v1/models/{id}`.
    var template: String { "\(prefix){\(parameter)}\(suffix)" }

    /// Nil where the path is another one.
    func surface(of path: Substring) -> Surface? {
        guard let value = path.rest(after: prefix)?.rest(before: suffix), !value.isEmpty else { return nil }
        return surface(value)
    }

    /// What it is, whatever the part that differs.
    var example: Surface { surface("1") }
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
