import Wire

/// An error as OpenAI, and servers that are only nearly alike, write it: as an object or a text, under `error`, `detail`
/// or at the top, its code a text or a number.
struct OpenAIError {
    let message: String?
    /// A number is written as text.
    let code: String?
    let type: String?
    /// Azure's second code, inside `innererror`.
    let innerCode: String?

    init(_ body: JSON) {
        let error = Self.place(of: body)
        message = error.string ?? error["message"]?.string ?? error.array?.first?["msg"]?.string
        code = Self.text(error["code"])
        type = (error["type"] ?? body["error_type"])?.string
        innerCode = error["innererror"]?["code"]?.string
    }

    /// From a whole body; empty where it isn't JSON, as an HTML page of a server that stands before the upstream.
    init(_ body: UnsafeRawBufferPointer) { self.init((try? JSON(body)) ?? .null) }

    private static func place(of body: JSON) -> JSON {
        for key in ["error", "detail"] {
            if let value = body[key], !value.isNull { return value }
        }
        return body
    }

    private static func text(_ code: JSON?) -> String? {
        guard case .number(let digits)? = code else { return code?.string }
        return digits
    }
}

extension OpenAIError {
    /// Whether the prompt is longer than the model's window: OpenAI says it by a code, llama.cpp by a type, vLLM in words.
    private var saysTooLong: Bool {
        code == "context_length_exceeded" || type == "exceed_context_size_error"
            || message?.contains("maximum context length") ?? false
    }

    private var saysFiltered: Bool { code == "content_filter" || innerCode == "ResponsibleAIPolicyViolation" }

    /// What it means as the answer to a request.
    func meaning(status: Int) -> (UpstreamFault.Cause, status: Int) {
        switch status {
        case 400 where saysTooLong: (.contextLength, 400)
        case 400 where saysFiltered: (.contentFilter, 400)
        case 401...403: (.account, 502)
        case 404: (.missing, 502)
        case 408, 504: (.timeout, 504)
        case 429: (.limit, 429)
        // Text generation servers: the model failed, not the request.
        case 424: (.upstream, 502)
        case 400..<500: (.request, status)
        case 503, 529: (.unavailable, 503)
        default: (.upstream, 502)
        }
    }

    /// What it means within a reply that began with 200.
    func fault(inStreamOf provider: String) -> UpstreamFault {
        let (cause, status) = meaningInStream
        let text = cause == .account ? Self.accountMessage : message
        return UpstreamFault(cause, status: status, message: text ?? "\(provider) failed without saying why.")
    }

    private var meaningInStream: (UpstreamFault.Cause, status: Int) {
        if saysTooLong { return (.contextLength, 400) }
        if saysFiltered { return (.contentFilter, 400) }
        if let status = code.flatMap({ Int($0) }), 400..<600 ~= status { return meaning(status: status) }
        switch code ?? type {
        case "rate_limit_exceeded", "overloaded": return (.limit, 429)
        case "insufficient_quota", "invalid_api_key": return (.account, 502)
        case "server_overloaded", "unavailable_error": return (.unavailable, 503)
        case "timeout": return (.timeout, 504)
        default: return (.upstream, 502)
        }
    }

    /// The upstream's words about our own key may hold a part of it.
    static let accountMessage = "It refused the gateway's own credentials."
}
