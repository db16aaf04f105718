import Domain

/// Which of our providers a model of LiteLLM's is asked at.
///
/// LiteLLM writes `PROVIDER/MODEL`, and leaves the provider out where it knows the model
/// (docs.litellm.ai/docs/providers).
struct LiteLLMModel: Hashable {
    let provider: ProviderID
    let upstreamModel: String
    /// Where the model's name has the region.
    var region: String?
    /// What differs from what LiteLLM does; nil: nothing.
    var remark: String?

    /// - Parameter base: the host that it names, without which some providers can't be reached.
    /// - Throws: ``LeftOut``.
    init(_ name: String, at base: String?) throws(LeftOut) {
        guard let slash = name.firstIndex(of: "/") else {
            self = try Self.bare(name, at: base)
            return
        }
        let model = String(name[name.index(after: slash)...])
        switch name[..<slash] {
        case "openai": self = Self.openAI(model, at: base)
        case "azure": self.init(provider: "azure", model)
        case "anthropic": self.init(provider: "anthropic", model)
        case "cohere", "cohere_chat": self.init(provider: "cohere", model)
        case "bedrock": self = Self.bedrock(model)
        case "vertex_ai", "vertex_ai_beta": self = try Self.vertex(model)
        case "ollama", "ollama_chat":
            self.init(provider: "compatible", model)
            remark = "Ollama is asked on OpenAI's wire, below '/v1'"
        case "hosted_vllm", "lm_studio", "llamafile", "litellm_proxy", "openai_like", "custom_openai":
            self.init(provider: "compatible", model)
        default:
            throw LeftOut(
                "there is no adapter for \(quoted(String(name[..<slash]))). If it speaks OpenAI's wire, write "
                    + "openai/MODEL and its api_base, and import again")
        }
    }

    private init(provider: String, _ model: String) {
        self.provider = ProviderID(rawValue: provider)
        upstreamModel = model
    }

    private static func bare(_ name: String, at base: String?) throws(LeftOut) -> LiteLLMModel {
        if name.hasPrefix("claude") { return LiteLLMModel(provider: "anthropic", name) }
        if name.hasPrefix("command") { return LiteLLMModel(provider: "cohere", name) }
        if ["gpt-", "o1", "o3", "o4", "chatgpt-", "text-embedding-"].contains(where: name.hasPrefix) {
            return openAI(name, at: base)
        }
        throw LeftOut("it doesn't say whose model it is: write PROVIDER/MODEL, and import again")
    }

    /// `openai/` with a host of another name is LiteLLM's way to say that the host speaks OpenAI's wire.
    private static func openAI(_ model: String, at base: String?) -> LiteLLMModel {
        let isTheirs = base.map { $0 == "https://api.openai.com/v1" || $0 == "https://api.openai.com" } ?? true
        return LiteLLMModel(provider: isTheirs ? "openai" : "compatible", model)
    }

    /// `bedrock/[converse/|invoke/][REGION/]MODEL`.
    private static func bedrock(_ name: String) -> LiteLLMModel {
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        var remark: String?
        if parts.count > 1, ["converse", "invoke", "converse_like"].contains(parts[0]) {
            if parts[0] == "invoke" { remark = "it is asked with Converse, as every model of Bedrock" }
            parts.removeFirst()
        }
        var region: String?
        // A region is letters, digits and hyphens; a model has a dot or a colon.
        if parts.count > 1, let first = parts.first, first.contains("-"), !first.contains(where: { ".:".contains($0) })
        {
            region = String(parts.removeFirst())
        }
        var model = LiteLLMModel(provider: "bedrock", parts.joined(separator: "/"))
        model.region = region
        model.remark = remark
        return model
    }

    private static func vertex(_ model: String) throws(LeftOut) -> LiteLLMModel {
        if model.hasPrefix("gemini") { return LiteLLMModel(provider: "vertex", model) }
        if model.hasPrefix("claude") { return LiteLLMModel(provider: "vertex_anthropic", model) }
        throw LeftOut("of Vertex AI, Gemini and Claude are offered alone")
    }
}

/// Why something isn't imported: the end of a sentence that says what.
struct LeftOut: Error {
    let remark: String
    init(_ remark: String) { self.remark = remark }
}
