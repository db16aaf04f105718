import Domain
import NIOCore
import Synchronization

/// Counts the connections of all event loops, in all and by address. Asked when one begins and when it ends, never for a
/// request.
final class ConnectionTally: Sendable {
    private let counts = Mutex(Counts())

    private struct Counts {
        var all = 0
        var byAddress: [IPAddress: Int] = [:]
    }

    /// Of IPv6 the network of 64 bits: whoever has one address there has them all (RFC 6177, section 2).
    private static func place(_ address: IPAddress) -> IPAddress {
        address.version == .v4 ? address : IPAddress(v6: (address.bits >> 64) << 64)
    }

    /// - Returns: why there may be no other connection; nil where there is one more now, which ``left(_:)`` takes back.
    func entered(from address: IPAddress?, under settings: GatewaySettings) -> CallerFault? {
        let limits = settings.limits
        let isTrusted = address.map(settings.proxies.isTrusted) ?? false
        let address = address.map(Self.place)
        return counts.withLock { counts in
            guard limits.connections == 0 || counts.all < limits.connections else { return .connections }
            if let address {
                let count = counts.byAddress[address, default: 0]
                guard isTrusted || limits.connectionsPerAddress == 0 || count < limits.connectionsPerAddress
                else { return .connectionsOfAddress }
                counts.byAddress[address] = count + 1
            }
            counts.all += 1
            return nil
        }
    }

    func left(_ address: IPAddress?) {
        let address = address.map(Self.place)
        counts.withLock { counts in
            counts.all -= 1
            guard let address, let count = counts.byAddress[address] else { return }
            // What is gone takes no memory.
            counts.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }
}
