import Domain
import NIOCore
import NIOPosix
import NIOSSL

/// One URL being fetched. It is over when its promise is, whoever has completed that: nothing stays open then.
struct Download: Sendable {
    let url: FetchableURL
    let tls: NIOSSLContext
    let resolver: any AddressResolver
    let limits: HTTPSFetcher.Limits
    let allowance: ByteAllowance
    let done: EventLoopPromise<[UInt8]>

    private var eventLoop: any EventLoop { done.futureResult.eventLoop }

    func start() {
        let timer = eventLoop.scheduleTask(in: limits.time) { done.fail(MediaFetchFailure.Reason.time) }
        done.futureResult.whenComplete { _ in timer.cancel() }
        addresses.whenComplete { result in
            switch result {
            case .success(let addresses): connect(toOneOf: addresses)
            case .failure: done.fail(MediaFetchFailure.Reason.host)
            }
        }
    }

    private var addresses: EventLoopFuture<[SocketAddress]> {
        guard url.isAddress else { return resolver.addresses(of: url.host, port: url.port, on: eventLoop) }
        return eventLoop.makeCompletedFuture { [try SocketAddress(ipAddress: url.host, port: url.port)] }
    }

    /// One address that isn't permitted is enough to connect to none: a name that leads to one's own network, too, was made
    /// for this.
    private func connect(toOneOf addresses: [SocketAddress]) {
        guard !addresses.isEmpty, addresses.allSatisfy({ limits.permits($0.internetAddress) }) else {
            return done.fail(MediaFetchFailure.Reason.host)
        }
        connect(to: addresses[...])
    }

    private func connect(to addresses: ArraySlice<SocketAddress>) {
        guard let address = addresses.first else { return done.fail(MediaFetchFailure.Reason.connection) }
        // The others shall have their turn within the time that there is for all.
        let time = addresses.count > 1 ? TimeAmount.nanoseconds(limits.time.nanoseconds / 3) : limits.time
        ClientBootstrap(group: eventLoop)
            .connectTimeout(time)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try configure(channel) } }
            .connect(to: address)
            .whenComplete { result in
                switch result {
                // Too late, it is closed at once.
                case .success(let channel): done.futureResult.whenComplete { _ in channel.close(promise: nil) }
                case .failure: connect(to: addresses.dropFirst())
                }
            }
    }

    private func configure(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers([
            NIOSSLClientHandler(context: tls, serverHostname: url.isAddress ? nil : url.host),
            DownloadHandler(self),
        ])
    }
}
