import Gateway
import NIOCore

/// How callers are listened for: how much of the gateway one may hold, TLS, and the end.
struct ListenConfiguration: Sendable {
    var limits: ListenLimits
    var idleTimeout: TimeAmount
    /// Nil: callers come without TLS.
    var certificate: CertificateFiles?
    /// The same for the admin listener.
    var adminCertificate: CertificateFiles?
    var drainDelay: TimeAmount
    var drainTimeout: TimeAmount

    /// - Throws: ``ConfigurationError``.
    init(_ reader: SettingReader) throws {
        let names = ListenSetting.self
        let seconds = { (setting: Setting, least: Int) throws in
            TimeAmount.seconds(Int64(try reader.integer(setting, in: least...86_400)))
        }
        limits = ListenLimits()
        limits.headBytes = try reader.integer(names.headBytes, in: 1_024...65_536)
        limits.fields = try reader.integer(names.fields, in: 10...10_000)
        limits.requestsPerConnection = try reader.integer(names.requestsPerConnection, in: 0...1_000_000_000)
        limits.connections = try reader.integer(names.connections, in: 0...10_000_000)
        limits.connectionsPerAddress = try reader.integer(names.connectionsPerAddress, in: 0...10_000_000)
        limits.headTime = try seconds(names.headTimeout, 1)
        limits.bodyTime = try seconds(names.bodyTimeout, 1)
        limits.bodyBytesPerSecond = try reader.integer(names.bodyRate, in: 0...1_000_000_000)
        limits.stalledTime = try seconds(names.writeTimeout, 1)
        limits.handshakeTime = try seconds(names.handshakeTimeout, 1)
        limits.streams = try reader.integer(names.streams, in: 1...10_000)
        idleTimeout = try seconds(names.idleTimeout, 1)
        certificate = try CertificateFiles(reader, names.certificateFile, names.keyFile)
        adminCertificate = try CertificateFiles(reader, names.adminCertificateFile, names.adminKeyFile)
        drainDelay = try seconds(names.drainDelay, 0)
        drainTimeout = try seconds(names.drainTimeout, 0)
    }
}

/// What is configured of the listener for callers, besides its address.
enum ListenSetting {
    static let headBytes = Setting(
        "listen.max_head_bytes",
        "Bytes that the head of a request may have, its first line and header fields. A longer one is answered with 431.",
        default: "65536")
    static let fields = Setting(
        "listen.max_header_fields", "Header fields that a request may have. More are answered with 431.",
        default: "200")
    static let requestsPerConnection = Setting(
        "listen.max_requests_per_connection", "Requests on one connection; the reply to the last one ends it.",
        default: "10000", zero: "any number")
    static let connections = Setting(
        "listen.max_connections", "Connections of callers at a time. One too many is answered with 503.",
        default: "0", zero: "as many as the limit of open files allows, with two files for each")
    static let connectionsPerAddress = Setting(
        "listen.max_connections_per_address",
        "Connections at a time from one address, of IPv6 from one network of 64 bits; 'listen.trusted_proxies' may have "
            + "more. One too many is answered with 503.",
        default: "4096", zero: "any number")
    static let idleTimeout = Setting(
        "listen.idle_timeout_seconds", "How long a connection may wait for its next request.", default: "75")
    static let headTimeout = Setting(
        "listen.head_timeout_seconds",
        "How long the head of a request may take, from its first byte on. After that, the answer is 408.",
        default: "15")
    static let bodyTimeout = Setting(
        "listen.body_timeout_seconds",
        "How long a body may take before 'listen.min_body_bytes_per_second' counts. After that, the answer is 408.",
        default: "30")
    static let bodyRate = Setting(
        "listen.min_body_bytes_per_second",
        "How much a body that takes longer has to bring for each second more.", default: "1000",
        zero: "it may take any time")
    static let writeTimeout = Setting(
        "listen.write_timeout_seconds",
        "How long a caller may take nothing of a reply that is ready for it. Then its connection is closed.",
        default: "60")
    static let streams = Setting(
        "listen.max_streams_per_connection", "Requests at a time on one connection of HTTP/2.", default: "100")
    static let certificateFile = Setting(
        "listen.tls.certificate_file",
        "A file with the certificate that callers are shown, and those that lead to its authority, as PEM. With it, "
            + "callers come with TLS 1.2 or later, and HTTP/2 is offered. Where the file changes, the new one is taken.",
        zero: "callers come without TLS")
    static let keyFile = Setting(
        "listen.tls.key_file", "A file with the key of that certificate, as PEM, without a passphrase.")
    static let handshakeTimeout = Setting(
        "listen.tls.handshake_timeout_seconds", "How long a caller may take to agree on TLS.", default: "10")
    static let adminCertificateFile = Setting(
        "admin.tls.certificate_file", "The same for the admin listener.", zero: "it has no TLS")
    static let adminKeyFile = Setting("admin.tls.key_file", "The key of that certificate.")
    static let drainDelay = Setting(
        "drain.delay_seconds",
        "How long everything is still served once the gateway is told to stop, so that whoever sends callers here sees "
            + "that '/health/ready' says no.",
        default: "0")
    static let drainTimeout = Setting(
        "drain.timeout_seconds",
        "How long requests under way may go on after that. What is left is cut off, told so, and put on record.",
        default: "30")

    static let all: [Setting] = [
        headBytes, fields, requestsPerConnection, connections, connectionsPerAddress, idleTimeout, headTimeout,
        bodyTimeout, bodyRate, writeTimeout, streams, certificateFile, keyFile, handshakeTimeout,
        adminCertificateFile, adminKeyFile, drainDelay, drainTimeout,
    ]
}
