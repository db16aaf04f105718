/// The `error` object of the Messages wire.
public struct AnthropicError: Hashable, Sendable {
    /// Such as `overloaded_error`.
    public let type: String
    public let message: String
    /// `details.error_code`, such as `enforced_spend_limit_reached`.
    public let code: String?

    public init(type: String, message: String, code: String? = nil) {
        self.type = type
        self.message = message
        self.code = code
    }

    /// - Parameter status: of the reply that the error makes.
    public init(status: Int, message: String) { self.init(type: Self.type(of: status), message: message) }

    /// From the value of `error`. Hosts that are only nearly alike may give a text.
    init(_ value: JSON) {
        type = value["type"]?.string ?? ""
        message = value["message"]?.string ?? value.string ?? ""
        code = value["details"]?["error_code"]?.string
    }

    /// Reads `{"type":"error","error":{…}}`. Nil for anything else.
    public init?(_ body: UnsafeRawBufferPointer) {
        guard let body = try? JSON(body), body["type"] == "error", let error = body["error"] else { return nil }
        self.init(error)
    }

    public static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 408, 504: "timeout_error"
        case 409: "conflict_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 503, 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    /// The status that goes with the type; nil for a type that isn't known.
    public var status: Int? {
        switch type {
        case "invalid_request_error": 400
        case "authentication_error": 401
        case "billing_error": 402
        case "permission_error": 403
        case "not_found_error": 404
        case "conflict_error": 409
        case "request_too_large": 413
        case "rate_limit_error": 429
        case "api_error": 500
        case "timeout_error": 504
        case "overloaded_error": 529
        default: nil
        }
    }

    /// Appends the body of a reply.
    public func write(requestID: String?, to bytes: inout [UInt8]) {
        bytes.append("{\"type\":\"error\",\"error\":{\"type\":")
        bytes.append(json: type)
        bytes.append(",\"message\":")
        bytes.append(json: message)
        if let code {
            bytes.append(",\"details\":{\"error_code\":")
            bytes.append(json: code)
            bytes.append("}")
        }
        bytes.append("}")
        if let requestID {
            bytes.append(",\"request_id\":")
            bytes.append(json: requestID)
        }
        bytes.append("}")
    }

    /// Appends the event that ends a stream.
    public func writeEvent(requestID: String?, to bytes: inout [UInt8]) {
        bytes.append("event: error\ndata: ")
        write(requestID: requestID, to: &bytes)
        bytes.append("\n\n")
    }
}
