import Domain
import Providers
import Testing
import Wire

@Suite struct BedrockRequestTests {
    static let now = Timestamp(seconds: 1_795_335_391)

    @Test(arguments: try BedrockCase.all(in: "bedrock-requests.json"))
    func `a chat becomes a Converse request`(_ translation: BedrockCase) throws {
        let sent = try body(of: translation.request())
        #expect(sent.text(.sorted) == translation.entry["converse"]?.text(.sorted))
    }

    @Test(arguments: try BedrockCase.all(in: "bedrock-refusals.json"))
    func `what Bedrock can't be asked is refused by its name`(_ refusal: BedrockCase) throws {
        let error = try #require(throws: TranslationError.self) { try refusal.request() }
        let isUnsupported = refusal.entry["kind"]?.string == "unsupported"
        #expect(error.kind == (isUnsupported ? .unsupported : .invalid))
        #expect(error.parameter == refusal.entry["parameter"]?.string)
        #expect(error.message.contains(refusal.entry["says"]?.string ?? ""))
    }

    @Test func `a large image is sent as it came`() throws {
        let base64 = "iVBORw0KGgoAAAANSUhEUg" + String(repeating: "A", count: 2 << 20) + "=="
        var chat = ChatRequest(model: "m", messages: [])
        chat.messages = [
            ChatMessage(role: .user, .image(.inline(mediaType: "image/png", base64: base64), detail: nil))
        ]
        let request = try adapter().request(for: chat, credential: .none, at: Self.now)
        let block = try body(of: request)["messages"]?.array?.first?["content"]?.array?.first
        #expect(block?["image"]?["source"]?["bytes"]?.string == base64)
    }

    // MARK: Heads

    @Test func `the model id is one segment of the path`() throws {
        let head = try head(model: "arn:aws:bedrock:ca-central-1:123456789012:inference-profile/us.x-v1:0")
        #expect(
            head.first
                == "POST /model/arn%3Aaws%3Abedrock%3Aca-central-1%3A123456789012%3Ainference-profile%2Fus.x-v1%3A0"
                + "/converse HTTP/1.1")
    }

    @Test func `a stream has its own path and media type`() throws {
        let head = try head(isStreamed: true)
        #expect(head.first == "POST /model/x/converse-stream HTTP/1.1")
        #expect(head.contains("accept: application/vnd.amazon.eventstream"))
    }

    @Test func `an endpoint's path prefix and port are kept and signed`() throws {
        let plain = try head(credential: .aws(Self.keys))
        let head = try head(url: "http://127.0.0.1:8085/proxy", credential: .aws(Self.keys))
        #expect(head.first == "POST /proxy/model/x/converse HTTP/1.1")
        #expect(head.contains("host: 127.0.0.1:8085"))
        #expect(head.last != plain.last)
    }

    @Test func `AWS credentials sign for the route's region`() throws {
        let head = try head(region: "ca-west-1", credential: .aws(Self.keys))
        #expect(head.contains("x-amz-date: 20261122T081631Z"))
        let authorization = try #require(head.last)
        #expect(
            authorization.hasPrefix(
                "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/ca-west-1/bedrock/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date, Signature="))
    }

    @Test func `a session token is sent and signed`() throws {
        let keys = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token/+=")
        let head = try head(credential: .aws(keys))
        #expect(head.contains("x-amz-security-token: token/+="))
        #expect(head.last?.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,") == true)
    }

    @Test func `an API key is sent as a bearer, and nothing is signed`() throws {
        let head = try head(credential: .bearer("ABSK123"))
        #expect(head.last == "authorization: Bearer ABSK123")
        #expect(!head.contains { $0.hasPrefix("x-amz-date") })
    }

    @Test func `a route without a region can't be signed for`() throws {
        let route = try bedrockRoute(region: "")
        let error = #expect(throws: AdapterSettingError.self) {
            try BedrockAdapter(route: route, settings: ProviderSettings())
        }
        #expect(error?.setting == "region")
    }

    @Test func `each partition has its own domain`() {
        let url = BedrockAdapter.facts.defaultBaseURL
        #expect(url("ca-central-1") == "https://bedrock-runtime.ca-central-1.amazonaws.com")
        #expect(url("cn-north-1") == "https://bedrock-runtime.cn-north-1.amazonaws.com.cn")
        #expect(url("eusc-de-east-1") == "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu")
    }

    private static let keys = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")

    private func adapter() throws -> BedrockAdapter {
        try BedrockAdapter(route: bedrockRoute(), settings: ProviderSettings())
    }

    private func body(of request: UpstreamRequest) throws -> JSON {
        guard case .bytes(let body) = request.body else {
            Issue.record("the body must be bytes")
            return .null
        }
        return try JSON(parsing: body)
    }

    /// The lines of a request's head.
    private func head(
        model: String = "x", url: String = "https://bedrock-runtime.ca-central-1.amazonaws.com",
        region: String = "ca-central-1", credential: Credential = .none, isStreamed: Bool = false
    ) throws -> [String] {
        let route = try bedrockRoute(model: model, url: url, region: region)
        var chat = ChatRequest(model: "m", messages: [ChatMessage(role: .user, .text("hi"))])
        chat.isStreamed = isStreamed
        let request = try BedrockAdapter(route: route, settings: ProviderSettings())
            .request(for: chat, credential: credential, at: Self.now)
        #expect(request.head.suffix(2) == [0x0D, 0x0A])
        return String(decoding: request.head, as: UTF8.self).split(separator: "\r\n").map { String($0) }
    }
}

/// One entry of a fixture: a chat request of the OpenAI wire, and what becomes of it.
struct BedrockCase: Sendable, CustomTestStringConvertible {
    let entry: JSON

    var testDescription: String { entry["name"]?.string ?? "" }

    static func all(in file: String) throws -> [BedrockCase] {
        try #require(bedrockFixture(file)["cases"]?.array).map { BedrockCase(entry: $0) }
    }

    func request() throws -> UpstreamRequest {
        let route = try bedrockRoute(
            model: entry["model"]?.string ?? "", takesSampling: entry["sampling"]?.bool ?? true)
        let chat = try (entry["chat"] ?? .null).bytes().withUnsafeBytes { bytes in
            try OpenAIChatDecoder().request(bytes, leavingOut: [])
        }
        return try BedrockAdapter(route: route, settings: ProviderSettings())
            .request(for: chat, credential: .none, at: BedrockRequestTests.now)
    }
}
