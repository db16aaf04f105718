internal import Domain

extension Scan {
    /// What begins at a digit; the offset to go on from.
    mutating func number(at start: Int) -> Int {
        let isFresh = !continuesIdentifier(start)
        context.seeNumber()
        if isFresh {
            chain.read(at: start, in: text)
            if let end = take(address(at: start) ?? numbered()) { return end }
            if let end = endOfVersion() {
                // "From version 1.2.3.4 to 1.3.0.0": what follows is another one.
                context.name(.topic(.version))
                return end
            }
            if chain.count > 0, chain.groups[0].range.count == 4, isYear(chain.value(0)) { context.forget(.birth) }
        }
        var end = start
        while text.byte(end).isDigit { end += 1 }
        return text.endsWord(at: end) ? end : endOfIdentifier(end)
    }

    private func address(at start: Int) -> Entity? {
        ipv4Address() ?? ipv6Address(at: start)
    }

    /// What the chain of digits writes. What the text says comes before what the form says.
    private func numbered() -> Entity? {
        guard chain.count > 0 else { return nil }
        return birthDate() ?? healthNumberInContext() ?? nationalNumberInContext() ?? paymentCard() ?? phoneNumber()
            ?? socialSecurityNumber() ?? socialInsuranceNumber() ?? healthNumber() ?? streetAddress() ?? zipCode()
    }

    /// Whether a number ends with a group: nothing follows that would make it longer.
    func endsNumber(with index: Int) -> Bool {
        let end = chain.groups[index].range.upperBound
        guard text.endsWord(at: end) else { return false }
        guard index + 1 < chain.count else { return true }
        switch chain.groups[index + 1].separator {
        case .dash, .dot: return false
        case .slash: return chain.groups[index + 1].range.count >= 3
        default: return true
        }
    }

    /// Whether another number stands right before the chain.
    var continuesSeries: Bool { text.space(at: chain.start - 1) > 0 && text.byte(chain.start - 2).isDigit }

    /// Whether the text says that a number is an order's, a parcel's or the like, right before it.
    func isReference(unless topic: Topic) -> Bool {
        // "Order number 613-555-0142", but not "Your order is late, 613-555-0142".
        let limit = context.isNear(.number, within: 2) ? 3 : 2
        return context.isInSentence(.reference, within: limit) && !context.isNearest(topic, within: 8)
    }
}
