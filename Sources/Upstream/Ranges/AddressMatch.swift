/// What is to be known of the longest prefix that holds an address: with the address, its length is enough to tell which
/// prefix it was.
///
/// Packed into four bytes, since there is one for each interval.
struct AddressMatch: Equatable, Sendable {
    private let packed: UInt32

    init(claim: Int, length: Int) {
        // There are no more claims than prefixes, about a million of which a listing takes, and lengths end at 128.
        packed = UInt32(claim) << 8 | UInt32(length)
    }

    /// Where the claim stands among the catalogue's.
    var claim: Int { Int(packed >> 8) }
    var length: Int { Int(packed & 0xFF) }
}
