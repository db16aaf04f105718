package import Domain
import Glibc
public import NIOCore
public import NIOPosix

/// Finds the addresses of a host.
public protocol AddressResolver: Sendable {
    /// All addresses, in the order in which they should be tried. Fails where there are none.
    func addresses(of host: String, port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]>
}

/// The system's resolver, which waits; so it is asked on another thread.
public struct SystemResolver: AddressResolver {
    private let threads: NIOThreadPool

    public init(threads: NIOThreadPool) { self.threads = threads }

    public func addresses(
        of host: String, port: Int, on eventLoop: any EventLoop
    ) -> EventLoopFuture<[SocketAddress]> {
        threads.runIfActive(eventLoop: eventLoop) { try Self.addresses(of: host, port: port) }
    }

    private static func addresses(of host: String, port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else {
            throw HostUnknown()
        }
        defer { freeaddrinfo(first) }
        let found = sequence(first: first, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { $0.flatMap { address(in: $0.pointee, host) } }
        guard !found.isEmpty else { throw HostUnknown() }
        return found
    }

    private static func address(in info: addrinfo, _ host: String) -> SocketAddress? {
        guard let address = info.ai_addr else { return nil }
        let raw = UnsafeRawPointer(address)
        // The family says which of the two the system has put there.
        switch info.ai_family {
        case AF_INET: return SocketAddress(raw.loadUnaligned(as: sockaddr_in.self), host: host)
        case AF_INET6: return SocketAddress(raw.loadUnaligned(as: sockaddr_in6.self), host: host)
        default: return nil
        }
    }
}

/// A host that has no address.
struct HostUnknown: Error {}

extension SocketAddress {
    /// Nil for a socket that is a file.
    package var internetAddress: IPAddress? {
        switch self {
        case .v4(let address): IPAddress(v4: UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6: ipAddress.flatMap { IPAddress($0) }
        case .unixDomainSocket: nil
        }
    }
}
