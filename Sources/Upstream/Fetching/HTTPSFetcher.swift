public import Domain
public import NIOCore
public import NIOSSL
import Synchronization

/// Fetches what requests only name, from hosts on the public Internet.
///
/// Callers choose the addresses, so nothing that only the gateway can reach is ever connected to: each address of a host
/// has to be public, or one of the operator's own choice, before one is connected to; that one is then connected to
/// without the name being looked up again. Nothing is said to a host but the path, and nobody's redirections are followed.
public final class HTTPSFetcher: MediaFetcher {
    private let eventLoops: any EventLoopGroup
    private let tls: NIOSSLContext
    private let resolver: any AddressResolver
    private let limits: Limits
    private let underWay = Mutex(0)

    public struct Limits: Sendable {
        /// Of one part.
        public var bytes = 20 << 20
        /// Of all parts of a request.
        public var bytesOfRequest = 64 << 20
        /// For all parts of a request, from the lookup to the last byte.
        public var time = TimeAmount.seconds(10)
        public var parts = 20
        /// Parts of all requests that are fetched at a time.
        public var partsAtOnce = 64
        public var ports: Set<Int> = [443]
        /// What may be fetched from beside the public Internet.
        public var networks: [IPPrefix] = []

        public init() {}

        func permits(_ address: IPAddress?) -> Bool {
            guard let address else { return false }
            return !SpecialAddresses.contains(address) || networks.contains { $0.contains(address) }
        }
    }

    /// - Parameter tls: what certificates are checked by.
    public init(
        on eventLoops: any EventLoopGroup, tls: NIOSSLContext, resolver: any AddressResolver, limits: Limits = Limits()
    ) {
        self.eventLoops = eventLoops
        self.tls = tls
        self.resolver = resolver
        self.limits = limits
    }

    public var mostParts: Int { limits.parts }

    public func contents(of urls: [String]) async throws(MediaFetchFailure) -> [[UInt8]] {
        var read: [FetchableURL] = []
        for (index, url) in urls.enumerated() {
            do throws(MediaFetchFailure.Reason) {
                read.append(try FetchableURL(url, ports: limits.ports))
            } catch {
                throw MediaFetchFailure(at: index, error)
            }
        }
        guard begin(read.count) else { throw MediaFetchFailure(at: 0, .busy) }
        defer { underWay.withLock { $0 -= read.count } }
        return try await fetch(read).get()
    }

    private func begin(_ parts: Int) -> Bool {
        underWay.withLock { count in
            guard count + parts <= max(limits.partsAtOnce, limits.parts) else { return false }
            count += parts
            return true
        }
    }

    /// All at a time; what fails first ends the rest.
    private func fetch(_ urls: [FetchableURL]) async -> Result<[[UInt8]], MediaFetchFailure> {
        let allowance = ByteAllowance(limits.bytesOfRequest)
        return await withTaskGroup(of: (index: Int, Result<[UInt8], MediaFetchFailure.Reason>).self) { group in
            for (index, url) in urls.enumerated() {
                group.addTask { (index, await self.fetch(url, allowance)) }
            }
            var contents = [[UInt8]](repeating: [], count: urls.count)
            while let (index, result) = await group.next() {
                switch result {
                case .success(let bytes): contents[index] = bytes
                case .failure(let reason):
                    group.cancelAll()
                    return .failure(MediaFetchFailure(at: index, reason))
                }
            }
            return .success(contents)
        }
    }

    private func fetch(
        _ url: FetchableURL, _ allowance: ByteAllowance
    ) async -> Result<[UInt8], MediaFetchFailure.Reason> {
        let done = eventLoops.next().makePromise(of: [UInt8].self)
        let download = Download(
            url: url, tls: tls, resolver: resolver, limits: limits, allowance: allowance, done: done)
        do {
            return .success(
                try await withTaskCancellationHandler {
                    download.start()
                    return try await done.futureResult.get()
                } onCancel: {
                    done.fail(MediaFetchFailure.Reason.time)
                })
        } catch {
            return .failure(error as? MediaFetchFailure.Reason ?? .connection)
        }
    }
}

/// What a request may still fetch, whichever of its parts it is for.
final class ByteAllowance: Sendable {
    let total: Int
    private let rest: Atomic<Int>

    init(_ bytes: Int) {
        total = bytes
        rest = Atomic(bytes)
    }

    func take(_ bytes: Int) -> Bool { rest.subtract(bytes, ordering: .relaxed).newValue >= 0 }
}
