extension AddressCatalog {
    /// The regions, sorted by name, that lose more than a fifth of their prefixes in a newer file.
    ///
    /// Clouds add addresses and seldom give them up, so such a file is more likely a broken one: keep the older until
    /// a person has looked. Prefixes are counted, not addresses, of which one prefix of version 6 would outweigh all others.
    public func losses(comparedWith newer: AddressCatalog) -> [(region: String, before: Int, after: Int)] {
        countByRegion.sorted { $0.key < $1.key }.compactMap { region, before in
            let after = newer.countByRegion[region] ?? 0
            return (before - after) * 5 > before ? (region, before, after) : nil
        }
    }
}
