public import Domain

/// Port: the requests whose upstreams were found to be other than their routes say.
public protocol DriftReader: Sendable {
    /// All drifts of the newest requests that have some, the newest request first.
    ///
    /// - Parameters:
    ///   - request: only requests that came before this one count; nil: all do.
    ///   - limit: how many requests at most.
    func drifts(before request: RequestID?, ofAtMost limit: Int) async throws -> DriftPage
}

/// The drifts of some requests that followed one another.
public struct DriftPage: Sendable {
    public let drifts: [RecordedDrift]
    /// Before which request to go on; nil at the end.
    public let next: RequestID?

    public init(drifts: [RecordedDrift], next: RequestID?) {
        self.drifts = drifts
        self.next = next
    }
}

/// A drift, and the attempt that it was found in, as the custody record has it.
public struct RecordedDrift: Sendable {
    public var request: RequestID
    public var organization: String
    /// One of ``Domain/Drift/Kind``.
    public var kind: String
    public var expected: String
    public var seen: String
    public var route: String
    public var provider: String
    public var host: String
    /// The address that was connected to, or that was refused.
    public var address: String?
    /// The list that the address was looked up in, with its version.
    public var list: String?
    /// When the attempt began, as RFC 3339 writes it.
    public var time: String
    /// Whether anything was sent.
    public var wasSent: Bool

    public init(
        request: RequestID, organization: String, kind: String, expected: String, seen: String, route: String,
        provider: String, host: String, address: String?, list: String?, time: String, wasSent: Bool
    ) {
        self.request = request
        self.organization = organization
        self.kind = kind
        self.expected = expected
        self.seen = seen
        self.route = route
        self.provider = provider
        self.host = host
        self.address = address
        self.list = list
        self.time = time
        self.wasSent = wasSent
    }
}
