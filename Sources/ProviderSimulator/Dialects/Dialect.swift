import Wire

/// A provider's endpoints: what stands behind a method and a path.
protocol Provider: Sendable {
    /// Nil when the call is not for this provider.
    func door(for call: Call) -> Door?
}

/// Where a call is answered.
struct Door: Sendable {
    let credential: Credential
    let errors: any ErrorDialect
    let purpose: Purpose

    enum Purpose: Sendable {
        /// A question to a model.
        case chat(any ChatDialect)
        /// Anything else, answered whole.
        case lookup(@Sendable (Call, Simulation) throws(Refusal) -> Reply)
    }

    /// The providers, in the order in which they are asked. This is the one line that a new dialect adds to.
    private static let providers: [any Provider] = [
        Anthropic(), OpenAI(), Bedrock(), Vertex(), Azure(), Cohere(), GoogleTokens(), EntraTokens(),
        SecurityTokens(), InstanceMetadata(), ContainerCredentials(),
    ]

    static func leading(_ call: Call) -> Door? {
        for provider in providers {
            if let door = provider.door(for: call) { return door }
        }
        return nil
    }
}

/// A wire on which models are asked: translates, and decides nothing.
protocol ChatDialect: Sendable {
    var spelling: Fields.Spelling { get }
    /// The content type of a streamed answer.
    var streamType: String { get }

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String
    func request(in call: Call, _ body: Fields) throws(Refusal) -> NormalizedRequest
    func whole(_ answer: Answer, to request: NormalizedRequest) -> Reply
    func stream(_ answer: Answer, to request: NormalizedRequest) -> StreamedReply

    /// An error in the middle of a stream.
    /// - Parameter events: how many events came before it.
    func errorEvent(saying message: String, after events: Int, id: String) -> [UInt8]
    /// Something in a stream that does not parse, with a text in it.
    func garbageEvent(saying text: String) -> [UInt8]
}

extension ChatDialect {
    var spelling: Fields.Spelling { .exact }
    var streamType: String { "text/event-stream" }
    func garbageEvent(saying text: String) -> [UInt8] { Array("data: {\"broken\(text)\n\n".utf8) }

    func model(in call: Call, _ body: Fields) throws(Refusal) -> String {
        try body.requiredString("model")
    }
}

/// How a wire writes errors down.
protocol ErrorDialect: Sendable {
    func reply(to refusal: Refusal, id: String) -> Reply
}

extension Call {
    /// The body as an object, or why it is none.
    func jsonObject() throws(Refusal) -> JSONObject {
        let value: JSON
        do {
            value = try JSON(parsing: body)
        } catch {
            throw .invalid("The body is not valid JSON: \(error).", at: "")
        }
        guard let object = value.object else { throw .invalid("The body must be a JSON object.", at: "") }
        return object
    }
}
