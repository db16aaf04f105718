import NIOSSL

extension NIOSSLContext {
    /// For connections to providers, which the system's certificate authorities vouch for.
    ///
    /// - Throws: ``ConfigurationError`` where the system has none.
    static func forProviders() throws -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: .makeClientConfiguration())
        } catch {
            throw ConfigurationError(
                "The system's certificate authorities can't be read (\(error)), so no provider could be told from an "
                    + "impostor. Install the package 'ca-certificates'.")
        }
    }
}
