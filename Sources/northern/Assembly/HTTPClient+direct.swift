import AsyncHTTPClient
import NIOCore

extension HTTPClient.Configuration {
    /// Asks who is named, and nobody else: redirections aren't followed. When somebody is asked again is for whoever asks to
    /// say.
    static func direct(connect: TimeAmount, read: TimeAmount) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: connect, read: read))
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
