import Domain
import NIOCore
import NIOHTTP2

/// A caller's connection of HTTP/2 (RFC 9113). Each of its streams is a ``ClientConnection`` of its own, which knows
/// nothing of that.
final class HTTP2Session: LookedAfter {
    private let loop: LoopState
    private let channel: any Channel
    private var streams = 0
    private var served = 0
    private var lastActivity = NIODeadline.now()
    private var isEnding = false
    private var hasSaidGoodbye = false

    /// How long a caller may take to hear that.
    private static let farewell = TimeAmount.seconds(5)

    /// Bytes that a caller may send of one request, and of all, before they are read.
    private static let streamWindow = 256 << 10
    private static let connectionWindow = 1 << 20

    private init(_ channel: any Channel, _ loop: LoopState) {
        self.channel = channel
        self.loop = loop
    }

    static func begin(on channel: any Channel, _ loop: LoopState) throws {
        let session = HTTP2Session(channel, loop)
        let bound = NIOLoopBound(session, eventLoop: channel.eventLoop)
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil))
        let pipeline = channel.pipeline.syncOperations
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection(loop.settings.limits),
            streamConfiguration: stream, streamDelegate: management.http2StreamDelegate
        ) { channel in
            channel.eventLoop.makeCompletedFuture { try bound.value.streamBegan(channel) }
        }
        try pipeline.addHandler(management)
        loop.add(session)
        channel.closeFuture.whenComplete { _ in bound.value.loop.remove(bound.value) }
    }

    /// What floods a server is bounded: streams and their resets (CVE-2023-44487), headers that go on and on
    /// (CVE-2024-27316), settings, pings and empty frames (CVE-2019-9512 to 9518).
    private static func connection(_ limits: ListenLimits) -> NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headBytes),
            HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
        ]
        configuration.targetWindowSize = connectionWindow
        configuration.maximumBufferedControlFrames = 1_000
        return configuration
    }

    private static var stream: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.targetWindowSize = streamWindow
        configuration.outboundBufferSizeHighWatermark = 64 << 10
        configuration.outboundBufferSizeLowWatermark = 32 << 10
        return configuration
    }

    private func streamBegan(_ channel: any Channel) throws {
        streams += 1
        served += 1
        lastActivity = .now()
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { _ in bound.value.streamEnded() }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP2Translation(limit: loop.settings.limits.headBytes))
        try pipeline.addHandler(ClientConnection(loop: loop, over: .stream))
        let most = loop.settings.limits.requestsPerConnection
        if most > 0, served >= most { closeWhenIdle() }
    }

    private func streamEnded() {
        streams -= 1
        lastActivity = .now()
        if isEnding, streams == 0 { sayGoodbye() }
    }

    func secondPassed(now: NIODeadline) {
        let patience = isEnding ? Self.farewell : loop.settings.idleTimeout
        if streams == 0, now - lastActivity > patience { close() }
    }

    /// Says that no further streams are taken (RFC 9113, section 6.8), once none is under way: some callers take that for
    /// the end of those that are, too.
    func closeWhenIdle() {
        isEnding = true
        if streams == 0 { sayGoodbye() }
    }

    private func sayGoodbye() {
        guard !hasSaidGoodbye else { return }
        hasSaidGoodbye = true
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    func close() { channel.close(promise: nil) }
}
