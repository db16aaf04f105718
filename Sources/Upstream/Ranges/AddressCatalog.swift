public import Domain

/// The addresses of a cloud, as its publisher lists them: which address is which region's.
///
/// Reading a file takes a moment, so it's done where files are loaded. Looking an address up takes less than a
/// microsecond, and is meant for every connection.
public struct AddressCatalog: Sendable {
    public let publisher: AddressPublisher
    /// The publisher's own: the `syncToken` of AWS and Google, Azure's `changeNumber`, Oracle's
    /// `last_updated_timestamp`.
    public let version: String
    /// Publisher and version, as records have it, such as `aws-1795335391`. Made once: each request's record has it.
    let name: String
    /// As the file says it; Azure's doesn't.
    private let statedAt: Timestamp?
    private var savedAt: Timestamp?
    /// How many prefixes the file lists. One that is listed for several services, or several regions, counts once.
    public let count: Int
    /// How many prefixes are listed for each region.
    let countByRegion: [String: Int]

    private let claims: [AddressClaim]
    private let v4: AddressIntervals<UInt32>
    private let v6: AddressIntervals<UInt128>

    /// Reads the file of a publisher whole, or refuses it whole.
    public init(
        reading bytes: [UInt8], of publisher: AddressPublisher, savedAt: Timestamp? = nil
    ) throws(AddressCatalogError) {
        var listing = try PrefixListing(reading: bytes, of: publisher)
        count = Set(listing.prefixes.map(\.prefix)).count
        if publisher == .google { listing.addGooglePrivateAccess() }
        let ledger = ClaimLedger(listing)
        self.publisher = publisher
        version = listing.version
        name = "\(publisher.rawValue)-\(listing.version)"
        statedAt = listing.publishedAt
        self.savedAt = savedAt
        countByRegion = ledger.countByRegion
        claims = ledger.claims
        v4 = AddressIntervals(ledger.prefixes.filter { $0.prefix.network.version == .v4 })
        v6 = AddressIntervals(ledger.prefixes.filter { $0.prefix.network.version == .v6 })
    }

    /// Where the file doesn't say, when it was saved; nil where that isn't known either.
    public var publishedAt: Timestamp? { statedAt ?? savedAt }

    /// The same list, of a file that was saved at another time.
    public func saved(at time: Timestamp) -> AddressCatalog {
        var copy = self
        copy.savedAt = time
        return copy
    }

    /// Whether it may be gone by. One of which nobody knows how old it is may not.
    ///
    /// - Parameter mostAge: seconds.
    public func isCurrent(at now: Timestamp, mostAge: Int64) -> Bool { now <= expiry(mostAge: mostAge) }

    /// Until when it may be gone by.
    func expiry(mostAge: Int64) -> Timestamp {
        publishedAt?.adding(seconds: mostAge) ?? Timestamp(microseconds: .min)
    }

    /// Decides by the longest prefix that holds the address, whichever services it's listed for.
    ///
    /// An address of version 6 that stands for one of version 4 is looked up as that one.
    public func owner(of address: IPAddress) -> AddressOwner {
        let address = address.unwrapped
        let match =
            switch address.version {
            case .v4: v4.match(of: UInt32(truncatingIfNeeded: address.bits))
            case .v6: v6.match(of: address.bits)
            }
        // That the prefix can't be made doesn't happen: the length is one that was read of the same version.
        guard let match, let prefix = IPPrefix(of: address, length: match.length) else { return .nobody }
        return claims[match.claim].owner(by: prefix)
    }
}

extension IPPrefix {
    /// The prefix of a length that holds an address.
    fileprivate init?(of address: IPAddress, length: Int) {
        let hostBits = address.version.width - length
        let bits = (address.bits >> hostBits) << hostBits
        self.init(address.version == .v4 ? IPAddress(v4: UInt32(bits)) : IPAddress(v6: bits), length: length)
    }
}
