/// Why nothing of a field is seen upstream, or something else than the caller sent.
enum FieldReason: String, CaseIterable {
    case inReply =
        "The provider isn't asked; the gateway does it in the reply."
    case stored =
        "Nothing is stored, whatever is asked: the reply says `false`, and a provider of the same wire is told so."
    case anyway = "It asks for what happens anyway."
    case strict = "The provider holds every answer to its schema."
    case books = "It is about your own books, or about routing inside another provider, and changes no answer."
    case cache = "It makes a repeated prompt cheaper, and changes no answer."
    case wish =
        "The provider has no such setting, and an answer that comes without it still answers what was asked."
    case note = "It is a label, or a note on an earlier answer, that the model needs nothing of."
    case thought = "Thinking goes back to the provider that signed it, and to no other."
    case shown = "There is no choice: the provider's models show their thinking in one way, or never."
    case one = "Claude takes one of the two, and the temperature is what callers mean who send both."
    case answer = "It is about the answer, and the provider counts without it."

    /// For a field, or for one value of it.
    static func of(_ field: RequestField, on surface: FieldSurface) -> FieldReason? {
        if surface == .responses, field.path == "metadata" { return .inReply }
        if surface == .tokenCount, ofAnswers.contains(field.path) { return .answer }
        return table.first { $0.fields.contains(field.name) || $0.fields.contains(field.path) }?.reason
    }

    /// What concerns nothing but an answer, so that a count may do without.
    private static let ofAnswers: Set<String> = [
        "stop_sequences", "temperature", "top_p", "tool_choice", "tool_choice.disable_parallel_tool_use",
        "output_config.effort", "output_config.format", "service_tier",
    ]

    private static let table: [(reason: FieldReason, fields: Set<String>)] = [
        (
            .inReply,
            [
                "stream_options.include_usage", "stream_options.include_obfuscation", "parallel_tool_calls: false",
                "tool_choice.disable_parallel_tool_use", "include: reasoning.encrypted_content",
            ]
        ),
        (.stored, ["store: true", "store: false"]),
        (
            .anyway,
            [
                "n: 1", "modalities: text", "parallel_tool_calls: true", "response_format: text", "text.format: text",
                "service_tier: auto", "service_tier: default", "service_tier: standard_only", "speed: standard",
                "tool_choice: auto", "reasoning_effort: none", "reasoning.effort: none", "thinking: adaptive",
                "thinking: between_tools", "thinking: disabled", "background: false", "truncation: disabled",
                "tools[].type: custom", "tools[].allowed_callers",
            ]
        ),
        (
            .strict,
            [
                "tools[].function.strict", "tools[].strict", "response_format.json_schema.strict",
                "text.format.strict",
            ]
        ),
        (.books, ["user", "safety_identifier", "metadata", "metadata.user_id", "store", "prompt_cache_key"]),
        (
            .cache,
            [
                "prompt_cache_retention", "prompt_cache_options", "cache_control", "tools[].cache_control",
                "system[].cache_control", "messages[].content[].cache_control",
                "messages[].content[].prompt_cache_breakpoint",
            ]
        ),
        (
            .wish,
            [
                "seed", "presence_penalty", "frequency_penalty", "verbosity", "text.verbosity", "max_tool_calls",
                "messages[].content[].image_url.detail", "input[].content[].detail", "tools[].defer_loading",
                "tools[].eager_input_streaming",
            ]
        ),
        (
            .note,
            [
                "messages[].name: tool", "response_format.json_schema.name", "messages[].content[].file.filename",
                "messages[].content[].title", "messages[].content[].citations: of a text", "input[].id",
                "input[].status", "input[].phase",
            ]
        ),
        (
            .thought,
            [
                "messages[].reasoning_content", "messages[].thinking_blocks", "messages[].content[]: thinking",
                "messages[].content[]: redacted_thinking", "input[]: reasoning",
            ]
        ),
        (.shown, ["thinking.display", "reasoning.summary"]),
        (.one, ["top_p: beside temperature"]),
    ]
}
