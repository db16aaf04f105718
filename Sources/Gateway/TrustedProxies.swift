public import Domain

/// The proxies in front of the gateway whose word on the caller's address is taken.
///
/// Each proxy adds the address that called it at the end of `X-Forwarded-For`. Whatever stands before the first address
/// that isn't a trusted proxy's could have been written by the caller itself.
public struct TrustedProxies: Hashable, Sendable {
    private let networks: [IPPrefix]

    /// None: callers are where their connections come from.
    public init(_ networks: [IPPrefix] = []) { self.networks = networks }

    /// - Parameters:
    ///   - peer: where the connection comes from.
    ///   - forwarded: the values of `X-Forwarded-For`, in their order; asked for only where the peer is trusted.
    /// - Returns: nil where it can't be told.
    func caller(behind peer: IPAddress?, _ forwarded: () -> [String]) -> IPAddress? {
        guard let peer, isTrusted(peer) else { return peer }
        let path = forwarded().flatMap { $0.split(separator: ",") }
        var nearest = peer
        for text in path.reversed() {
            guard let address = IPAddress(text.filter { $0 != " " && $0 != "\t" })?.unwrapped else { return nil }
            nearest = address
            guard isTrusted(address) else { break }
        }
        return nearest
    }

    /// Whether an address is one of theirs.
    func isTrusted(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }
}
