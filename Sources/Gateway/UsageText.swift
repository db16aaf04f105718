package import Domain
import Wire

/// Usage as callers get it. Money stands as text in decimal, since no reader of numbers keeps all of its digits.
package enum UsageText {
    /// All in one object, with the total.
    static func json(_ rows: [UsageRow], of query: UsageQuery, _ organization: OrganizationID) -> [UInt8] {
        var total = UsageSum()
        for row in rows { total.add(row.sum) }
        let dimensions = UsageQuery.Dimension.allCases.filter(query.dimensions.contains)
        let answer: JSON = [
            "organization": .string(organization.rawValue), "from": .string(query.days.lowerBound.description),
            "to": .string(query.days.upperBound.description), "currency": "USD",
            "group_by": .array(dimensions.map { .string($0.rawValue) }), "total": .object(members(of: total)),
            "rows": .array(rows.map { .object(members(of: $0)) }),
        ]
        return answer.bytes()
    }

    /// A line for each row.
    package static func ndjson(_ rows: [UsageRow]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            text.append(contentsOf: JSON.object(members(of: row)).bytes())
            text.append("\n")
        }
        return text
    }

    /// RFC 4180, with a line for the names of the columns.
    package static func csv(_ rows: [UsageRow], of query: UsageQuery) -> [UInt8] {
        let dimensions = UsageQuery.Dimension.allCases.filter(query.dimensions.contains).map(\.rawValue)
        let columns = dimensions + members(of: UsageSum()).members.map(\.key)
        var text: [UInt8] = []
        text.append(text: columns.joined(separator: ",") + "\r\n")
        for row in rows {
            let members = members(of: row)
            text.append(text: columns.map { field(members[$0]) }.joined(separator: ",") + "\r\n")
        }
        return text
    }

    private static func members(of row: UsageRow) -> JSONObject {
        var object: JSONObject = [:]
        if let day = row.day { object["day"] = .string(day.description) }
        // Nothing was asked of any route where there is no name.
        if let route = row.route { object["route"] = route.isEmpty ? .null : .string(route) }
        if let key = row.key { object["key"] = .string(key) }
        for member in members(of: row.sum).members { object[member.key] = member.value }
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
