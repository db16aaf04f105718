/// How strictly it is checked where a connection goes, before anything is sent through it.
public enum EgressMode: String, CaseIterable, Comparable, Sendable {
    /// Addresses aren't looked at.
    case off
    /// What is found goes on record; nothing is stopped.
    case observe
    /// What isn't where the route says isn't connected to.
    case enforce

    public static func < (left: EgressMode, right: EgressMode) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
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

    /// Whether an address can prove that the endpoint is where the route says.
    public var isProvable: Bool { proof != .unpublished || !declaredAddresses.isEmpty }
}
