/// How much there was in the last 60 seconds.
///
/// It counts in whole seconds, and the second that is only partly within the minute counts whole: so no span of 60 seconds
/// ever holds more than was admitted, wherever it begins. A bucket that is filled again at the turn of each minute would
/// let twice as much through within seconds.
struct MinuteWindow {
    /// The current second, and the 60 before it.
    private static let span: Int64 = 61

    /// By the second modulo the span.
    private var amounts = [Int](repeating: 0, count: Int(span))
    private var newest = Int64.min
    private(set) var sum = 0

    /// Forgets what has left the window. A clock that was set back stands still meanwhile.
    mutating func advance(to second: Int64) {
        guard second > newest else { return }
        let isFarAhead = newest == .min || second - newest >= Self.span
        if isFarAhead {
            for index in amounts.indices { amounts[index] = 0 }
            sum = 0
        } else {
            for gone in newest + 1...second {
                sum -= amounts[Self.index(gone)]
                amounts[Self.index(gone)] = 0
            }
        }
        newest = second
    }

    /// Counts an amount as of the current second.
    ///
    /// - Returns: that second, for ``correct(by:at:)``.
    mutating func add(_ amount: Int) -> Int64 {
        change(by: amount, at: newest)
        return newest
    }

    /// Makes what was counted in a second more or less, as long as that is within the window.
    mutating func correct(by difference: Int, at second: Int64) {
        guard second <= newest, second > newest - Self.span else { return }
        change(by: difference, at: second)
    }

    private mutating func change(by difference: Int, at second: Int64) {
        let index = Self.index(second)
        let amount = max(0, Self.sum(amounts[index], difference))
        sum = Self.sum(sum, amount - amounts[index])
        amounts[index] = amount
    }

    /// Seconds until an amount has room under a limit; nil where it never will.
    func wait(for amount: Int, under limit: Int) -> Int64? {
        guard amount <= limit else { return nil }
        var rest = sum
        for age in (0..<Self.span).reversed() where newest != .min {
            if rest <= limit - amount { return Self.span - 1 - age }
            rest -= amounts[Self.index(newest - age)]
        }
        return rest <= limit - amount ? Self.span : nil
    }

    /// Seconds until all of it has left.
    var emptyAfter: Int64 {
        guard sum > 0, let age = (0..<Self.span).first(where: { amounts[Self.index(newest - $0)] > 0 }) else {
            return 0
        }
        return Self.span - age
    }

    private static func index(_ second: Int64) -> Int { Int(second.floorRemainder(by: span)) }

    private static func sum(_ one: Int, _ other: Int) -> Int {
        let (sum, isTooMuch) = one.addingReportingOverflow(other)
        return isTooMuch ? .max : sum
    }
}
