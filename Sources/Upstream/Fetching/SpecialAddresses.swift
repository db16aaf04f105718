import Domain

/// Addresses that aren't those of a host on the public Internet.
///
/// Sources: IANA's registries of special-purpose addresses of IPv4 and IPv6 (RFC 6890, with what was registered since),
/// of multicast addresses (RFC 5771), and of global unicast addresses of IPv6 (RFC 4291 section 2.4). Blocks that IANA calls
/// globally reachable are here too where no host is: relays, and what answers for AS112.
enum SpecialAddresses {
    static func contains(_ address: IPAddress) -> Bool {
        switch address.version {
        case .v4: v4.contains { $0.contains(address) }
        // All that IANA has assigned to hosts, and nothing that a later standard may use otherwise.
        case .v6: !(assignedV6?.contains(address) ?? false) || v6.contains { $0.contains(address) }
        }
    }

    private static let v4 = [
        "0.0.0.0/8",  // This network (RFC 791 section 3.2)
        "10.0.0.0/8",  // Private use (RFC 1918)
        "100.64.0.0/10",  // Shared by a provider's customers (RFC 6598)
        "127.0.0.0/8",  // Loopback (RFC 1122 section 3.2.1.3)
        "168.63.129.16/32",  // What Azure's machines reach their host by; in no registry
        "169.254.0.0/16",  // One link, and clouds' metadata (RFC 3927)
        "172.16.0.0/12",  // Private use (RFC 1918)
        "192.0.0.0/24",  // Protocol assignments (RFC 6890 section 2.1)
        "192.0.2.0/24",  // Documentation (RFC 5737)
        "192.31.196.0/24",  // AS112 (RFC 7535)
        "192.52.193.0/24",  // Multicast relays (RFC 7450)
        "192.88.99.0/24",  // Relays of 6to4 (RFC 7526)
        "192.168.0.0/16",  // Private use (RFC 1918)
        "192.175.48.0/24",  // AS112 (RFC 7534)
        "198.18.0.0/15",  // Benchmarks (RFC 2544)
        "198.51.100.0/24",  // Documentation (RFC 5737)
        "203.0.113.0/24",  // Documentation (RFC 5737)
        "224.0.0.0/4",  // Multicast (RFC 5771)
        "240.0.0.0/4",  // Reserved, and broadcast (RFC 1112 section 4, RFC 8190)
    ].compactMap { IPPrefix($0) }

    /// Outside are, among others, `::1` and `::` (RFC 4291), `::ffff:0:0/96` (mapped, RFC 4291), `64:ff9b::/96` and
    /// `64:ff9b:1::/48` (translated, RFC 6052 and 8215), `100::/64` (discarded, RFC 6666), `5f00::/16` (segments, RFC 9602),
    /// `fc00::/7` (local, RFC 4193), `fe80::/10` (one link, RFC 4291), `fec0::/10` (sites, RFC 3879) and `ff00::/8`
    /// (multicast, RFC 4291).
    private static let assignedV6 = IPPrefix("2000::/3")

    private static let v6 = [
        "2001::/23",  // Protocol assignments: Teredo, benchmarks, ORCHID and others (RFC 2928)
        "2001:db8::/32",  // Documentation (RFC 3849)
        "2002::/16",  // 6to4, with an address of IPv4 in it (RFC 3056)
        "2620:4f:8000::/48",  // AS112 (RFC 7534)
        "3fff::/20",  // Documentation (RFC 9637)
    ].compactMap { IPPrefix($0) }
}
