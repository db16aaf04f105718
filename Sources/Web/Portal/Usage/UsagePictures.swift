import Domain

/// The charts of the page of usage: requests, tokens and dollars, by day or, for a longer time, by a few days together.
struct UsagePictures {
    let ask: UsageAsk
    /// By day, and by what the pictures tell apart.
    let rows: [UsageRow]
    /// What a key is called.
    let name: (APIKey.ID) -> String
    let language: Language

    /// More bars would be too thin, and their table too long.
    private static let mostBars = 35
    private static let shown = 4

    /// Days that one bar stands for.
    private var step: Int {
        let count = Int(ask.days.upperBound.daysSince1970 - ask.days.lowerBound.daysSince1970) + 1
        return [1, 7, 14].first { (count + $0 - 1) / $0 <= Self.mostBars } ?? 14
    }

    private var starts: [CalendarDate] {
        let count = Int(ask.days.upperBound.daysSince1970 - ask.days.lowerBound.daysSince1970) + 1
        return stride(from: 0, to: count, by: step).map { ask.days.lowerBound.adding(days: $0) }
    }

    var html: HTML {
        let charts = [
            chart("requests", language.say("Requests", "Requêtes"), groups { Double($0.requests) }),
            chart("tokens", language.say("Tokens", "Jetons"), tokens),
            chart("dollars", language.say("US dollars", "Dollars américains"), groups { $0.charge.dollars }),
        ]
        return "\(charts)"
    }

    private func chart(_ id: String, _ title: String, _ series: [Chart.Series]) -> HTML {
        let spans = step == 1 ? "" : language.say(", \(step) days a bar", ", \(step) jours par barre")
        let chart = Chart(id: id, title: title + spans, days: starts, series: series, in: language)
        return "<h2>\(title)</h2>\(HTML(made: chart.html))"
    }

    private func values(_ rows: [UsageRow], _ value: (UsageSum) -> Double) -> [Double] {
        var sums = starts.map { _ in 0.0 }
        for row in rows {
            guard let day = row.day, ask.days.contains(day) else { continue }
            sums[Int(day.daysSince1970 - ask.days.lowerBound.daysSince1970) / step] += value(row.sum)
        }
        return sums
    }

    /// The largest, and the others together.
    private func groups(_ value: (UsageSum) -> Double) -> [Chart.Series] {
        let byGroup = Dictionary(grouping: rows) { (ask.grouping == .route ? $0.route : $0.key) ?? "" }
        let sums = byGroup.mapValues { rows in rows.reduce(0) { $0 + value($1.sum) } }
        let order = byGroup.keys.sorted { (sums[$0] ?? 0, $1) > (sums[$1] ?? 0, $0) }
        var series = order.prefix(Self.shown).map { group in
            Chart.Series(name: label(group), values: values(byGroup[group] ?? [], value))
        }
        let rest = order.dropFirst(Self.shown).flatMap { byGroup[$0] ?? [] }
        if !rest.isEmpty {
            series.append(Chart.Series(name: language.say("Others", "Autres"), values: values(rest, value)))
        }
        return series
    }

    private func label(_ group: String) -> String {
        guard !group.isEmpty else { return language.say("no route", "sans route") }
        return ask.grouping == .key ? name(group) : group
    }

    private var tokens: [Chart.Series] {
        let classes: [(name: String, value: (TokenUsage) -> Int)] = [
            (language.say("input", "entrée"), \.input),
            (language.say("cached input", "entrée en cache"), \.cachedInput),
            (language.say("cache write", "écriture de cache"), \.cacheWrite),
            (language.say("output", "sortie"), \.output),
            (language.say("reasoning", "raisonnement"), \.reasoning),
        ]
        return classes.map { one in
            Chart.Series(name: one.name, values: values(rows) { Double(one.value($0.tokens)) })
        }.filter { series in series.values.contains { $0 > 0 } }
    }
}

extension Money {
    /// For pictures: digits beyond a Double's are lost.
    var dollars: Double { Double(picodollars) / 1e12 }
}
