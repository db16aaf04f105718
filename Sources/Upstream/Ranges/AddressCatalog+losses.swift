/// How many prefixes of a region an older list has, and how many a newer one.
public struct AddressLoss: Hashable, Sendable {
    public let region: String
    public let before: Int
    public let after: Int
}

extension AddressCatalog {
    /// What a newer list takes from regions: those that lose more than a fifth of their prefixes, sorted by name.
    ///
    /// Clouds add addresses and seldom give them up, so such a list is more likely a broken one: keep the older until
    /// a person has looked. Prefixes are counted, not addresses, of which one prefix of version 6 would outweigh all others.
    ///
    /// - Parameter regions: the others may lose what they like.
    public func losses(comparedWith newer: AddressCatalog, in regions: Set<String>) -> [AddressLoss] {
        regions.sorted().compactMap { region in
            let loss = AddressLoss(
                region: region, before: countByRegion[region] ?? 0, after: newer.countByRegion[region] ?? 0)
            return (loss.before - loss.after) * 5 > loss.before ? loss : nil
        }
    }
}
