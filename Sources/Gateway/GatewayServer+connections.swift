import Domain
import NIOCore
import NIOSSL
import Upstream

extension GatewayServer {
    /// What all connections go by.
    struct Doorway: Sendable {
        let tally = ConnectionTally()
        /// Nil: callers come without TLS.
        let certificate: ServedCertificate?

        /// Makes a caller's connection what it is, on its loop.
        func welcome(_ channel: any Channel, _ loop: LoopState) throws {
            let address = channel.remoteAddress?.internetAddress?.unwrapped
            let pipeline = channel.pipeline.syncOperations
            if let fault = tally.entered(from: address, under: loop.settings) {
                loop.counters.faults[fault, default: 0] += 1
                // A handshake, only to say no, would be what an attacker wants.
                guard certificate == nil else { throw ChannelError.ioOnClosedChannel }
                return try pipeline.addHandler(TurnedAway(loop: loop))
            }
            loop.counters.connections += 1
            let bound = NIOLoopBound(loop, eventLoop: channel.eventLoop)
            channel.closeFuture.whenComplete { [tally] _ in
                tally.left(address)
                bound.value.counters.connections -= 1
            }
            guard let certificate else { return try pipeline.addHandler(ClientConnection(loop: loop, over: .plain)) }
            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.current))
            try pipeline.addHandler(TLSGreeting(loop: loop))
        }
    }
}
