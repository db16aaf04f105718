/// Where things stand in a request on the Messages wire.
extension AnthropicCodec {
    public func name(of parameter: String, in chat: ChatRequest, _ body: UnsafeRawBufferPointer) -> String {
        guard let place = ChatPlace(parameter, in: chat) else {
            if let (index, rest) = ChatPlace.element(of: "tools", parameter[...]) {
                return "tools[\(index)]" + Self.toolNames.path(String(rest))
            }
            return Self.names.path(parameter)
        }
        let whole = (try? JSON(body)) ?? .null
        let rest = path(place.rest)
        guard let system = whole.present("system") else {
            return name(of: place, number: place.message, in: whole) + rest
        }
        guard place.message == 0 else { return name(of: place, number: place.message - 1, in: whole) + rest }
        return "system" + (system.array != nil ? place.part.map { "[\($0)]" } ?? "" : "") + rest
    }

    private func name(of place: ChatPlace, number: Int, in whole: JSON) -> String {
        let content = whole["messages"]?.array?.dropFirst(number).first?["content"]
        let index = content?.array != nil ? place.part.map { "[\($0)]" } : ""
        return "messages[\(number)]" + (place.part == nil ? "" : ".content" + (index ?? ""))
    }

    /// The members of a block, those of blocks inside a tool's result too.
    private func path(_ rest: Substring) -> String {
        guard let (index, rest) = ChatPlace.element(of: ".content", rest) else {
            return Self.blockNames.path(String(rest))
        }
        return ".content[\(index)]" + path(rest)
    }

    private static let names = ChatMemberNames(names: [
        ("stop", "stop_sequences"), ("response_format.json_schema", "output_config.format"),
        ("response_format", "output_config.format"), ("reasoning_effort", "output_config.effort"),
        ("parallel_tool_calls", "tool_choice.disable_parallel_tool_use"), ("user", "metadata.user_id"),
    ])

    private static let toolNames = ChatMemberNames(names: [
        (".function.parameters", ".input_schema"), (".function", ""),
    ])

    private static let blockNames = ChatMemberNames(names: [
        (".image_url.url", ".source"), (".image_url", ".source"), (".file", ".source"),
        (".file_id", ".source.file_id"), (".function.arguments", ".input"), (".tool_call_id", ".tool_use_id"),
    ])
}
