import Domain
import Wire

/// A surface, and the least that can be asked on it.
enum FieldSurface: String, CaseIterable, Sendable {
    case chat, messages, tokenCount, responses, embeddings

    var wire: ChatWire {
        switch self {
        case .chat: .openAIChat
        case .messages: .anthropicMessages
        case .tokenCount: .anthropicTokenCount
        case .responses: .openAIResponses
        case .embeddings: .openAIEmbeddings
        }
    }

    var path: String {
        switch self {
        case .chat: "/v1/chat/completions"
        case .messages: "/v1/messages"
        case .tokenCount: "/v1/messages/count_tokens"
        case .responses: "/v1/responses"
        case .embeddings: "/v1/embeddings"
        }
    }

    var title: String {
        switch self {
        case .chat: "Chat completions"
        case .messages: "Messages"
        case .tokenCount: "Counts of tokens"
        case .responses: "Responses"
        case .embeddings: "Embeddings"
        }
    }

    var fields: [RequestField] {
        switch self {
        case .chat: RequestField.ofChat
        case .messages: RequestField.ofMessages
        case .tokenCount: RequestField.ofTokenCount
        case .responses: RequestField.ofResponses
        case .embeddings: RequestField.ofEmbeddings
        }
    }

    /// Those whose routes serve it at all.
    var upstreams: [FieldUpstream] {
        self == .tokenCount ? FieldUpstream.allCases.filter(\.countsTokens) : FieldUpstream.allCases
    }

    private var least: String {
        switch self {
        case .chat, .tokenCount: #""messages": [ASKED]"#
        case .messages: #""max_tokens": 200, "messages": [ASKED]"#
        case .responses, .embeddings: #""input": TEXT"#
        }
    }

    /// A request of a route with more members, the later ones in place of the earlier ones.
    func body(_ route: Route.ID, _ members: [String], tag: Int) throws -> JSONObject {
        var body: JSONObject = ["model": .string(route)]
        for members in [least] + members {
            let object = try JSON(parsing: "{" + SampleValues.filled(members, tag: tag) + "}").object
            for member in object?.members ?? [] { body[member.key] = member.value }
        }
        return body
    }
}
