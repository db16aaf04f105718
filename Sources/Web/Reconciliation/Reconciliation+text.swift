import Domain
package import Wire

extension Reconciliation {
    /// What differs first of all, and how many agree.
    package var lines: [String] {
        let titles: [(verdict: Verdict, title: String)] = [
            (.differs, "Differs:"), (.onlyOurs, "Only we have:"), (.onlyTheirs, "Only the provider has:"),
        ]
        var lines: [String] = []
        for (verdict, title) in titles {
            let found = rows.filter { $0.verdict == verdict }
            if !found.isEmpty { lines += [title] + found.flatMap(\.lines) }
        }
        return lines + [
            "\(count(.agrees)) agree, \(count(.differs)) differ, \(count(.onlyOurs)) only we have, "
                + "\(count(.onlyTheirs)) only the provider has (days and models)."
        ]
    }

    package var json: JSONObject {
        var summary: JSONObject = [:]
        for verdict in Verdict.allCases { summary[verdict.rawValue] = JSON(count(verdict)) }
        return ["summary": .object(summary), "rows": .array(rows.map { .object($0.json) })]
    }
}

extension Reconciliation.Row {
    fileprivate var lines: [String] {
        let (own, other) = (ours ?? BilledSum(), theirs ?? BilledSum())
        return ["  \(place.day)  \(place.model.printable)"]
            + [
                ("input tokens", own.input, other.input), ("output tokens", own.output, other.output),
                ("US dollars", own.cost, other.cost),
            ].filter { $0.1 != 0 || $0.2 != 0 }.map { name, ours, theirs in
                let difference = Reconciliation.difference(ours, theirs).map { " (\(Self.percent($0)) %)" } ?? ""
                return "    \(name): ours \(Self.text(ours)), theirs \(Self.text(theirs))\(difference)"
            }
    }

    fileprivate var json: JSONObject {
        let (own, other) = (ours ?? BilledSum(), theirs ?? BilledSum())
        let difference = { (ours: Int128, theirs: Int128) -> JSON in
            Reconciliation.difference(ours, theirs).map { .string(Self.percent($0)) } ?? .null
        }
        return [
            "day": .string(place.day.description), "model": .string(place.model), "verdict": .string(verdict.rawValue),
            "ours": ours.map { .object(Self.json($0)) } ?? .null,
            "theirs": theirs.map { .object(Self.json($0)) } ?? .null,
            "difference_percent": [
                "input_tokens": difference(own.input, other.input),
                "output_tokens": difference(own.output, other.output), "cost_usd": difference(own.cost, other.cost),
            ],
        ]
    }

    private static func json(_ sum: BilledSum) -> JSONObject {
        [
            "input_tokens": .string(text(sum.input)), "output_tokens": .string(text(sum.output)),
            "cost_usd": .string(text(sum.cost)),
        ]
    }

    static func text(_ number: Int128) -> String { Money(picodollars: number).description }

    /// With two decimals.
    static func percent(_ number: Double) -> String {
        guard number.magnitude < 1e12 else { return number < 0 ? "less than -1e12" : "more than 1e12" }
        let hundredths = Int64((number * 100).rounded())
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "+")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
