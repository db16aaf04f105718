import Domain
import Wire

extension CreditDraft {
    /// The body of a request, or what a form says in its stead.
    init(_ object: JSONObject) throws(AdminError) {
        guard let kind: CreditEntry.Kind = try KeyDraft.choice(object["kind"], "kind") else {
            throw .gateway(.missingParameter("kind"))
        }
        guard kind != .usage else {
            throw .gateway(
                .invalidValue(
                    "kind", "Usage is entered by the gateway alone: 'kind' must be top_up, adjustment or refund.",
                    "La passerelle seule inscrit l'usage : 'kind' doit être top_up, adjustment ou refund."))
        }
        let amount = try Self.amount(object["amount_usd"])
        let reference = try Self.text(object["reference"], "reference")
        guard let reference else { throw .gateway(.missingParameter("reference")) }
        let note = try Self.text(object["note"], "note")
        guard let draft = CreditDraft(kind: kind, amount: amount, reference: reference, note: note) else {
            throw .gateway(Self.unusable)
        }
        self = draft
    }

    private static let unusable = GatewayError.invalidValue(
        "amount_usd",
        "'amount_usd' must be more than zero (less only for an adjustment), 'reference' have 1 to \(longestReference) "
            + "bytes, and 'note' \(longestNote) at the most.",
        "'amount_usd' doit être supérieur à zéro (inférieur pour un ajustement seulement), 'reference' avoir de 1 à "
            + "\(longestReference) octets, et 'note' \(longestNote) au plus.")

    private static func text(_ value: JSON?, _ name: String) throws(AdminError) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else { throw KeyDraft.wrongType(name, .string) }
        return text
    }

    /// Dollars, as text or as a number; either is read digit by digit.
    private static func amount(_ value: JSON?) throws(AdminError) -> Money {
        let text: String
        switch value {
        case nil, .null?: throw .gateway(.missingParameter("amount_usd"))
        case .string(let digits)?, .number(let digits)?: text = digits
        default: throw KeyDraft.wrongType("amount_usd", .number)
        }
        guard let amount = Money(signedDollars: text) else {
            throw .gateway(
                .invalidValue(
                    "amount_usd", "'amount_usd' must be an amount in US dollars, such as 12.50.",
                    "'amount_usd' doit être un montant en dollars américains, comme 12.50."))
        }
        return amount
    }
}
