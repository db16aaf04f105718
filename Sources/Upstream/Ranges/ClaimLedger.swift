import Domain

/// Brings the entries of a listing together, prefix by prefix.
struct ClaimLedger {
    /// Each once, sorted by version, network and length.
    private(set) var prefixes: [ClaimedPrefix] = []
    private(set) var claims: [AddressClaim] = []
    private(set) var countByRegion: [String: Int] = [:]
    private var positions: [AddressClaim: Int] = [:]

    init(_ listing: PrefixListing) {
        let entries = listing.prefixes.sorted { $0.prefix.precedes($1.prefix) }
        var start = 0
        while start < entries.count {
            let prefix = entries[start].prefix
            let end = entries[start...].firstIndex { $0.prefix != prefix } ?? entries.count
            note(prefix, places: Set(entries[start..<end].map(\.place)), of: listing)
            start = end
        }
    }

    private mutating func note(_ prefix: IPPrefix, places: Set<PrefixPlace>, of listing: PrefixListing) {
        let regions = places.compactMap { listing.name(of: $0) }.sorted()
        for region in regions { countByRegion[region, default: 0] += 1 }
        let claim = claim(on: places, regions: regions)
        prefixes.append(
            ClaimedPrefix(prefix: prefix, claim: position(of: claim), isVague: places == [.unstated]))
    }

    /// Who lists a prefix for a region and also for all of them says that it proves no region.
    private func claim(on places: Set<PrefixPlace>, regions: [String]) -> AddressClaim {
        guard !places.contains(.everywhere), let first = regions.first else { return .everywhere }
        return regions.count == 1 ? .region(first) : .disputed(regions)
    }

    private mutating func position(of claim: AddressClaim) -> Int {
        if let position = positions[claim] { return position }
        positions[claim] = claims.count
        claims.append(claim)
        return claims.count - 1
    }
}

extension IPPrefix {
    /// Version 4 first, then by network, and a shorter prefix before those inside it.
    fileprivate func precedes(_ other: IPPrefix) -> Bool {
        guard network.version == other.network.version else { return network.version == .v4 }
        return (network.bits, length) < (other.network.bits, other.length)
    }
}
