import Domain

enum PriceMember: String, CatalogMember {
    case input, output, reasoning, charge
    case cachedInput = "cached_input"
    case cacheWrite = "cache_write"
    case longPrompt = "long_prompt"
    case aboveTokens = "above_tokens"

    static let tokenClasses: [PriceMember] = [.input, .output, .cachedInput, .cacheWrite, .reasoning]
}

extension PriceSnapshot {
    /// What the upstream charges, and under `charge`, in the same shape, what we charge: without it, the same.
    init?(id: String, _ reader: MappingReader<PriceMember>) {
        let cost = PriceList(reader)
        let isChargeGiven = reader.contains(.charge)
        let charge = reader.optionalMapping(.charge, allowing: PriceMember.tokenClasses + [.longPrompt])
            .flatMap { PriceList($0) }
        if reader.contains(.aboveTokens) {
            reader.note("stands outside of 'long_prompt'", remedy: "Move it into 'long_prompt'", of: .aboveTokens)
            return nil
        }
        guard let cost, let charge = isChargeGiven ? charge : cost else { return nil }
        guard cost.longPrompt?.aboveTokens == charge.longPrompt?.aboveTokens else {
            // A silent guess would bill long prompts below their cost.
            reader.note(
                "changes its prices at another length of the prompt than the cost",
                remedy: "Give both a 'long_prompt' with the same 'above_tokens', or neither", of: .charge)
            return nil
        }
        self.init(id: id, cost: cost.prices, charge: charge.prices, longPrompt: LongPrompt(cost, charge))
    }
}

extension PriceSnapshot.LongPrompt {
    fileprivate init?(_ cost: PriceList, _ charge: PriceList) {
        guard let costs = cost.longPrompt, let charges = charge.longPrompt else { return nil }
        self.init(aboveTokens: costs.aboveTokens, cost: costs.prices, charge: charges.prices)
    }
}

/// One side's prices: the cost or the charge.
private struct PriceList {
    let prices: TokenPrices
    let longPrompt: (aboveTokens: Int, prices: TokenPrices)?

    init?(_ reader: MappingReader<PriceMember>) {
        let prices = TokenPrices(reader)
        let isLongPromptGiven = reader.contains(.longPrompt)
        let longPrompt = reader.optionalMapping(.longPrompt, allowing: PriceMember.tokenClasses + [.aboveTokens])
            .flatMap { Self.longPrompt($0) }
        guard let prices, !isLongPromptGiven || longPrompt != nil else { return nil }
        self.prices = prices
        self.longPrompt = longPrompt
    }

    private static func longPrompt(_ reader: MappingReader<PriceMember>) -> (aboveTokens: Int, prices: TokenPrices)? {
        let aboveTokens = reader.required(.aboveTokens, .tokens)
        guard let prices = TokenPrices(reader), let aboveTokens else { return nil }
        return (aboveTokens, prices)
    }
}

extension TokenPrices {
    fileprivate init?(_ reader: MappingReader<PriceMember>) {
        let input = reader.required(.input, .price)
        let output = reader.required(.output, .price)
        let cachedInput = reader.optional(.cachedInput, .price)
        let cacheWrite = reader.optional(.cacheWrite, .price)
        let reasoning = reader.optional(.reasoning, .price)
        guard let input, let output else { return nil }
        self.init(
            input: input, cachedInput: cachedInput, cacheWrite: cacheWrite, output: output, reasoning: reasoning)
    }
}
