import Foundation
import Gateway
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// What shows a certificate to whoever connects.
protocol CertificateBearer: Sendable {
    init(_ loaded: CertificateFiles.Loaded)
    func take(_ loaded: CertificateFiles.Loaded)
}

extension ServedCertificate: CertificateBearer {
    convenience init(_ loaded: CertificateFiles.Loaded) { self.init(loaded.context) }

    func take(_ loaded: CertificateFiles.Loaded) { replace(by: loaded.context) }
}

/// The admin listener's, whose server makes its contexts itself.
final class AdminCertificate: CertificateBearer {
    private let first: TLSConfiguration
    private let current: Mutex<NIOSSLContextConfigurationOverride>

    init(_ loaded: CertificateFiles.Loaded) {
        first = loaded.configuration
        current = Mutex(Self.override(loaded))
    }

    func take(_ loaded: CertificateFiles.Loaded) { current.withLock { $0 = Self.override(loaded) } }

    private static func override(_ loaded: CertificateFiles.Loaded) -> NIOSSLContextConfigurationOverride {
        var override = NIOSSLContextConfigurationOverride()
        override.certificateChain = loaded.configuration.certificateChain
        override.privateKey = loaded.configuration.privateKey
        return override
    }

    /// Asks for what is in service with each handshake.
    var configuration: TLSConfiguration {
        var configuration = first
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { _, promise in promise.succeed(self.current.withLock { $0 }) }
        return configuration
    }
}

/// A certificate that is in service, and the files that it is from.
struct WatchedCertificate<Bearer: CertificateBearer>: Sendable {
    let served: Bearer
    private let files: CertificateFiles
    private let state: CertificateFiles.State

    /// - Throws: ``ConfigurationError`` where it can't be used.
    init(_ files: CertificateFiles, _ logger: Logger) throws {
        self.files = files
        state = files.state
        let loaded = try files.load()
        loaded.warnOfEnd(at: Date(), in: files.certificate, logger)
        served = Bearer(loaded)
    }

    func service(_ logger: Logger) -> CertificateService {
        CertificateService(files: files, bearer: served, first: state, logger: logger)
    }
}

/// Takes a renewed certificate into service. One that can't be used is reported, and the old one stays.
struct CertificateService: Service {
    let files: CertificateFiles
    let bearer: any CertificateBearer
    /// Of the files that are in service.
    let first: CertificateFiles.State
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await watch() }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }

    private func watch() async throws {
        var served = first
        var refused: CertificateFiles.State?
        var unsettled: CertificateFiles.State?
        while true {
            try await Task.sleep(for: .seconds(1))
            let state = files.state
            guard state != served, state != refused else { continue }
            do {
                let loaded = try files.load()
                bearer.take(loaded)
                served = state
                refused = nil
                logger.notice(
                    "A new certificate is in service",
                    metadata: ["file": "\(files.certificate)", "expires": "\(loaded.expiresAt.ISO8601Format())"])
                loaded.warnOfEnd(at: Date(), in: files.certificate, logger)
            } catch {
                // One of the two may not be written yet.
                guard state == unsettled else {
                    unsettled = state
                    continue
                }
                refused = state
                logger.error(
                    "The new certificate can't be used, and the old one stays", metadata: ["reason": "\(error)"])
            }
        }
    }
}
