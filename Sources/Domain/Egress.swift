/// How strictly it is checked where a connection goes, before anything is sent through it.
public enum EgressMode: String, CaseIterable, Comparable, Sendable {
    /// Addresses aren't looked at.
    case off
    /// What is found goes on record; nothing is stopped.
    case observe
    /// What isn't where the route says isn't connected to.
    case enforce

    public static func < (left: EgressMode, right: EgressMode) -> Bool { left.rank < right.rank }
    private var rank: Int {
        switch self {
        case .off: 0
        case .observe: 1
        case .enforce: 2
        }
    }
}

/// What the address of a route's endpoint has to be.
public struct EgressRule: Hashable, Sendable {
    public let mode: EgressMode
    /// What an address of the provider's can prove.
    public let proof: AddressProof
    /// Addresses that the operator has declared to be the endpoint's: then it may have no others. Empty where none are.
    public let declaredAddresses: [IPPrefix]

    public init(mode: EgressMode = .observe, proof: AddressProof = .unpublished, declaredAddresses: [IPPrefix] = []) {
        self.mode = mode
        self.proof = proof
        self.declaredAddresses = declaredAddresses
    }

    /// Whose list says what an address is; nil where that needs no list, or there is none.
    public var publisher: AddressPublisher? {
        guard declaredAddresses.isEmpty, case .regional(let publisher) = proof else { return nil }
        return publisher
    }

    /// Whether an address can prove that the endpoint is where the route says.
    public var isProvable: Bool { proof != .unpublished || !declaredAddresses.isEmpty }
}

/// What the address of an endpoint says about where the endpoint is.
///
/// A class for the same reason as ``Route``: a connection keeps what was found for it, and each of its requests refers to
/// that.
public final class AddressFinding: Hashable, Sendable {
    public enum Result: String, Sendable {
        /// It is one of the region's, or one that was declared.
        case match
        /// It is another region's, or nobody's.
        case mismatch
        /// It can't say.
        case notProvable = "not_provable"
        /// The publisher's list is too old to go by, or there is none.
        case stale
    }

    public let result: Result
    /// The prefix that the address is in; nil where it is in none that counts.
    public let range: IPPrefix?
    /// Whose it is, or why that can't be said.
    public let detail: String
    /// The list that was asked, with its version, such as `aws-1795335391`; nil where none was.
    public let list: String?

    public init(_ result: Result, range: IPPrefix? = nil, detail: String, list: String? = nil) {
        self.result = result
        self.range = range
        self.detail = detail
        self.list = list
    }

    public static func == (one: AddressFinding, other: AddressFinding) -> Bool {
        one.result == other.result && one.range == other.range && one.detail == other.detail && one.list == other.list
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(result)
        hasher.combine(range)
        hasher.combine(detail)
        hasher.combine(list)
    }
}
