import Domain
import Gateway
import NIOCore
import NIOPosix
import NIOSSL
import Pipeline
import Upstream

/// What is done about images and documents of which a request has the address only.
struct ImageConfiguration: Sendable {
    let rule: Rule
    let limits: HTTPSFetcher.Limits
    /// Beside the system's.
    private let authorities: [NIOSSLCertificate]

    enum Rule: String, CaseIterable, Sendable {
        case refuse, pass, fetch
    }

    /// - Throws: ``ConfigurationError``.
    init(_ reader: SettingReader) throws {
        let names = ImageSetting.self
        rule = try reader.choice(names.urls)
        var limits = HTTPSFetcher.Limits()
        limits.bytes = try reader.integer(names.bytes, in: 1_024...1 << 30)
        limits.bytesOfRequest = try reader.integer(Settings.bodyLimit, in: 1024...1 << 32)
        limits.time = .seconds(Int64(try reader.integer(names.time, in: 1...300)))
        limits.parts = try reader.integer(names.parts, in: 1...1_000)
        limits.partsAtOnce = try reader.integer(names.partsAtOnce, in: limits.parts...100_000)
        limits.ports = try Self.ports(reader)
        limits.networks = try reader.list(names.networks).map { text in
            guard let network = IPPrefix(text) else {
                throw ConfigurationError(
                    "'\(names.networks.key)' has '\(text)', which is no network. Write it as 10.20.0.0/16.")
            }
            return network
        }
        self.limits = limits
        authorities = try Self.authorities(reader)
    }

    private static func ports(_ reader: SettingReader) throws -> Set<Int> {
        let ports = try reader.list(ImageSetting.ports).map { text in
            guard let port = Int(text), 1...65_535 ~= port else {
                throw ConfigurationError("'\(ImageSetting.ports.key)' has '\(text)', which is no port.")
            }
            return port
        }
        return ports.isEmpty ? [443] : Set(ports)
    }

    private static func authorities(_ reader: SettingReader) throws -> [NIOSSLCertificate] {
        guard let path = reader.text(ImageSetting.authorities) else { return [] }
        guard let bytes = reader.content(of: path, most: 4 << 20),
            let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty
        else {
            throw ConfigurationError(
                "The file '\(path)' of '\(ImageSetting.authorities.key)' holds no certificate in PEM that can be read.")
        }
        return certificates
    }

    /// - Parameter lookups: where names are looked up; started where anything is fetched.
    func policy(lookups: NIOThreadPool) throws -> MediaURLPolicy {
        switch rule {
        case .refuse: return .refuse
        case .pass: return .pass
        case .fetch:
            // Nothing where they run already.
            lookups.start()
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.additionalTrustRoots = authorities.isEmpty ? [] : [.certificates(authorities)]
            return .fetch(
                HTTPSFetcher(
                    on: .singletonMultiThreadedEventLoopGroup, tls: try NIOSSLContext(configuration: tls),
                    resolver: SystemResolver(threads: lookups), limits: limits))
        }
    }
}

/// What is configured of images and documents of which a request has the address only.
enum ImageSetting {
    static let urls = Setting(
        "images.urls",
        "What becomes of a request that names an address in place of an image or document: refuse (400), pass (its provider "
            + "fetches it, on routes that let it turn to others) or fetch (the gateway fetches it, and sends the content).",
        default: "pass")
    static let networks = Setting(
        "images.allowed_networks",
        "Networks that are fetched from beside the public Internet, such as 10.20.0.0/16, with commas between them.")
    static let ports = Setting(
        "images.ports", "Ports that are fetched from, with commas between them.", zero: "443")
    static let authorities = Setting(
        "images.ca_file",
        "A file with certificate authorities (PEM) that hosts of images are trusted by, beside the system's.")
    static let bytes = Setting(
        "images.max_bytes", "Bytes that a fetched image or document may have.", default: "20971520")
    static let time = Setting(
        "images.timeout_seconds", "How long fetching all that a request names may take.", default: "10")
    static let parts = Setting(
        "images.max_per_request", "How many addresses a request may name for the gateway to fetch.", default: "20")
    static let partsAtOnce = Setting(
        "images.max_at_once",
        "How many addresses are fetched from at a time, for all requests. One too many is answered with 503.",
        default: "64")

    static let all: [Setting] = [urls, networks, ports, authorities, bytes, time, parts, partsAtOnce]
}
