/// The providers there are. Adding one is a folder, and a line here.
public let everyProvider: [any ProviderAdapter.Type] = [
    BedrockAdapter.self,
    VertexAdapter.self,
    OpenAIAdapter.self,
    AzureOpenAIAdapter.self,
    OpenAICompatibleAdapter.self,
    CohereAdapter.self,
]
