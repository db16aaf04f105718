import Domain

/// What an address file lists, entry by entry.
struct PrefixListing {
    let version: String
    let publishedAt: Timestamp?
    private(set) var prefixes: [ListedPrefix] = []

    /// The names of regions. Entries hold a position in it, since a region has hundreds of them.
    private var regions: [String] = []
    private var positions: [String: Int] = [:]
    private let limit: Int

    /// Ten times what the largest file listed in 2025, Azure's.
    static let limit = 1_000_000

    init(version: String, publishedAt: Timestamp?, limit: Int = Self.limit) {
        self.version = version
        self.publishedAt = publishedAt
        self.limit = limit
    }

    /// - Parameter node: where the prefix was read, to say so if it's one too many.
    mutating func add(_ prefix: IPPrefix, _ place: PrefixPlace, from node: RangeNode) throws(AddressCatalogError) {
        guard prefixes.count < limit else { throw node.error("is one prefix more than the \(limit) that are read") }
        prefixes.append(ListedPrefix(prefix: prefix, place: place))
    }

    /// Adds what isn't from a file.
    mutating func add(known prefix: IPPrefix, _ place: PrefixPlace) {
        prefixes.append(ListedPrefix(prefix: prefix, place: place))
    }

    mutating func region(_ name: String) -> PrefixPlace {
        if let position = positions[name] { return .region(position) }
        positions[name] = regions.count
        regions.append(name)
        return .region(regions.count - 1)
    }

    /// Nil for places that aren't regions.
    func name(of place: PrefixPlace) -> String? {
        if case .region(let position) = place { regions[position] } else { nil }
    }
}

struct ListedPrefix {
    let prefix: IPPrefix
    let place: PrefixPlace
}

/// Where an entry says that its addresses are.
enum PrefixPlace: Hashable {
    /// By its position among the listing's regions.
    case region(Int)
    /// In no region in particular.
    case everywhere
    /// The entry doesn't say; others may.
    case unstated
}

extension PrefixListing {
    init(reading bytes: [UInt8], of publisher: AddressPublisher) throws(AddressCatalogError) {
        let root = try RangeNode(parsing: bytes, of: publisher)
        switch publisher {
        case .aws: try self.init(aws: root)
        case .google: try self.init(google: root)
        case .azure: try self.init(azure: root)
        case .oracle: try self.init(oracle: root)
        }
    }
}
