/// An amount in US dollars, held as whole pico-dollars (10⁻¹² USD), so that sums are exact.
public struct Money: Hashable, Comparable, Sendable {
    public let picodollars: Int128

    public init(picodollars: Int128) { self.picodollars = picodollars }
    public static let zero = Money(picodollars: 0)

    public static func + (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars + right.picodollars)
    }

    public static func - (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars - right.picodollars)
    }

    public static func < (left: Money, right: Money) -> Bool { left.picodollars < right.picodollars }
}

extension Money {
    /// Reads dollars in decimal, such as `12.50`. Nil for more than nine digits before the point and twelve behind it, for
    /// signs and exponents.
    public init?(dollars text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.map({ String($0) }), 1...9 ~= whole.utf8.count else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : "0"
        guard 1...12 ~= fraction.utf8.count, (whole + fraction).utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let dollars = Int128(whole),
            let rest = Int128(fraction + String(repeating: "0", count: 12 - fraction.utf8.count))
        else { return nil }
        picodollars = dollars * 1_000_000_000_000 + rest
    }
}

extension Money {
    /// The same with a minus sign before it, where there is less than nothing.
    public init?(signedDollars text: String) {
        guard let amount = Money(dollars: text.hasPrefix("-") ? text.dropFirst() : text[...]) else { return nil }
        self = text.hasPrefix("-") ? Money.zero - amount : amount
    }
}

extension Money: CustomStringConvertible {
    /// Dollars in decimal with no more digits than needed, such as `0.0000415`.
    public var description: String {
        let magnitude = picodollars.magnitude
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000_000)
        let digits = String(fraction)
        let padded = String(repeating: "0", count: 12 - digits.utf8.count) + digits
        let kept = padded.lastIndex { $0 != "0" }.map { padded[...$0] } ?? ""
        return "\(picodollars < 0 ? "-" : "")\(whole)\(kept.isEmpty ? "" : ".")\(kept)"
    }
}

/// A price per token. Micro-dollars per million tokens are pico-dollars per token, so price lists convert exactly.
public struct TokenPrice: Hashable, Comparable, Sendable {
    public let picodollars: UInt64

    public init(picodollars: UInt64) { self.picodollars = picodollars }

    /// Reads dollars per million tokens in decimal, such as `0.125`. Nil for more than six decimals, signs and exponents.
    public init?(dollarsPerMillion text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 9 else { return nil }
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard 1...6 ~= fraction.utf8.count, (whole + fraction).utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let dollars = UInt64(whole),
            let micros = UInt64(fraction + String(repeating: "0", count: 6 - fraction.utf8.count))
        else { return nil }
        picodollars = dollars * 1_000_000 + micros
    }

    public static func < (left: TokenPrice, right: TokenPrice) -> Bool { left.picodollars < right.picodollars }

    func times(_ tokens: Int) -> Money { Money(picodollars: Int128(picodollars) * Int128(tokens)) }
}

extension TokenPrice: CustomStringConvertible {
    /// Dollars per million tokens.
    public var description: String { Money(picodollars: Int128(picodollars) * 1_000_000).description }
}

/// Prices by token class.
public struct TokenPrices: Hashable, Sendable {
    public let input: TokenPrice
    public let cachedInput: TokenPrice
    public let cacheWrite: TokenPrice
    public let output: TokenPrice
    public let reasoning: TokenPrice

    /// Classes that a price list doesn't name cost what they are a part of.
    public init(
        input: TokenPrice, cachedInput: TokenPrice? = nil, cacheWrite: TokenPrice? = nil, output: TokenPrice,
        reasoning: TokenPrice? = nil
    ) {
        self.input = input
        self.cachedInput = cachedInput ?? input
        self.cacheWrite = cacheWrite ?? input
        self.output = output
        self.reasoning = reasoning ?? output
    }

    /// The most that so many tokens can come to, whichever classes they are of.
    func most(input: Int, output: Int) -> Money {
        max(self.input, cachedInput, cacheWrite).times(input) + max(self.output, reasoning).times(output)
    }

    public func total(for usage: TokenUsage) -> Money {
        input.times(usage.input) + cachedInput.times(usage.cachedInput) + cacheWrite.times(usage.cacheWrite)
            + output.times(usage.output) + reasoning.times(usage.reasoning)
    }
}

/// A route's prices as they stood when a request was served.
public struct PriceSnapshot: Hashable, Sendable {
    /// Names this version of the prices; it is recorded with each request.
    public let id: String
    /// What the upstream charges.
    public let cost: TokenPrices
    /// What we charge.
    public let charge: TokenPrices
    /// Dearer prices for the whole request when its prompt has more tokens than a threshold.
    public let longPrompt: LongPrompt?

    public struct LongPrompt: Hashable, Sendable {
        public let aboveTokens: Int
        public let cost: TokenPrices
        public let charge: TokenPrices

        public init(aboveTokens: Int, cost: TokenPrices, charge: TokenPrices) {
            self.aboveTokens = aboveTokens
            self.cost = cost
            self.charge = charge
        }
    }

    public init(id: String, cost: TokenPrices, charge: TokenPrices, longPrompt: LongPrompt? = nil) {
        self.id = id
        self.cost = cost
        self.charge = charge
        self.longPrompt = longPrompt
    }

    /// The most that a request is charged which uses so many tokens at the most.
    public func mostCharge(input: Int, output: Int) -> Money {
        let usual = charge.most(input: input, output: output)
        guard let longPrompt, input > longPrompt.aboveTokens else { return usual }
        return max(usual, longPrompt.charge.most(input: input, output: output))
    }

    /// What a request comes to.
    ///
    /// - Parameter basis: where the counts come from.
    public func charge(for usage: TokenUsage, by basis: Charge.Basis = .providerCounts) -> Charge {
        let long = longPrompt.flatMap { usage.prompt > $0.aboveTokens ? $0 : nil }
        return Charge(
            cost: (long?.cost ?? cost).total(for: usage), charge: (long?.charge ?? charge).total(for: usage),
            priceSnapshot: id, basis: basis)
    }
}

/// Tokens by class. The classes don't overlap: their sum is what was processed.
public struct TokenUsage: Hashable, Sendable {
    public let input: Int
    public let cachedInput: Int
    public let cacheWrite: Int
    public let output: Int
    public let reasoning: Int
    /// Whether the provider didn't give all counts, and what is missing is our own estimate.
    public let isEstimated: Bool

    public init(
        input: Int, cachedInput: Int = 0, cacheWrite: Int = 0, output: Int, reasoning: Int = 0,
        isEstimated: Bool = false
    ) {
        self.input = input
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.output = output
        self.reasoning = reasoning
        self.isEstimated = isEstimated
    }

    public var prompt: Int { input + cachedInput + cacheWrite }
}

/// What one request comes to: what the upstream bills us, and what we bill.
public struct Charge: Hashable, Sendable {
    public let cost: Money
    public let charge: Money
    public let priceSnapshot: String
    public let basis: Basis

    /// The rule by which a request was billed: where the counts come from.
    public enum Basis: String, CaseIterable, Sendable {
        case providerCounts = "provider_counts"
        /// The provider gave none, or broke off before it gave all.
        case estimate
        /// The caller left a stream: its input, and the output that had come by then.
        case estimateUntilCancelled = "estimate_until_cancelled"
    }

    public init(cost: Money, charge: Money, priceSnapshot: String, basis: Basis = .providerCounts) {
        self.cost = cost
        self.charge = charge
        self.priceSnapshot = priceSnapshot
        self.basis = basis
    }
}
