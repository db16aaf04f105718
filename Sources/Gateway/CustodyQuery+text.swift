import Domain
import Wire

extension CustodyQuery {
    /// Reads the query of a URL. What isn't known is refused: a misspelt filter would give what wasn't asked for.
    ///
    /// - Parameters:
    ///   - query: without its question mark, percent-encoded as it came.
    ///   - limits: of how many records there may be at once.
    ///   - usual: where it says nothing.
    init(_ query: String, limits: ClosedRange<Int>, usual: Int) throws(GatewayError) {
        self.init(limit: usual)
        try query.visitParameters { name, value throws(GatewayError) in try take(name, value, limits) }
    }

    private mutating func take(_ name: String, _ value: String, _ limits: ClosedRange<Int>) throws(GatewayError) {
        switch name {
        case "from": from = try Self.time(value, name)
        case "to": to = try Self.time(value, name)
        case "route": route = value
        case "key": key = value
        case "outcome": outcome = try Self.outcome(value)
        case "limit":
            guard let number = Int(value), limits.contains(number) else {
                throw .invalidValue(
                    "limit", "'limit' must be a number from \(limits.lowerBound) to \(limits.upperBound).",
                    "'limit' doit être un nombre de \(limits.lowerBound) à \(limits.upperBound).")
            }
            limit = number
        case "cursor":
            guard let id = RequestID(hex: value) else {
                throw .invalidValue(
                    "cursor", "'cursor' must be what 'next' of the part before has said.",
                    "'cursor' doit être la valeur de 'next' de la partie précédente.")
            }
            cursor = id
        default:
            throw .invalidValue(
                "query",
                "The query has a parameter that isn't known. There are from, to, route, key, outcome, limit "
                    + "and cursor.",
                "La requête a un paramètre inconnu. Il y a from, to, route, key, outcome, limit et cursor.")
        }
    }

    private static func time(_ text: String, _ name: String) throws(GatewayError) -> Timestamp {
        if let time = Timestamp(dayOrTime: text) { return time }
        throw .invalidValue(
            name, "'\(name)' must be a day or a time of RFC 3339, such as 2026-11-27 or 2026-11-27T06:10:00Z.",
            "'\(name)' doit être un jour ou une heure selon RFC 3339, comme 2026-11-27 ou 2026-11-27T06:10:00Z.")
    }

    private static func outcome(_ text: String) throws(GatewayError) -> CustodyRecord.Outcome {
        if let outcome = CustodyRecord.Outcome(rawValue: text) { return outcome }
        let known = CustodyRecord.Outcome.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalidValue(
            "outcome", "'outcome' must be one of \(known).", "'outcome' doit être l'un de : \(known).")
    }
}
