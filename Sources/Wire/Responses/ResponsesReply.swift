/// The members of a request that its response repeats.
public struct ResponsesEcho: Hashable, Sendable {
    private let members: JSONObject

    public init() { members = JSONObject() }

    /// - Parameter request: the members of the request.
    init(_ request: JSONObject) { members = request }

    fileprivate subscript(_ name: String) -> JSON? { JSON.object(members).present(name) }
}

/// What every event and the whole object of one response share.
public struct ResponsesReplyIdentity: Sendable {
    /// Such as `resp_1f2e`.
    public let id: String
    /// Seconds since 1970.
    public let created: Int64
    public let model: String
    public let echo: ResponsesEcho

    public init(id: String, created: Int64, model: String, echo: ResponsesEcho) {
        self.id = id
        self.created = created
        self.model = model
        self.echo = echo
    }
}

extension ResponsesEcho: Unprintable {}

/// The `response` object, but for its output and how it ended.
struct ResponsesObject {
    enum Status {
        case inProgress, completed
        case incomplete(reason: StaticString)
        case failed(code: String, message: String)
    }

    /// From `{"id"` to before `"status"`.
    private let head: [UInt8]
    /// From behind `"model"` to before `"usage"`, without the output.
    private let tail: [UInt8]

    init(_ identity: ResponsesReplyIdentity) {
        var head: [UInt8] = []
        head.append("{\"id\":")
        head.append(json: identity.id)
        head.append(",\"object\":\"response\",\"created_at\":")
        head.append(decimal: identity.created)
        head.append(",\"model\":")
        head.append(json: identity.model)
        self.head = head
        tail = Self.tail(identity.echo)
    }

    private static func tail(_ echo: ResponsesEcho) -> [UInt8] {
        var tail: [UInt8] = []
        func add(_ name: String, _ value: JSON) {
            tail.append(",")
            tail.append(json: name)
            tail.append(":")
            value.write(to: &tail)
        }
        add("background", false)
        for (name, value) in defaults { add(name, echo[name] ?? value) }
        var text = echo["text"]?.object ?? [:]
        text["format"] = JSON.object(text).present("format") ?? ["type": "text"]
        add("text", .object(text))
        add("previous_response_id", nil)
        let effort = echo["reasoning"]?.present("effort") ?? .null
        let summary = echo["reasoning"]?.present("summary") ?? .null
        add("reasoning", ["effort": effort, "summary": summary])
        add("store", false)
        for name in repeated { if let value = echo[name] { add(name, value) } }
        return tail
    }

    /// Members that are always there, and what they are where the request doesn't say.
    private static let defaults: [(String, JSON)] = [
        ("instructions", nil), ("max_output_tokens", nil), ("max_tool_calls", nil), ("metadata", [:]),
        ("parallel_tool_calls", true), ("temperature", 1), ("tool_choice", "auto"), ("tools", []), ("top_p", 1),
        ("truncation", "disabled"),
    ]

    /// Members that are there only if the request has them.
    private static let repeated = ["prompt_cache_key", "safety_identifier", "service_tier", "top_logprobs", "user"]

    func write(
        _ status: Status, output: (inout [UInt8]) -> Void, usage: ChatUsage?, to bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: head)
        write(status, to: &bytes)
        bytes.append(",\"output\":[")
        output(&bytes)
        bytes.append("]")
        bytes.append(contentsOf: tail)
        bytes.append(",\"usage\":")
        if let usage { usage.writeResponses(to: &bytes) } else { bytes.append("null") }
        bytes.append("}")
    }

    private func write(_ status: Status, to bytes: inout [UInt8]) {
        bytes.append(",\"status\":\"")
        switch status {
        case .inProgress: bytes.append("in_progress\",\"error\":null,\"incomplete_details\":null")
        case .completed: bytes.append("completed\",\"error\":null,\"incomplete_details\":null")
        case .incomplete(let reason):
            bytes.append("incomplete\",\"error\":null,\"incomplete_details\":{\"reason\":\"")
            bytes.append(reason)
            bytes.append("\"}")
        case .failed(let code, let message):
            bytes.append("failed\",\"error\":{\"code\":")
            bytes.append(json: code)
            bytes.append(",\"message\":")
            bytes.append(json: message)
            bytes.append("},\"incomplete_details\":null")
        }
    }
}

extension ChatUsage {
    /// The `usage` object of a response. The total is always the sum, whatever an upstream says.
    func writeResponses(to bytes: inout [UInt8]) {
        bytes.append("{\"input_tokens\":")
        bytes.append(decimal: input)
        bytes.append(",\"input_tokens_details\":{\"cached_tokens\":")
        bytes.append(decimal: cachedInput)
        bytes.append(",\"cache_write_tokens\":")
        bytes.append(decimal: cacheWrite)
        bytes.append("},\"output_tokens\":")
        bytes.append(decimal: output)
        bytes.append(",\"output_tokens_details\":{\"reasoning_tokens\":")
        bytes.append(decimal: reasoning)
        bytes.append("},\"total_tokens\":")
        bytes.append(decimal: input &+ output)
        bytes.append("}")
    }
}
