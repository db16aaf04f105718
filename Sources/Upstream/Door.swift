import Domain

/// Where a connection goes.
enum Door: Hashable, Sendable {
    case endpoint(isTLS: Bool, host: String, port: Int)
    /// The control plane's socket on this machine.
    case socket(path: String)

    init(_ endpoint: Endpoint) {
        self = .endpoint(isTLS: endpoint.isTLS, host: endpoint.host, port: endpoint.port)
    }
}
