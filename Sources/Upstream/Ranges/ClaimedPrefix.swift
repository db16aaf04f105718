import Domain

/// A prefix, once, and what the file says of it.
struct ClaimedPrefix {
    let prefix: IPPrefix
    /// Where the claim stands among all.
    let claim: Int
    /// Whether it says nothing of the places of its addresses, so that it counts only where no other prefix does.
    let isVague: Bool
}
