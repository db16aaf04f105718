public import NIOCore

/// How much of the gateway one caller may hold, and for how long. Looked at about once a second, by one timer for all
/// connections of a loop, so a time may be up to a second longer.
public struct ListenLimits: Sendable {
    /// Bytes of a request's head, from its first line to the empty one. At most 65,536.
    public var headBytes = 64 << 10
    /// Header fields of a request.
    public var fields = 200
    /// Requests on one connection; the reply to the last one ends it. 0: any number.
    public var requestsPerConnection = 10_000
    /// Connections at a time, of all callers together. 0: any number.
    public var connections = 0
    /// Connections at a time from one address, of IPv6 from one network of 64 bits; proxies that are trusted may have more.
    /// 0: any number.
    public var connectionsPerAddress = 0
    /// How long a head may take from its first byte to its last.
    public var headTime = TimeAmount.seconds(15)
    /// How long a body may take, before its size gives it more time.
    public var bodyTime = TimeAmount.seconds(30)
    /// What a body that takes longer has to bring each second, from its beginning on. 0: it may take any time.
    public var bodyBytesPerSecond = 1_000
    /// How long a caller may take nothing of what is ready for it.
    public var stalledTime = TimeAmount.seconds(60)
    /// How long the handshake of TLS may take.
    public var handshakeTime = TimeAmount.seconds(10)
    /// Requests at a time on one connection of HTTP/2.
    public var streams = 100

    public init() {}

    /// Whether a body comes too slowly, or not at all.
    func isTooSlow(bytes: Int, after time: TimeAmount) -> Bool {
        guard bodyBytesPerSecond > 0, time > bodyTime else { return false }
        let seconds = (time - bodyTime).nanoseconds / 1_000_000_000
        return Int64(bytes / bodyBytesPerSecond) < seconds
    }
}

/// Why a caller was turned away, or its connection ended, before the time.
public enum CallerFault: String, CaseIterable, Sendable {
    case slowHead = "slow_head"
    case slowBody = "slow_body"
    /// It took nothing of its reply.
    case stalled
    case slowHandshake = "slow_handshake"
    /// There were as many connections as there may be.
    case connections
    case connectionsOfAddress = "connections_of_address"
    /// The gateway was about to stop.
    case draining
}
