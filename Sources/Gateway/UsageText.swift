import Domain
import Wire

/// Usage as callers get it. Money stands as text in decimal, since no reader of numbers keeps all of its digits.
enum UsageText {
    /// All in one object, with the total.
    static func json(
        _ rows: [ConvertedUsage], of request: UsageRequest, _ organization: OrganizationID
    ) -> [UInt8] {
        let query = request.query
        let total = ConvertedUsage.total(rows, inCanadianDollars: request.currency == .canadianDollar)
        let dimensions = UsageQuery.Dimension.allCases.filter(query.dimensions.contains)
        let answer: JSON = [
            "organization": .string(organization.rawValue), "from": .string(query.days.lowerBound.description),
            "to": .string(query.days.upperBound.description), "currency": .string(request.currency.rawValue),
            "group_by": .array(dimensions.map { .string($0.rawValue) }), "total": .object(sums(of: total)),
            "rows": .array(rows.map { .object(members(of: $0)) }),
        ]
        return answer.bytes()
    }

    /// A line for each row.
    static func ndjson(_ rows: [ConvertedUsage]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            text.append(contentsOf: JSON.object(members(of: row)).bytes())
            text.append("\n")
        }
        return text
    }

    /// RFC 4180, with a line for the names of the columns.
    static func csv(_ rows: [ConvertedUsage], of request: UsageRequest) -> [UInt8] {
        let dimensions = UsageQuery.Dimension.allCases.filter(request.query.dimensions.contains).map(\.rawValue)
        let none = ConvertedUsage.total([], inCanadianDollars: request.currency == .canadianDollar)
        let columns = dimensions + sums(of: none).members.map(\.key)
        var text: [UInt8] = []
        text.append(text: columns.joined(separator: ",") + "\r\n")
        for row in rows {
            let members = members(of: row)
            text.append(text: columns.map { field(members[$0]) }.joined(separator: ",") + "\r\n")
        }
        return text
    }

    private static func members(of converted: ConvertedUsage) -> JSONObject {
        let row = converted.row
        var object: JSONObject = [:]
        if let day = row.day { object["day"] = .string(day.description) }
        // Nothing was asked of any route where there is no name.
        if let route = row.route { object["route"] = route.isEmpty ? .null : .string(route) }
        if let key = row.key { object["key"] = .string(key) }
        for member in sums(of: converted).members { object[member.key] = member.value }
        return object
    }

    private static func sums(of converted: ConvertedUsage) -> JSONObject {
        var object = members(of: converted.row.sum)
        guard let canadian = converted.canadian else { return object }
        object["cost_cad"] = .string(canadian.cost.description)
        object["charge_cad"] = .string(canadian.charge.description)
        // Of a sum over days of several rates there is none to name.
        object["rate"] = canadian.rate.map { .string($0.text) } ?? .null
        object["rate_date"] = canadian.rate.map { .string($0.day.description) } ?? .null
        object["rate_source"] = canadian.rate.map { .string($0.source) } ?? .null
        return object
    }

    private static func members(of sum: UsageSum) -> JSONObject {
        var object: JSONObject = ["requests": JSON(sum.requests)]
        for outcome in CustodyRecord.Outcome.allCases where outcome != .open {
            object[outcome.rawValue] = JSON(sum.outcomes[outcome] ?? 0)
        }
        object["input_tokens"] = JSON(sum.tokens.input)
        object["cached_input_tokens"] = JSON(sum.tokens.cachedInput)
        object["cache_write_tokens"] = JSON(sum.tokens.cacheWrite)
        object["output_tokens"] = JSON(sum.tokens.output)
        object["reasoning_tokens"] = JSON(sum.tokens.reasoning)
        object["cost_usd"] = .string(sum.cost.description)
        object["charge_usd"] = .string(sum.charge.description)
        return object
    }

    /// A spreadsheet takes what begins with one of these letters for a formula.
    private static let formulaStarts: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]

    private static func field(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "" }
        guard let text = value.string else { return value.text() }
        let safe = text.first.map(formulaStarts.contains) == true ? "'" + text : text
        guard safe.contains(where: { "\",\r\n".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
