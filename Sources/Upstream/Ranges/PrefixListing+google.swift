import Domain

extension PrefixListing {
    /// Reads `cloud.json`, whose entries have a scope, or `goog.json`, whose entries have none (Google, "Obtain Google IP
    /// address ranges").
    init(google root: RangeNode) throws(AddressCatalogError) {
        let token = try root.member("syncToken")
        // Milliseconds since 1970. `creationTime` is the same moment in Pacific time, which it doesn't say.
        let published = Timestamp(microseconds: try token.digits(atMost: 14) * 1_000)
        self.init(version: try token.text(), publishedAt: published)
        for entry in try root.member("prefixes").elements() {
            let place = try place(ofGoogle: entry)
            switch (entry.optionalMember("ipv4Prefix"), entry.optionalMember("ipv6Prefix")) {
            case (let node?, nil): try add(try node.prefix(.v4), place, from: node)
            case (nil, let node?): try add(try node.prefix(.v6), place, from: node)
            default: throw entry.error("doesn't have one of the members 'ipv4Prefix' and 'ipv6Prefix'")
            }
        }
    }

    private mutating func place(ofGoogle entry: RangeNode) throws(AddressCatalogError) -> PrefixPlace {
        guard let scope = try entry.optionalMember("scope")?.regionName(), scope != "global" else { return .everywhere }
        return region(scope)
    }

    /// `private.googleapis.com` and `restricted.googleapis.com` have these addresses in every network, and neither file
    /// lists them (Google, "Configure Private Google Access").
    mutating func addGooglePrivateAccess() {
        let blocks = ["199.36.153.8/30", "199.36.153.4/30", "2600:2d00:2:2000::/56", "2600:2d00:2:1000::/56"]
        for prefix in blocks.compactMap({ IPPrefix($0) }) { add(known: prefix, .everywhere) }
    }
}
