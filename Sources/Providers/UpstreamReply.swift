public import Domain
public import Wire

/// Turns an upstream's bytes into events, however they are split. A value: feed it, and look at what it appends.
public protocol ReplyReader {
    /// - Throws: ``UpstreamFault`` when the bytes are no reply, or say that the reply failed. Events that were appended
    ///   before the fault stay valid.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [ChatEvent]) throws(UpstreamFault)

    /// The upstream's body is over. Appends what was held back, `.ended` at the latest.
    ///
    /// - Throws: ``UpstreamFault`` when the reply's own closing event is missing.
    mutating func end(into events: inout [ChatEvent]) throws(UpstreamFault)
}

/// Takes a streamed reply out of the frames that its upstream puts around the events, so that it is a stream of the wire
/// that passes. A value, as a ``ReplyReader`` is.
public protocol StreamUnframer {
    /// Appends the events that are complete now, as the wire streams them.
    ///
    /// - Throws: ``UpstreamFault`` when the bytes are no frames, or say that the reply failed. Events that were appended
    ///   before the fault stay valid.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into events: inout [UInt8]) throws(UpstreamFault)

    /// The upstream's body is over.
    ///
    /// - Throws: ``UpstreamFault`` when it ended inside a frame.
    func end() throws(UpstreamFault)
}

/// A reply whose status is not 200.
public struct FailedReply {
    public let status: Int
    /// The value of a header field by its lower-case name.
    public let header: (String) -> String?
    public let body: UnsafeRawBufferPointer

    public init(status: Int, header: @escaping (String) -> String?, body: UnsafeRawBufferPointer) {
        self.status = status
        self.header = header
        self.body = body
    }
}

/// How an upstream failed: whose fault it is, what our caller is told, and whether another try makes sense.
public struct UpstreamFault: Error, Hashable, Sendable {
    public enum Cause: String, Sendable {
        /// The caller's request, as the upstream sees it.
        case request
        /// The prompt is longer than the model's window.
        case contextLength = "context_length"
        /// The upstream's content filter refused the prompt.
        case contentFilter = "content_filter"
        /// A rate or quota limit.
        case limit
        /// Our credentials, rights or account: not the caller's fault.
        case account
        /// The model or deployment isn't there.
        case missing
        /// The upstream is overloaded or down for a moment.
        case unavailable
        case timeout
        /// It keeps its stream open, and says nothing.
        case stalled
        /// Any other failure inside the upstream.
        case upstream
        /// The bytes don't follow the upstream's wire.
        case malformed
        /// The reply ended before its closing event.
        case truncated
        /// The connection could not be made, or broke.
        case connection
        /// The endpoint has an address at which the route may not be served: nothing was sent.
        case residency
    }

    public let cause: Cause
    /// The status that our caller sees.
    public let status: Int
    /// The upstream's own words, without secrets; for our caller.
    public private(set) var message: String
    /// Seconds until a new try is welcome.
    public let retryAfter: String?
    /// The status that the upstream gave; nil for failures on the way or in the body.
    public let upstreamStatus: Int?

    public init(
        _ cause: Cause, status: Int, message: String, retryAfter: String? = nil, upstreamStatus: Int? = nil
    ) {
        self.cause = cause
        self.status = status
        self.message = message
        self.retryAfter = retryAfter
        self.upstreamStatus = upstreamStatus
    }

    /// - Parameter what: what is too large then, such as an event of whose reply.
    init(_ failure: SSEFailure<UpstreamFault>, of what: @autoclosure () -> String) {
        switch failure {
        case .event(let fault): self = fault
        case .eventTooLarge(let limit): self = .malformed("\(what()) is larger than \(limit) bytes.")
        }
    }

    /// The same in other words.
    public func saying(_ message: String) -> UpstreamFault {
        var fault = self
        fault.message = message
        return fault
    }

    public static func malformed(_ message: String) -> UpstreamFault {
        UpstreamFault(.malformed, status: 502, message: message)
    }

    public static func residency(_ finding: AddressFinding, _ route: Route, at endpoint: Endpoint) -> UpstreamFault {
        UpstreamFault(
            .residency, status: 403,
            message: "Nothing was sent: an address of '\(endpoint.host)' can't be used for the region "
                + "'\(route.residency.region)' (\(finding.result.rawValue): \(finding.detail)). Use another route, or have "
                + "the operator look at the endpoint.")
    }

    public static func truncated(_ provider: String) -> UpstreamFault {
        UpstreamFault(
            .truncated, status: 502,
            message: "\(provider) ended its reply before the closing event. The reply is incomplete.")
    }
}
