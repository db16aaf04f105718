public import Domain

/// Whose an address is, as its publisher lists it. The prefix is the longest that holds the address.
public enum AddressOwner: Hashable, Sendable {
    /// Of this region, or of this local zone of one: a zone has a name of its own and is never its region.
    case region(String, IPPrefix)
    /// The publisher says that it serves no region in particular.
    case everywhere(IPPrefix)
    /// The same prefix is listed for several regions, sorted here by name: it proves none of them.
    case disputed([String], IPPrefix)
    /// Not in the list.
    case nobody
}
