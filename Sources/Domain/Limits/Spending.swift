/// What a key has been charged, by period, and what requests under way may come to.
public struct Spending: Hashable, Sendable {
    public private(set) var day: CalendarDate
    public private(set) var today: Money
    public private(set) var thisMonth: Money
    public private(set) var total: Money
    /// What requests under way are charged at the most.
    public private(set) var reserved = Money.zero

    /// - Parameter day: what `today` and `thisMonth` are about.
    public init(on day: CalendarDate, today: Money = .zero, thisMonth: Money = .zero, total: Money = .zero) {
        self.day = day
        self.today = today
        self.thisMonth = thisMonth
        self.total = total
    }

    /// Begins another day where the date is one.
    mutating func advance(to date: CalendarDate) {
        guard date > day else { return }
        today = .zero
        if date.monthStart != day.monthStart { thisMonth = .zero }
        day = date
    }

    mutating func reserve(_ amount: Money) { reserved = reserved + amount }

    /// - Parameter date: the day that the request began on.
    mutating func settle(_ amount: Money, reserved reservation: Money, on date: CalendarDate) {
        reserved = reserved - reservation
        total = total + amount
        if date == day { today = today + amount }
        if date.monthStart == day.monthStart { thisMonth = thisMonth + amount }
    }

    /// The first of the budgets that has no room for an amount.
    func limit(struckBy amount: Money, within budget: Budget) -> Limit? {
        let wanted = reserved + amount
        if let most = budget.total, total + wanted > most { return .totalBudget }
        if let most = budget.month, thisMonth + wanted > most { return .monthBudget }
        if let most = budget.day, today + wanted > most { return .dayBudget }
        return nil
    }
}
