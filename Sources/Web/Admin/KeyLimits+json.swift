import Domain
import Wire

extension KeyLimits {
    /// Reads `requests_per_minute`, `tokens_per_minute` and `budget` of what a key is to be.
    init(_ object: JSONObject) throws(AdminError) {
        self.init(
            requestsPerMinute: try Self.count(object["requests_per_minute"], "requests_per_minute"),
            tokensPerMinute: try Self.count(object["tokens_per_minute"], "tokens_per_minute"),
            budget: try Budget(object["budget"]))
    }

    private static func count(_ value: JSON?, _ name: String) throws(AdminError) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let count = value.int else { throw KeyDraft.wrongType(name, .wholeNumber) }
        guard 1...1_000_000_000_000 ~= count else {
            throw .gateway(
                .invalidValue(
                    name, "'\(name)' must be at least 1. Leave it out for no limit.",
                    "'\(name)' doit être au moins 1. Omettez-le pour ne rien limiter."))
        }
        return count
    }
}

extension Budget {
    private static let members = ["day_usd", "month_usd", "total_usd"]

    fileprivate init(_ value: JSON?) throws(AdminError) {
        self.init()
        guard let value, !value.isNull else { return }
        guard let object = value.object else { throw KeyDraft.wrongType("budget", .object) }
        if let unknown = object.members.first(where: { !Self.members.contains($0.key) }) {
            throw .unknownParameter("budget.\(unknown.key)")
        }
        day = try Self.amount(object["day_usd"], "budget.day_usd")
        month = try Self.amount(object["month_usd"], "budget.month_usd")
        total = try Self.amount(object["total_usd"], "budget.total_usd")
    }

    /// Dollars, as text or as a number; either is read digit by digit.
    private static func amount(_ value: JSON?, _ name: String) throws(AdminError) -> Money? {
        let text: String
        switch value {
        case nil, .null?: return nil
        case .string(let digits)?, .number(let digits)?: text = digits
        default: throw KeyDraft.wrongType(name, .number)
        }
        guard let money = Money(dollars: text) else {
            throw .gateway(
                .invalidValue(
                    name, "'\(name)' must be an amount in US dollars, such as 12.50.",
                    "'\(name)' doit être un montant en dollars américains, comme 12.50."))
        }
        return money
    }

    /// As the admin API shows it.
    var json: JSONObject {
        let amounts = [("day_usd", day), ("month_usd", month), ("total_usd", total)]
        var object: JSONObject = [:]
        for (name, amount) in amounts { object[name] = amount.map { .string($0.description) } ?? .null }
        return object
    }
}
