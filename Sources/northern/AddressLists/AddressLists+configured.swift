import Domain
import Logging
import Upstream

extension AddressLists {
    /// The lists that a configuration names, with what is at hand of them: files, and copies of what was fetched before.
    /// Nothing is asked for.
    ///
    /// - Parameter routes: whose regions must not lose addresses without a person's word.
    /// - Throws: ``ConfigurationError`` when a file can't be read, or is no list.
    static func configured(
        _ configuration: GatewayConfiguration, for routes: [Route], at now: Timestamp
    ) throws -> AddressLists {
        var lists: [AddressPublisher: AddressList] = [:]
        for (publisher, source) in configuration.addressLists {
            lists[publisher] = AddressList(
                from: source, guarding: regions(of: publisher, in: routes),
                acceptsLosses: configuration.acceptsAddressLosses,
                inForce: try atHand(source, of: publisher, in: configuration.dataDirectory, at: now))
        }
        return AddressLists(lists, mostAge: Int64(configuration.addressDays) * 86_400)
    }

    /// Other routes are offered from now on.
    func guardRegions(of routes: [Route]) { guardRegions { Self.regions(of: $0, in: routes) } }

    private static func regions(of publisher: AddressPublisher, in routes: [Route]) -> Set<String> {
        Set(routes.filter { $0.egress.publisher == publisher }.map(\.residency.region))
    }

    private static func atHand(
        _ source: AddressListSource, of publisher: AddressPublisher, in dataDirectory: String, at now: Timestamp
    ) throws -> AddressListEdition? {
        switch source {
        case .file(let path):
            do {
                let content = try AddressListFile(path).content()
                return try AddressListEdition(
                    reading: content.bytes, of: publisher, fetchedAt: now, savedAt: content.savedAt)
            } catch {
                throw ConfigurationError("'egress.\(publisher.rawValue)_addresses', '\(path)': \(error)")
            }
        case .url(let url):
            // A copy that is broken is as good as none: its source is asked in a moment.
            guard let (bytes, note) = AddressListCopy(of: publisher, in: dataDirectory).read(of: url) else {
                return nil
            }
            return try? AddressListEdition(
                reading: bytes, of: publisher, fetchedAt: note.fetchedAt, savedAt: note.savedAt)
        }
    }
}
