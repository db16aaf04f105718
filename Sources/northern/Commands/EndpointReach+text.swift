import Domain
import Upstream

/// What `northern check` says of it.
extension EndpointReach {
    /// Whether a request would get as far.
    var isConnected: Bool { if case .connected = outcome { true } else { false } }

    /// - Parameter route: nil for what isn't a route's endpoint.
    func lines(for route: Route?) -> [String] {
        var lines: [String] = []
        switch outcome {
        case .connected(let connection):
            let tls = connection.tlsVersion.map { ", TLS \($0)" } ?? ", without TLS"
            lines.append("reached at \(connection.address.text)\(tls)")
            if let certificate = connection.certificate {
                lines.append("certificate: sha256 \(certificate)")
            }
        case .refused(let address): lines.append("WOULD BE REFUSED: nothing is sent to \(address.text)")
        case .failed(let reason): lines.append("NOT REACHED: the host \(reason)")
        }
        guard let route else { return lines }
        lines += addresses.map { "address \($0.text): \($0.finding.map(Self.text) ?? "not looked at")" }
        if isConnected, addresses.contains(where: { $0.finding?.result == .mismatch }) {
            lines.append("WARNING: it has an address that isn't the route's; under 'enforce' nothing would be sent")
        }
        if case .connected(let connection) = outcome {
            let finding = route.egress.mode == .off ? nil : connection.address.finding
            lines.append("evidence: \(route.endpointEvidence(with: finding).rawValue)")
        }
        return lines
    }

    private static func text(_ finding: AddressFinding) -> String {
        let range = finding.range.map { " in \($0)" } ?? ""
        let list = finding.list.map { " (\($0))" } ?? ""
        return "\(finding.result.rawValue)\(range), \(finding.detail)\(list)"
    }
}
