/// Whose law applies at a place: an ISO 3166-1 alpha-2 code such as `CA`, or ``anywhere``.
public struct Jurisdiction: Hashable, Sendable {
    public let code: String

    /// No claim is made: it may be any country. Written `*`.
    public static let anywhere = Jurisdiction(unchecked: "*")

    /// Nil for anything but two capital letters or `*`.
    public init?(_ code: String) {
        let isCountry = code.utf8.count == 2 && code.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
        guard isCountry || code == "*" else { return nil }
        self.code = code
    }

    private init(unchecked code: String) { self.code = code }
}

extension Jurisdiction: Comparable, CustomStringConvertible {
    public static func < (left: Jurisdiction, right: Jurisdiction) -> Bool { left.code < right.code }
    public var description: String { code }
}

/// A set of jurisdictions, where `*` contains every one.
public struct JurisdictionSet: Hashable, Sendable {
    public let members: Set<Jurisdiction>
    /// The codes in order, joined by commas, such as `CA,US`.
    public let description: String

    public init(_ members: some Sequence<Jurisdiction>) {
        let all = Set(members)
        self.members = all.contains(.anywhere) ? [.anywhere] : all
        description = self.members.sorted().map(\.code).joined(separator: ",")
    }

    /// Reads what ``description`` writes; nil for a text with anything else in it.
    public init?(codes: String) {
        let members = codes.split(separator: ",", omittingEmptySubsequences: false).map { Jurisdiction(String($0)) }
        guard !members.contains(nil) else { return nil }
        self.init(members.compactMap(\.self))
    }

    public static let anywhere = JurisdictionSet([.anywhere])

    /// Whether each place of this set is one of the other's.
    public func isSubset(of other: JurisdictionSet) -> Bool {
        other.members.contains(.anywhere) || members.isSubset(of: other.members)
    }
}

extension JurisdictionSet: CustomStringConvertible {}
