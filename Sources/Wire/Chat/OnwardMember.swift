/// A member of a request, by which the provider is told to send what it gets, or what it makes of it, on to others.
///
/// It counts where the wires have it: as a member of the request itself. In a schema or an argument the same word is the
/// caller's own.
enum OnwardMember: String {
    /// Some are run by the provider: see ``ProviderTool``.
    case tools
    case mcpServers = "mcp_servers"
    case webSearchOptions = "web_search_options"
    /// Azure's, and in the spelling of its older versions.
    case dataSources = "data_sources"
    case olderDataSources = "dataSources"
    /// Bedrock's: holds members of the model's own wire.
    case modelFields = "additionalModelRequestFields"

    /// - Parameter key: the bytes of a key without escapes.
    @inline(__always)
    init?(key: UnsafeRawBufferPointer) {
        switch key.count {
        case 5 where key.is("tools"): self = .tools
        case 11 where key.is("mcp_servers"): self = .mcpServers
        case 11 where key.is("dataSources"): self = .olderDataSources
        case 12 where key.is("data_sources"): self = .dataSources
        case 18 where key.is("web_search_options"): self = .webSearchOptions
        case 28 where key.is("additionalModelRequestFields"): self = .modelFields
        default: return nil
        }
    }
}

/// What a tool's `type` says of who runs it.
enum ProviderTool {
    /// Whether a tool of this type is run by the caller, or by the provider without asking anybody else.
    ///
    /// A type that isn't known may be run anywhere, so it counts as one that isn't.
    static func stays(_ type: String) -> Bool {
        staying.contains(type) || stayingOfAnthropic.contains { type.hasPrefix($0) }
    }

    private static let staying: Set = [
        "function", "custom", "namespace", "tool_search", "file_search", "code_interpreter", "image_generation",
        "local_shell", "shell", "apply_patch", "computer", "computer_use", "computer_use_preview",
    ]

    /// A date follows.
    private static let stayingOfAnthropic = [
        "bash_", "text_editor_", "computer_", "memory_", "code_execution_", "tool_search_tool_",
    ]
}
