import Domain

extension PrefixListing {
    /// Reads `ip-ranges.json` (AWS, VPC User Guide, "AWS IP address ranges").
    ///
    /// The same prefix is listed under several services, the superset `AMAZON` among them. All count alike: none is named
    /// after Bedrock.
    init(aws root: RangeNode) throws(AddressCatalogError) {
        let token = try root.member("syncToken")
        // Seconds since 1970. `createDate` is the same moment, written with hyphens.
        self.init(version: try token.text(), publishedAt: Timestamp(seconds: try token.digits(atMost: 11)))
        for entry in try root.member("prefixes").elements() {
            let node = try entry.member("ip_prefix")
            try add(try node.prefix(.v4), try place(ofAWS: entry), from: node)
        }
        for entry in try root.member("ipv6_prefixes").elements() {
            let node = try entry.member("ipv6_prefix")
            try add(try node.prefix(.v6), try place(ofAWS: entry), from: node)
        }
    }

    /// A local or wavelength zone, such as `us-west-2-lax-1`, is a border group of its own, often in another city than
    /// its region and sometimes in another country (`us-east-1-scl-1` is in Chile): it's named after the group.
    private mutating func place(ofAWS entry: RangeNode) throws(AddressCatalogError) -> PrefixPlace {
        let region = try entry.member("region").regionName()
        let group = try entry.member("network_border_group").regionName()
        return region == "GLOBAL" || group == "GLOBAL" ? .everywhere : self.region(group)
    }
}
