import Crypto
import Domain
import Wire

extension PriceSnapshot {
    /// SHA-256 of the prices in their fixed form, as hex digits.
    var digest: String { SHA256.hash(data: Array(canonicalText.utf8)).hex }

    /// The same under a name that differs wherever the prices do: whoever edits a price may forget the file's version.
    var namedByDigest: PriceSnapshot {
        PriceSnapshot(id: "\(id)-\(digest.prefix(8))", cost: cost, charge: charge, longPrompt: longPrompt)
    }
}

extension PriceVersion {
    init(_ offered: CatalogRoute, at now: Timestamp) {
        let prices = offered.route.prices
        self.init(
            id: prices.id, route: offered.route.id, sha256: prices.digest, firstInForce: now, source: offered.source,
            prices: JSON.object(prices.json).text())
    }
}

extension PriceSnapshot {
    /// What providers charge, too: for the operator.
    fileprivate var json: JSONObject {
        var object: JSONObject = ["cost": .object(cost.json), "charge": .object(charge.json)]
        if let longPrompt {
            object["long_prompt"] = [
                "above_tokens": JSON(longPrompt.aboveTokens), "cost": .object(longPrompt.cost.json),
                "charge": .object(longPrompt.charge.json),
            ]
        }
        return object
    }
}

extension TokenPrices {
    fileprivate var json: JSONObject {
        [
            "input": .string(input.description), "cached_input": .string(cachedInput.description),
            "cache_write": .string(cacheWrite.description), "output": .string(output.description),
            "reasoning": .string(reasoning.description),
        ]
    }
}
