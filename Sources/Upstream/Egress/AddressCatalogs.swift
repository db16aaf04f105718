public import Domain
import Routing

/// The lists of addresses that are at hand. A snapshot, replaced whole.
public struct AddressCatalogs: Sendable {
    private let catalogs: [AddressPublisher: AddressCatalog]
    private let mostAge: Int64
    private let localAddresses: [IPPrefix]

    /// - Parameters:
    ///   - mostAge: seconds since a list was published, after which it isn't gone by any more.
    ///   - localAddresses: of which no publisher can know where they are.
    public init(
        _ catalogs: [AddressCatalog] = [], mostAge: Int64 = 14 * 86_400, localAddresses: [IPPrefix] = IPPrefix.local
    ) {
        self.catalogs = Dictionary(catalogs.map { ($0.publisher, $0) }, uniquingKeysWith: { $1 })
        self.mostAge = mostAge
        self.localAddresses = localAddresses
    }

    /// What an address says about a route's endpoint.
    ///
    /// - Parameter now: asked only where the age of a list matters.
    func finding(
        for address: IPAddress, of route: Route, at now: @autoclosure () -> Timestamp
    ) -> AddressFinding {
        let address = address.unwrapped
        let rule = route.egress
        if !rule.declaredAddresses.isEmpty {
            guard let range = rule.declaredAddresses.first(where: { $0.contains(address) }) else {
                return AddressFinding(.mismatch, detail: "not one of the declared addresses", list: "declared")
            }
            return AddressFinding(.match, range: range, detail: "declared", list: "declared")
        }
        guard case .regional(let publisher) = rule.proof else {
            return AddressFinding(.notProvable, detail: "addresses tell no region")
        }
        if localAddresses.contains(where: { $0.contains(address) }) {
            return AddressFinding(.notProvable, detail: "a local address")
        }
        guard let catalog = catalogs[publisher] else {
            return AddressFinding(.stale, detail: "no list of the addresses of \(publisher.rawValue)")
        }
        let list = catalog.name
        guard catalog.isCurrent(at: now(), mostAge: mostAge) else {
            let age = catalog.publishedAt.map(\.description) ?? "nobody knows when"
            return AddressFinding(.stale, detail: "the list is of \(age)", list: list)
        }
        return finding(catalog.owner(of: address), in: route.residency.region, list)
    }

    /// Until when what is found for a route's endpoint is so; nil where no list is asked.
    func expiry(for route: Route) -> Timestamp? {
        guard route.egress.declaredAddresses.isEmpty, case .regional(let publisher) = route.egress.proof else {
            return nil
        }
        // Without a list, the answer may be another one at any time.
        return catalogs[publisher].map { $0.expiry(mostAge: mostAge) } ?? Timestamp(seconds: 0)
    }

    private func finding(_ owner: AddressOwner, in region: String, _ list: String) -> AddressFinding {
        switch owner {
        case .region(let name, let range):
            AddressFinding(name == region ? .match : .mismatch, range: range, detail: name, list: list)
        case .everywhere(let range): AddressFinding(.notProvable, range: range, detail: "in all regions", list: list)
        case .disputed(let names, let range):
            AddressFinding(.notProvable, range: range, detail: names.joined(separator: ","), list: list)
        case .nobody: AddressFinding(.mismatch, detail: "in no list", list: list)
        }
    }
}

extension Clearance {
    /// Whether anything may be sent to an address of which this was found.
    ///
    /// - Parameter finding: nil where the address wasn't looked at.
    func permits(_ finding: AddressFinding?) -> Bool { egress.permits(finding, requiresProof: requiresProof) }
}

extension EgressMode {
    func permits(_ finding: AddressFinding?, requiresProof: Bool) -> Bool {
        guard let finding, self == .enforce else { return true }
        switch finding.result {
        case .match: return true
        case .mismatch, .stale: return false
        case .notProvable: return !requiresProof
        }
    }
}
