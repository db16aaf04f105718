/// What a US dollar was worth in Canadian dollars on a day.
public struct ExchangeRate: Hashable, Sendable {
    public let day: CalendarDate
    /// Canadian dollars for a US dollar, as somebody wrote it.
    public let text: String
    /// Who says so, such as `Bank of Canada`.
    public let source: String
    /// The same in trillionths.
    private let trillionths: Int128

    public static let longestSource = 200

    /// Nil for what is no decimal number above zero and below a million with twelve decimals at the most, and for a source
    /// that is empty or too long.
    public init?(day: CalendarDate, text: String, source: String) {
        guard let number = Money(dollars: text)?.picodollars, 1..<(1_000_000 * 1_000_000_000_000) ~= number,
            1...Self.longestSource ~= source.utf8.count
        else { return nil }
        self.day = day
        self.text = text
        self.source = source
        trillionths = number
    }

    /// Exact.
    public func converted(_ amount: Money) -> CanadianAmount {
        CanadianAmount(units: amount.picodollars.saturated(times: trillionths))
    }
}

/// An amount in Canadian dollars that was converted and not rounded: sums are rounded once, when they are shown.
public struct CanadianAmount: Hashable, Sendable {
    /// 10⁻²⁴ dollars: pico-dollars times trillionths.
    private var units: Int128

    public static let zero = CanadianAmount(units: 0)

    fileprivate init(units: Int128) { self.units = units }

    public static func + (left: CanadianAmount, right: CanadianAmount) -> CanadianAmount {
        let (sum, isTooMuch) = left.units.addingReportingOverflow(right.units)
        return CanadianAmount(units: isTooMuch ? (left.units < 0 ? .min : .max) : sum)
    }
}

extension CanadianAmount: CustomStringConvertible {
    /// Dollars with six decimals, rounded half to even (IEEE 754, section 4.3.1).
    public var description: String {
        let unitsInMicro: UInt128 = 1_000_000_000_000_000_000
        var (micros, rest) = units.magnitude.quotientAndRemainder(dividingBy: unitsInMicro)
        if rest * 2 > unitsInMicro || (rest * 2 == unitsInMicro && micros % 2 == 1) { micros += 1 }
        let digits = String(micros % 1_000_000)
        let decimals = String(repeating: "0", count: 6 - digits.utf8.count) + digits
        return "\(units < 0 && micros > 0 ? "-" : "")\(micros / 1_000_000).\(decimals)"
    }
}

extension Int128 {
    fileprivate func saturated(times factor: Int128) -> Int128 {
        let (product, isTooMuch) = multipliedReportingOverflow(by: factor)
        return isTooMuch ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}

/// The rates of some days.
public struct ExchangeRates: Hashable, Sendable {
    /// By day.
    private let rates: [ExchangeRate]

    public init(_ rates: [ExchangeRate]) { self.rates = rates.sorted { $0.day < $1.day } }

    /// The latest that isn't of a later day; nil where there is none.
    public func rate(on day: CalendarDate) -> ExchangeRate? { rates.last { $0.day <= day } }
}

/// Port: rates as somebody has entered them. It waits for the disk.
public protocol ExchangeRateBook: Sendable {
    /// Those that were in force on one of some days: the latest from before as well. By day.
    func exchangeRates(on days: ClosedRange<CalendarDate>) throws -> [ExchangeRate]
    /// Of exactly this day; nil where there is none.
    func exchangeRate(of day: CalendarDate) throws -> ExchangeRate?
    /// Enters a rate, in place of another one of the same day.
    func setExchangeRate(_ rate: ExchangeRate) throws
}
