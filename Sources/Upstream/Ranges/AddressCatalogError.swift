public import Domain

/// Why an address file was refused, and where in it the reason stands.
///
/// The file came over the network, so its text is never in here: only names of members that we look for, and numbers.
public struct AddressCatalogError: Error, Hashable, Sendable {
    public let publisher: AddressPublisher
    /// Such as `prefixes[12].ip_prefix`; empty for the file as a whole.
    public let place: String
    /// As the end of a sentence that begins with the place.
    public let problem: String
}

extension AddressCatalogError: CustomStringConvertible {
    public var description: String {
        let subject = place.isEmpty ? "the file" : place
        return "the addresses that \(publisher.rawValue) publishes can't be used: \(subject) \(problem)"
    }
}
