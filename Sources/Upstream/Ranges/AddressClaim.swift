import Domain

/// What a file says of a prefix, all its entries taken together.
enum AddressClaim: Hashable, Sendable {
    case region(String)
    case everywhere
    /// Sorted by name.
    case disputed([String])

    func owner(by prefix: IPPrefix) -> AddressOwner {
        switch self {
        case .region(let name): .region(name, prefix)
        case .everywhere: .everywhere(prefix)
        case .disputed(let names): .disputed(names, prefix)
        }
    }
}
