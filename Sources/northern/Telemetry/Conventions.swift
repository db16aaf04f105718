import Domain

/// The names that OpenTelemetry has for things: its semantic conventions for HTTP, and those for generative AI, which are
/// in development still. All names of theirs are here, so that a later version is a change of this file.
enum Conventions {
    /// The version that all of this is of.
    static let schemaURL = "https://opentelemetry.io/schemas/1.37.0"

    static let serviceName = "service.name"
    static let serviceVersion = "service.version"
    static let serviceInstance = "service.instance.id"

    static let requestMethod = "http.request.method"
    static let httpRoute = "http.route"
    static let responseStatus = "http.response.status_code"
    static let serverAddress = "server.address"
    static let serverPort = "server.port"
    static let peerAddress = "network.peer.address"
    static let errorType = "error.type"

    static let operation = "gen_ai.operation.name"
    static let provider = "gen_ai.provider.name"
    static let requestModel = "gen_ai.request.model"
    static let responseModel = "gen_ai.response.model"
    static let inputTokens = "gen_ai.usage.input_tokens"
    static let outputTokens = "gen_ai.usage.output_tokens"
    static let tokenType = "gen_ai.token.type"

    static let durationMetric = "gen_ai.client.operation.duration"
    static let tokenMetric = "gen_ai.client.token.usage"
    static let firstChunkMetric = "gen_ai.client.operation.time_to_first_chunk"

    // Ours: what no convention has.
    static let requestID = "northern.request.id"
    static let route = "northern.route"
    static let tier = "northern.tier"
    static let region = "northern.region"
    static let jurisdiction = "northern.jurisdiction"
    static let outcome = "northern.outcome"
    static let streamed = "northern.streamed"

    /// `gen_ai.operation.name` of a surface.
    static func operation(of surface: String) -> String {
        switch surface {
        case "embeddings": "embeddings"
        case "messages.count_tokens": "count_tokens"
        default: "chat"
        }
    }

    /// The path that a surface has (`http.route`), never the one that somebody has asked for.
    static func path(of surface: String) -> String {
        switch surface {
        case "messages.count_tokens": "/v1/messages/count_tokens"
        default: "/v1/" + surface.replacing(".", with: "/")
        }
    }
}
