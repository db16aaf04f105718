import Foundation
import Gateway
import Logging
import ServiceLifecycle

/// A certificate that is shown to callers, and the files that it is from.
struct WatchedCertificate: Sendable {
    let served: ServedCertificate
    private let files: CertificateFiles
    private let state: CertificateFiles.State

    /// - Throws: ``ConfigurationError`` where it can't be used.
    init(_ files: CertificateFiles, _ logger: Logger) throws {
        self.files = files
        state = files.state
        let loaded = try files.load()
        loaded.warnOfEnd(at: Date(), in: files.certificate, logger)
        served = ServedCertificate(loaded.context)
    }

    func service(_ logger: Logger) -> CertificateService {
        CertificateService(files: files, certificate: served, first: state, logger: logger)
    }
}

/// Takes a renewed certificate into service. One that can't be used is reported, and the old one stays.
struct CertificateService: Service {
    let files: CertificateFiles
    let certificate: ServedCertificate
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
                certificate.replace(by: loaded.context)
                served = state
                refused = nil
                logger.notice(
                    "A new certificate is shown to callers",
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
