/// What the strings at a place in a request or a reply are, told by the keys that lead there.
///
/// A string counts as text unless it is known to be none: what a provider adds to its wire tomorrow is looked at too.
enum TextRegion: Sendable {
    /// Of the wire: values are texts, but for those of ``TextRegion/machineKeys``.
    case wire
    /// Of people or their programs: all values are texts, and so are keys that can be no identifiers.
    case free
    /// Nothing in it is text.
    case closed
}

extension TextRegion {
    /// What a member of an object in this region leads to.
    ///
    /// - Parameters:
    ///   - isRequest: whether it is a request's.
    ///   - kind: of the member's value.
    func member(_ key: String, in object: TextObject, of isRequest: Bool, kind: JSONKind) -> TextRegion {
        switch self {
        case .free, .closed: return self
        case .wire: break
        }
        if isRequest, object == .whole, Self.settingKeys.contains(key) { return .closed }
        switch key {
        case "name": return object == .message ? .wire : .closed
        case "input" where kind == .object: return .free
        case "arguments", "metadata": return .free
        case "thinking" where kind == .object: return .closed
        case "source" where kind == .string: return .wire
        case "data": return object == .textSource ? .wire : .closed
        default: return Self.machineKeys.contains(key) ? .closed : .wire
        }
    }

    /// Members of requests that set how the model works.
    private static let settingKeys: Set<String> = [
        "anthropic_version", "anthropic_beta", "audio", "background", "betas", "container", "context_management",
        "conversation", "dimensions", "encoding_format", "function_call", "functions", "include", "inference_geo",
        "mcp_servers", "modalities", "output_config", "output_format", "pii_substitution", "previous_response_id",
        "privacy_tier", "prompt", "reasoning", "reasoning_effort", "response_format", "service_tier", "speed",
        "stream_options", "text", "thinking", "tool_choice", "tools", "truncation", "verbosity",
    ]

    /// Members that programs read: names from lists, ids, signatures, encrypted text, and media as Base64.
    private static let machineKeys: Set<String> = [
        "cache_control", "call_id", "container_id", "detail", "embedding", "encrypted_content", "encrypted_index",
        "file_data", "file_id", "file_url", "finish_reason", "format", "id", "image_url", "input_audio", "item_id",
        "logprobs", "media_type", "mime_type", "model", "native_finish_reason", "obfuscation", "object",
        "partial_image_b64", "phase", "previous_response_id", "provider", "response_id", "result", "role",
        "server_label", "service_tier", "signature", "status", "stop_reason", "system_fingerprint",
        "thought_signature", "tool_call_id", "tool_choice", "tool_use_id", "tools", "type", "usage", "video_url",
    ]
}

/// What an object is, where that decides about its members.
enum TextObject: Sendable {
    case whole
    /// An element of `messages`.
    case message
    /// The `source` of a document whose `data` is plain text.
    case textSource
    case other
}

/// What is no text, and can hold what people wrote all the same.
public struct UncoveredContent: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let image = UncoveredContent(rawValue: 1)
    public static let audio = UncoveredContent(rawValue: 2)
    /// A document that isn't plain text.
    public static let file = UncoveredContent(rawValue: 4)
    /// A prompt as numbers of tokens.
    public static let tokens = UncoveredContent(rawValue: 8)

    /// As they stand in `x-ni-pii` and in records.
    public var names: [String] {
        [(UncoveredContent.image, "image"), (.audio, "audio"), (.file, "file"), (.tokens, "tokens")]
            .filter { contains($0.0) }.map(\.1)
    }

    /// By the `type` of a part.
    init(partType: String) {
        switch partType {
        case "image", "image_url", "input_image", "computer_screenshot": self = .image
        case "input_audio", "audio": self = .audio
        case "file", "input_file", "video_url", "input_video", "container_upload": self = .file
        default: self = []
        }
    }
}
