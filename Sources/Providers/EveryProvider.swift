/// The providers there are. Adding one is a folder, and a line here.
public let everyProvider: [any ProviderAdapter.Type] = [
    AnthropicAdapter.self,
    BedrockAdapter.self,
    BedrockAnthropicAdapter.self,
    VertexAdapter.self,
    VertexAnthropicAdapter.self,
    OpenAIAdapter.self,
    AzureOpenAIAdapter.self,
    OpenAICompatibleAdapter.self,
    CohereAdapter.self,
]
