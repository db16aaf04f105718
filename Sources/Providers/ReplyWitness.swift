public import Domain

/// What a provider's replies say of who has answered and where, and how that is read.
public struct ReplyWitness: Sendable {
    /// Under which names its models answer.
    public let models: ModelNames
    /// The header field with the region that has answered, in lower case; nil where none says it.
    public let regionField: String?
    /// The places that a word for a geography stands for; nil for a word that says nothing, or where no reply has one.
    public let places: @Sendable (_ geography: String) -> JurisdictionSet?

    public init(
        models: ModelNames = .untold, regionField: String? = nil,
        places: @escaping @Sendable (_ geography: String) -> JurisdictionSet? = { _ in nil }
    ) {
        self.models = models
        self.regionField = regionField
        self.places = places
    }

    /// The region that a header field names, as catalogues write it: `Canada East` is `canadaeast`. Nil for a text that
    /// names none.
    public static func region(named text: String) -> String? {
        let letters = text.utf8.filter { $0 != UInt8(ascii: " ") }
        let isName = letters.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        return isName && 1...63 ~= letters.count ? String(decoding: letters, as: UTF8.self).lowercased() : nil
    }
}

/// Under which names a provider's models answer.
public struct ModelNames: Sendable {
    /// The name that is expected of a route's upstream model; nil where that one doesn't tell.
    private let name: @Sendable (_ upstreamModel: String) -> String?
    /// What may follow a name where one of its snapshots answers; `#` stands for a digit.
    private let snapshots: [StaticString]

    /// - Parameters:
    ///   - snapshots: such as `-####-##-##`.
    ///   - name: what is expected to answer, if it isn't what is asked for.
    init(snapshots: [StaticString] = [], name: @escaping @Sendable (_ upstreamModel: String) -> String? = { $0 }) {
        self.name = name
        self.snapshots = snapshots
    }

    /// The replies name no model, or one that can't be told from what is asked for.
    public static let untold = ModelNames { _ in nil }

    /// The names to hold a route's replies against. Empty: any is as good as another.
    public func expected(of route: Route) -> [String] {
        guard route.answersAs.isEmpty else { return route.answersAs }
        // What was asked for is never another model, whatever else may be expected.
        return name(route.upstreamModel).map { [$0, route.upstreamModel] } ?? []
    }

    /// Whether a name is one that is expected, or one of its snapshots.
    public func permit(_ answered: String, as expected: [String]) -> Bool {
        // Nearly always it is just that name.
        if expected.contains(where: { $0.hasSameBytes(as: answered) }) { return true }
        return expected.contains { name in
            guard answered.utf8.starts(with: name.utf8) else { return false }
            let rest = answered.utf8.dropFirst(name.utf8.count)
            return rest.isEmpty || snapshots.contains { Self.fits(rest, $0) }
        }
    }

    private static func fits(_ text: Substring.UTF8View, _ pattern: StaticString) -> Bool {
        pattern.withUTF8Buffer { pattern in
            text.count == pattern.count
                && zip(text, pattern).allSatisfy { byte, expected in
                    expected == UInt8(ascii: "#") ? (0x30...0x39).contains(byte) : byte == expected
                }
        }
    }
}
