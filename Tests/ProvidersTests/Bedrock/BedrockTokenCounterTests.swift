import Domain
import Foundation
import Providers
import Testing
import Wire

@Suite struct BedrockTokenCounterTests {
    private static let chat = ChatRequest(model: "route", messages: [ChatMessage(role: .user, .text("Hi"))])

    private func request(_ adapter: any TranslatingAdapter, of chat: ChatRequest = chat) throws -> UpstreamRequest {
        try #require(adapter.tokenCounter).request(for: chat, credential: .none, at: Timestamp(seconds: 0))
    }

    private func body(_ request: UpstreamRequest) throws -> JSON {
        guard case .bytes(let bytes) = request.body else { return .null }
        return try JSON(parsing: bytes)
    }

    @Test(arguments: [
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1%3A0"),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1%3A0"),
        ("us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1%3A0"),
        (
            "arn:aws:bedrock:ca-central-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6",
            "anthropic.claude-sonnet-4-6"
        ),
        (
            "arn:aws:bedrock:ca-central-1:111122223333:application-inference-profile/abc",
            "arn%3Aaws%3Abedrock%3Aca-central-1%3A111122223333%3Aapplication-inference-profile%2Fabc"
        ),
    ])
    func `the model behind a geography's profile is asked`(_ model: String, _ segment: String) throws {
        let route = try bedrockRoute(model: model)
        for adapter in [
            try BedrockAdapter(route: route, settings: ProviderSettings()),
            try BedrockAnthropicAdapter(route: route, settings: ProviderSettings()),
        ] as [any TranslatingAdapter] {
            let head = String(decoding: try request(adapter).head, as: UTF8.self)
            #expect(head.hasPrefix("POST /model/\(segment)/count-tokens HTTP/1.1\r\n"))
        }
    }

    @Test func `Converse is asked of what has tokens alone`() throws {
        var chat = Self.chat
        chat.maximumOutputTokens = 9
        chat.stop = ["x"]
        let adapter = try BedrockAdapter(route: bedrockRoute(), settings: ProviderSettings())
        let messages: JSON = [["role": "user", "content": [["text": "Hi"]]]]
        #expect(try body(request(adapter, of: chat)) == ["input": ["converse": ["messages": messages]]])
    }

    @Test func `InvokeModel is asked of its own body`() throws {
        let adapter = try BedrockAnthropicAdapter(route: bedrockRoute(), settings: ProviderSettings())
        let encoded = try #require(try body(request(adapter))["input"]?["invokeModel"]?["body"]?.string)
        let sent = try JSON(parsing: try #require(Data(base64Encoded: encoded)))
        let invoked = try body(adapter.request(for: Self.chat, credential: .none, at: Timestamp(seconds: 0)))
        #expect(sent == invoked && sent["messages"] != nil)
    }
}
