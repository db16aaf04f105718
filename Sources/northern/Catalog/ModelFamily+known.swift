extension ModelFamily {
    private init(_ traits: Set<Trait>, _ contextWindow: Int, _ maximumOutputTokens: Int) {
        self.traits = traits
        self.contextWindow = contextWindow
        self.maximumOutputTokens = maximumOutputTokens
    }

    private static let all: Set<Trait> = [.vision, .tools, .sampling]
    private static let fixed: Set<Trait> = [.vision, .tools]
    private static let textual: Set<Trait> = [.tools, .sampling]

    /// By the words of a family's name, as ``words(of:)`` makes them: `gpt-4.1` is `gpt-4-1`.
    static let known: [String: ModelFamily] = [
        // Anthropic
        "claude-3": ModelFamily(all, 200_000, 4_096),
        "claude-3-5": ModelFamily(all, 200_000, 8_192),
        "claude-3-7": ModelFamily(all, 200_000, 64_000),
        "claude-haiku-4": ModelFamily(all, 200_000, 64_000),
        "claude-sonnet-4": ModelFamily(all, 200_000, 64_000),
        "claude-opus-4": ModelFamily(all, 200_000, 32_000),
        "claude-opus-4-5": ModelFamily(all, 200_000, 64_000),
        "claude-sonnet-4-6": ModelFamily(all, 1_000_000, 64_000),
        "claude-opus-4-6": ModelFamily(all, 1_000_000, 128_000),
        "claude-opus-4-7": ModelFamily(fixed, 1_000_000, 128_000),
        "claude-opus-4-8": ModelFamily(fixed, 1_000_000, 128_000),
        "claude-haiku-5": ModelFamily(fixed, 1_000_000, 128_000),
        "claude-sonnet-5": ModelFamily(fixed, 1_000_000, 128_000),
        "claude-opus-5": ModelFamily(fixed, 1_000_000, 128_000),
        "claude-fable-5": ModelFamily(fixed, 1_000_000, 128_000),
        // Google
        "gemini-2": ModelFamily(all, 1_048_576, 8_192),
        "gemini-2-5": ModelFamily(all, 1_048_576, 65_535),
        "gemini-3": ModelFamily(all, 1_048_576, 65_535),
        "gemma-3": ModelFamily([.vision, .sampling], 128_000, 8_192),
        // OpenAI. Reasoning models take no sampling parameters.
        "gpt-3": ModelFamily(textual, 16_385, 4_096),
        "gpt-4": ModelFamily(textual, 8_192, 4_096),
        "gpt-4-turbo": ModelFamily(all, 128_000, 4_096),
        "gpt-4-1": ModelFamily(all, 1_047_576, 32_768),
        "gpt-4o": ModelFamily(all, 128_000, 16_384),
        "gpt-5": ModelFamily(fixed, 272_000, 128_000),
        "gpt-6": ModelFamily(fixed, 922_000, 128_000),
        "gpt-oss": ModelFamily(textual, 128_000, 16_384),
        "o3-mini": ModelFamily([], 200_000, 100_000),
        "o3": ModelFamily(fixed, 200_000, 100_000),
        "o4-mini": ModelFamily(fixed, 200_000, 100_000),
        // Amazon
        "nova-micro": ModelFamily(textual, 128_000, 10_000),
        "nova-lite": ModelFamily(all, 300_000, 10_000),
        "nova-pro": ModelFamily(all, 300_000, 10_000),
        "nova-2-lite": ModelFamily(all, 1_000_000, 64_000),
        // Meta, by Bedrock's spelling and by that of the weights
        "llama3": ModelFamily([.sampling], 8_192, 8_192),
        "llama-3": ModelFamily([.sampling], 8_192, 8_192),
        "llama3-1": ModelFamily(textual, 128_000, 4_096),
        "llama-3-1": ModelFamily(textual, 128_000, 4_096),
        "llama3-3": ModelFamily(textual, 128_000, 4_096),
        "llama-3-3": ModelFamily(textual, 128_000, 4_096),
        "llama4": ModelFamily(all, 1_000_000, 8_192),
        "llama-4": ModelFamily(all, 1_000_000, 8_192),
        // Mistral
        "mistral-7b": ModelFamily([.sampling], 32_000, 4_096),
        "mixtral-8x7b": ModelFamily([.sampling], 32_000, 4_096),
        "mistral-large": ModelFamily(textual, 32_000, 4_096),
        "mistral-large-3": ModelFamily(all, 256_000, 32_000),
        "mistral-small": ModelFamily(textual, 32_000, 4_096),
        // Cohere
        "command-r": ModelFamily(textual, 128_000, 4_096),
        "command-a": ModelFamily(textual, 256_000, 8_000),
        // Alibaba
        "qwen2-5": ModelFamily(textual, 32_768, 8_192),
        "qwen3": ModelFamily(textual, 32_768, 8_192),
    ]
}
