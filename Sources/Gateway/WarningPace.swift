import Domain

/// Keeps a warning that may come with every request from filling the log: a minute has one line of a kind for a route.
struct WarningPace {
    private struct Subject: Hashable {
        let route: Route.ID
        let kind: String
    }

    private struct Line {
        let time: Timestamp
        /// Since then.
        var leftOut = 0
    }

    private var last: [Subject: Line] = [:]
    private static let interval: Range<Int64> = 0..<60_000_000

    /// - Parameter kind: one of a short fixed list.
    /// - Returns: how many were left out since the line before; nil where this one is left out, too.
    mutating func next(of kind: String, for route: Route.ID, at now: Timestamp) -> Int? {
        let subject = Subject(route: route, kind: kind)
        // A clock that was set back keeps nobody silent.
        if let line = last[subject], Self.interval.contains(now.microseconds &- line.time.microseconds) {
            last[subject]?.leftOut += 1
            return nil
        }
        return last.updateValue(Line(time: now), forKey: subject)?.leftOut ?? 0
    }
}
