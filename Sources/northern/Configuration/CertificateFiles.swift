import Foundation
import Logging
import NIOSSL

/// A certificate and its key, as files that somebody renews.
struct CertificateFiles: Hashable, Sendable {
    let certificate: String
    let key: String

    init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// - Returns: nil where none are configured.
    /// - Throws: ``ConfigurationError`` where one of the two is missing.
    init?(_ reader: SettingReader, _ certificate: Setting, _ key: Setting) throws {
        switch (reader.text(certificate), reader.text(key)) {
        case (nil, nil): return nil
        case (let certificate?, let key?): self.init(certificate: certificate, key: key)
        case (nil, _?): throw ConfigurationError("'\(key.key)' needs '\(certificate.key)' too.")
        case (_?, nil): throw ConfigurationError("'\(certificate.key)' needs '\(key.key)' too.")
        }
    }

    /// What can serve connections, and until when.
    struct Loaded: Sendable {
        let context: NIOSSLContext
        let configuration: TLSConfiguration
        let expiresAt: Date
    }

    /// - Throws: ``ConfigurationError``, which says which of the two is wrong, and never what is in it.
    func load() throws -> Loaded {
        let chain = try read(certificate, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        guard let first = chain.first else {
            throw ConfigurationError("The certificate file '\(certificate)' holds no certificate in PEM.")
        }
        let key = try read(key, "key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            return Loaded(
                context: try NIOSSLContext(configuration: configuration), configuration: configuration,
                expiresAt: Date(timeIntervalSince1970: Double(first.notValidAfter)))
        } catch {
            throw ConfigurationError(
                "The key in '\(self.key)' isn't that of the certificate in '\(certificate)'. The first certificate of the "
                    + "file has to be the gateway's own.")
        }
    }

    private func read<Value>(_ path: String, _ what: String, _ read: (String) throws -> Value) throws -> Value {
        do {
            return try read(path)
        } catch {
            throw ConfigurationError(
                "The \(what) file '\(path)' can't be read as PEM. Check its path, its rights and that it has no passphrase."
            )
        }
    }

    /// What changes when one of the files does.
    struct State: Hashable, Sendable {
        private let parts: [String]

        fileprivate init(of paths: [String]) {
            parts = paths.map { path in
                // A link may be changed, and what it leads to.
                let path = URL(filePath: path).resolvingSymlinksInPath().path
                let facts = try? FileManager.default.attributesOfItem(atPath: path)
                let date = (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
                return "\(path) \(date) \(facts?[.size] ?? 0) \(facts?[.systemFileNumber] ?? 0)"
            }
        }
    }

    var state: State { State(of: [certificate, key]) }
}

extension CertificateFiles.Loaded {
    private static let soon: TimeInterval = 14 * 86_400

    /// Tells an operator in time that it has to be renewed.
    func warnOfEnd(at now: Date, in file: String, _ logger: Logger) {
        let left = expiresAt.timeIntervalSince(now)
        guard left < Self.soon else { return }
        logger.warning(
            left < 0 ? "The certificate that callers are shown has expired" : "The certificate expires soon",
            metadata: ["file": "\(file)", "expires": "\(expiresAt.ISO8601Format())"])
    }
}
