import Domain
import Upstream

/// One publisher's list of addresses: what is in force, and whether something newer may take its place.
struct AddressList: Sendable {
    let source: AddressListSource
    /// Regions whose addresses must not get lost without a person's word: those of the routes that are offered.
    var guardedRegions: Set<String>
    let acceptsLosses: Bool
    private(set) var inForce: AddressListEdition?
    /// What came since and wasn't taken.
    private(set) var heldBack: HeldBack?
    /// What the last look for a newer one has failed for.
    private(set) var problem: String?

    init(
        from source: AddressListSource, guarding regions: Set<String> = [], acceptsLosses: Bool = false,
        inForce: AddressListEdition? = nil
    ) {
        self.source = source
        guardedRegions = regions
        self.acceptsLosses = acceptsLosses
        self.inForce = inForce
    }

    struct HeldBack: Hashable, Sendable {
        let version: String
        let losses: [AddressLoss]
    }

    enum Verdict: Hashable, Sendable {
        case taken
        case heldBack([AddressLoss])
    }

    /// Takes an edition, unless too much of what is in force is missing from it: then that stays, for as long as it may be
    /// gone by.
    mutating func offered(_ edition: AddressListEdition) -> Verdict {
        problem = nil
        let losses = acceptsLosses ? [] : inForce?.losses(comparedWith: edition, in: guardedRegions) ?? []
        guard losses.isEmpty else {
            heldBack = HeldBack(version: edition.catalog.version, losses: losses)
            return .heldBack(losses)
        }
        inForce = edition
        heldBack = nil
        return .taken
    }

    /// The source says that what is in force is still what it has.
    mutating func confirmed(fetchedAt: Timestamp, savedAt: Timestamp) {
        problem = nil
        heldBack = nil
        inForce?.confirm(fetchedAt: fetchedAt, savedAt: savedAt)
    }

    mutating func failed(_ reason: String) { problem = reason }
}

/// What a publisher had at one time.
struct AddressListEdition: Sendable {
    private(set) var catalog: AddressCatalog
    /// When it was got from its source, or found to be still what that has.
    private(set) var fetchedAt: Timestamp
    /// Of the file's bytes, in hexadecimal digits.
    let sha256: String

    /// - Parameter savedAt: how old the list is where it doesn't say so itself.
    /// - Throws: when the bytes are no list of the publisher's. Reading takes up to a second: never on an event loop.
    init(
        reading bytes: [UInt8], of publisher: AddressPublisher, fetchedAt: Timestamp, savedAt: Timestamp
    ) throws(AddressCatalogError) {
        catalog = try AddressCatalog(reading: bytes, of: publisher, savedAt: savedAt)
        self.fetchedAt = fetchedAt
        sha256 = sha256Text(of: bytes)
    }

    fileprivate mutating func confirm(fetchedAt: Timestamp, savedAt: Timestamp) {
        self.fetchedAt = fetchedAt
        catalog = catalog.saved(at: savedAt)
    }

    fileprivate func losses(comparedWith newer: AddressListEdition, in regions: Set<String>) -> [AddressLoss] {
        catalog.losses(comparedWith: newer.catalog, in: regions)
    }
}
