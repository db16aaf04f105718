import Domain
import Testing
import Upstream

/// The least that each publisher's file can be, around what a test wants in it.
enum RangeFiles {
    static func aws(_ v4: [(prefix: String, region: String)], v6: [(prefix: String, region: String)] = []) -> String {
        let v6 = v6.isEmpty ? [("2001:db8:ffff::/48", "eu-north-1")] : v6
        return """
            {"syncToken": "1795335391", "createDate": "2026-11-22-08-16-31",
             "prefixes": [\(v4.map { awsEntry("ip_prefix", $0, $1) }.joined(separator: ","))],
             "ipv6_prefixes": [\(v6.map { awsEntry("ipv6_prefix", $0, $1) }.joined(separator: ","))]}
            """
    }

    static func awsEntry(
        _ member: String, _ prefix: String, _ region: String, service: String = "AMAZON", group: String? = nil
    ) -> String {
        """
        {"\(member)": "\(prefix)", "region": "\(region)", "service": "\(service)",
         "network_border_group": "\(group ?? region)"}
        """
    }

    static func google(_ entries: String) -> String {
        """
        {"syncToken": "1795335391000", "creationTime": "2026-11-22T00:16:31.000000", "prefixes": [\(entries)]}
        """
    }

    static func azure(_ tags: [(name: String, region: String, prefixes: [String])]) -> String {
        let values = tags.map { name, region, prefixes in
            """
            {"name": "\(name)", "id": "\(name)",
             "properties": {"changeNumber": 31, "region": "\(region)", "regionId": 1, "platform": "Azure",
                            "systemService": "", "addressPrefixes": \(prefixes), "networkFeatures": ["API"]}}
            """
        }
        return #"{"changeNumber": 345, "cloud": "Public", "values": [\#(values.joined(separator: ","))]}"#
    }

    static func oracle(_ regions: String, updated: String = "2026-11-22T08:16:31.204985") -> String {
        #"{"last_updated_timestamp": "\#(updated)", "regions": [\#(regions)]}"#
    }
}

extension AddressCatalog {
    init(_ text: String, of publisher: AddressPublisher) throws(AddressCatalogError) {
        try self.init(reading: Array(text.utf8), of: publisher)
    }

    func owner(of text: String) throws -> AddressOwner { owner(of: try #require(IPAddress(text))) }
}

extension AddressOwner {
    static func region(_ name: String, _ prefix: String) throws -> AddressOwner {
        .region(name, try #require(IPPrefix(prefix)))
    }

    static func everywhere(_ prefix: String) throws -> AddressOwner { .everywhere(try #require(IPPrefix(prefix))) }

    static func disputed(_ names: [String], _ prefix: String) throws -> AddressOwner {
        .disputed(names, try #require(IPPrefix(prefix)))
    }
}
