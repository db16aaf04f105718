internal import Domain

/// Telephone numbers: the North American plan, E.164 with its prefixes, and other countries' own forms in context.
extension Scan {
    /// What begins with a plus sign or a parenthesis. Reads the chain.
    mutating func signedPhone(at start: Int) -> Entity? {
        let isPlus = text.byte(start) == UInt8(ascii: "+")
        guard isPlus || text.byte(start + 1).isDigit || text.byte(start + 1) == UInt8(ascii: "+") else { return nil }
        guard !text.byte(start - 1).isAlphanumeric else { return nil }
        let hasPlus = isPlus || text.byte(start + 1) == UInt8(ascii: "+")
        var first = start + (isPlus || !hasPlus ? 1 : 2)
        if isPlus {
            first = text.skippingSpaces(first, atMost: 1)
            if text.byte(first) == UInt8(ascii: "(") { first += 1 }
        }
        guard text.byte(first).isDigit else { return nil }
        chain.read(at: first, in: text)
        guard chain.count > 0 else { return nil }
        guard let entity = hasPlus ? internationalNumber(after: 0) : parenthesizedNumber() else { return nil }
        return Entity(.phone, at: start..<entity.range.upperBound, certainty: entity.certainty)
    }

    /// `(613) 555-0142`, `(020) 7946 0958`.
    private func parenthesizedNumber() -> Entity? {
        guard chain.count > 1, chain.groups[1].separator == .parenthesis else { return nil }
        return phoneNumber()
    }

    func phoneNumber() -> Entity? {
        northAmericanNumber() ?? prefixedNumber() ?? nationalPhoneNumber()
    }

    /// How far a topic may be for a number that could be anything.
    private var isPhoneExpected: Bool {
        context.isNearest(.phone, within: 8) || (context.isNearest(.number, within: 3) && isReferenceFar)
    }

    private var isReferenceFar: Bool {
        !context.isNear(.reference, within: 8) && !context.isNear(.card, within: 8)
            && !context.isNear(.health, within: 8)
            && !context.isNear(.sin, within: 8) && !context.isNear(.ssn, within: 8)
    }

    /// `1-613-555-0142`, `613.555.0142`, `6135550142` in context, and `555-0142` in context.
    private func northAmericanNumber() -> Entity? {
        let first = chain.shape(1) == 1 && chain.value(0) == 1 ? 1 : 0
        if let count = groupsOfNorthAmerican(from: first) {
            let last = first + count - 1
            let area = Int(chain.digits[first]) * 100 + Int(chain.digits[first + 1]) * 10 + Int(chain.digits[first + 2])
            let exchange = chain.digits[first + 3]
            guard NumberingPlan.isNXX(area), exchange >= 2 else { return nil }
            if chain.groups[first + 1].separator == .dot, context.isNear(.version, within: 3), !isPhoneExpected {
                return nil
            }
            guard
                isPhoneExpected || followsPhone
                    || (NumberingPlan.isAssigned(areaCode: area) && !isReference(unless: .phone))
            else {
                return nil
            }
            return phone(endingWith: last)
        }
        guard isPhoneExpected || followsPhone else { return nil }
        return bareNorthAmericanNumber(from: first)
    }

    /// How many groups write ten digits with separators that say that it is a telephone number.
    private func groupsOfNorthAmerican(from first: Int) -> Int? {
        let isSeries = chain.count > first + 3 && chain.groups[first + 3].separator == .space
        if chain.shape(3, from: first) == 0x334 {
            let separators = (chain.groups[first + 1].separator, chain.groups[first + 2].separator)
            if separators == (.space, .space), isSeries, !isPhoneExpected { return nil }
            return separators.1 == .slash ? nil : 3
        }
        if chain.shape(4, from: first) == 0x3322, !chain.isSeparated(first + 1...first + 3, by: .dot) { return 4 }
        if chain.shape(2, from: first) == 0x37, chain.groups[first + 1].separator != .slash {
            return isPhoneExpected || followsPhone || chain.groups[first + 1].separator == .parenthesis ? 2 : nil
        }
        return nil
    }

    private func bareNorthAmericanNumber(from first: Int) -> Entity? {
        let digits = chain.digits
        switch chain.shape(1, from: first) {
        case 10 where digits[first] >= 2 && digits[first + 3] >= 2: return phone(endingWith: first)
        case 11 where digits[0] == 1 && digits[1] >= 2 && digits[4] >= 2: return phone(endingWith: first)
        case 7 where first == 0 && digits[0] >= 2 && digits[1] != 0:
            return context.isNearest(.phone, within: 3) ? phone(endingWith: 0) : nil
        case 3 where first == 0 && chain.shape(2) == 0x34 && digits[0] >= 2:
            guard chain.isSeparated(1...1, by: .dash, .dot, .space), context.isNearest(.phone, within: 4) else {
                return nil
            }
            return phone(endingWith: 1)
        default: return nil
        }
    }

    /// Whether "is my cell" or the like comes behind a bare number.
    private var followsPhone: Bool {
        guard chain.count > 0, let last = chain.groups.prefix(3).last(where: { $0.total <= 11 }), last.total >= 10
        else {
            return false
        }
        return !context.isNear(.reference, within: 6)
            && follows(.topic(.phone), after: last.range.upperBound, within: 4)
    }

    /// `011 44 20 7946 0958`, `0033 6 …`, `00 33 6 …`; in context also without a prefix.
    private func prefixedNumber() -> Entity? {
        guard chain.digits.count > 8, !isHexadecimal else { return nil }
        if chain.digits[0] != 0 {
            // "WhatsApp 44 7700 900123"
            return chain.digits.count > 10 && context.isNearest(.phone, within: 4) ? internationalNumber(after: 0) : nil
        }
        let hasParts = chain.count > 2 || isPhoneExpected
        if chain.digits[1] == 0, chain.digits[2] != 0, hasParts { return internationalNumber(after: 2) }
        if chain.digits[1] == 1, chain.digits[2] == 1, chain.shape(1) == 3 || isPhoneExpected, hasParts {
            return internationalNumber(after: 3)
        }
        return nil
    }

    /// The longest number of E.164 whose digits follow a prefix of the chain.
    private func internationalNumber(after prefix: Int) -> Entity? {
        guard let country = NumberingPlan.country(of: chain.digits.dropFirst(prefix)) else { return nil }
        if country.code == 1 {
            let area = chain.digits.dropFirst(prefix + 1).prefix(4).map(Int.init)
            guard area.count == 4, area[0] >= 2, area[3] >= 2 else { return nil }
        }
        var (best, trunk): (Int?, Int) = (nil, 0)
        for (index, group) in chain.groups.enumerated() {
            // `+44 (0)20`: the zero is dialed only inside of the country.
            if group.separator == .parenthesis, chain.value(index) == 0, group.range.count == 1 { trunk = 1 }
            let national = group.total - prefix - country.length - trunk
            if national > country.national.upperBound + (trunk == 0 && index > 0 && country.code != 1 ? 1 : 0) { break }
            if national >= country.national.lowerBound { best = index }
            if group.separator == .slash || group.separator == .spacedDash { break }
        }
        guard let best else { return nil }
        return phone(endingWith: best, certainty: 240)
    }

    /// With a zero before the area, as in most countries; `06 12 34 56 78` also without a word for it.
    private func nationalPhoneNumber() -> Entity? {
        guard chain.digits.count >= 9, chain.digits[0] == 0, chain.digits[1] != 0 else { return nil }
        if chain.shape(5) == 0x22222, chain.isSeparated(1...4, by: .space, .dot, .dash), !isReference(unless: .phone),
            !isHexadecimal
        {
            return phone(endingWith: 4)
        }
        let hasParentheses = chain.count > 1 && chain.groups[1].separator == .parenthesis
        guard context.isNearest(.phone, within: 8) || hasParentheses || isBritish else { return nil }
        var best: Int?
        for (index, group) in chain.groups.enumerated() where (9...12).contains(group.total) { best = index }
        guard let best, chain.groups[...best].allSatisfy({ $0.separator != .slash }) else { return nil }
        return phone(endingWith: best)
    }

    /// The groups of a British number are telling: `07700 900123`, `020 7946 0958`, `0113 496 0123`.
    private var isBritish: Bool {
        guard chain.digits[1] != 0, !isReference(unless: .phone) else { return false }
        if chain.shape(2) == 0x56 { return chain.count == 2 && chain.groups[1].separator == .space }
        guard chain.count == 3, chain.isSeparated(1...2, by: .space) else { return false }
        return (chain.shape(3) == 0x344 && chain.digits[1] == 2) || (chain.shape(3) == 0x434 && chain.digits[1] == 1)
    }

    /// Whether pairs go on before or behind five pairs of digits, as in a dump of bytes.
    private var isHexadecimal: Bool {
        guard chain.shape(1) == 2 else { return false }
        func isPair(at offset: Int) -> Bool {
            text.byte(offset).hexadecimal != nil && text.byte(offset + 1).hexadecimal != nil
                && text.endsWord(at: offset + 2)
        }
        let end = chain.groups[min(4, chain.count - 1)].range.upperBound
        return (text.byte(chain.start - 1) == 0x20 && isPair(at: chain.start - 3) && text.endsWord(at: chain.start - 4))
            || (text.byte(end) == 0x20 && isPair(at: end + 1))
    }

    private func phone(endingWith last: Int, certainty: UInt8 = 220) -> Entity? {
        guard endsNumber(with: last) || text.byte(chain.groups[last].range.upperBound) == UInt8(ascii: "x") else {
            return nil
        }
        let end = endOfExtension(after: chain.groups[last].range.upperBound)
        return Entity(.phone, at: chain.start..<end, certainty: certainty)
    }

    /// The end of `ext. 44`, `x44`, `, poste 3` behind a number; else the offset itself.
    private func endOfExtension(after end: Int) -> Int {
        var offset = text.skippingSpaces(end)
        if text.byte(offset) == UInt8(ascii: ",") || text.byte(offset) == UInt8(ascii: ";") {
            offset = text.skippingSpaces(offset + 1)
        }
        if text.byte(offset) == UInt8(ascii: "(") { offset += 1 }
        if text.byte(offset) == UInt8(ascii: "#") {
            offset += 1
        } else {
            guard let word = vocabulary.word(at: offset, in: text), word.meaning.contains(.phoneExtension) else {
                return end
            }
            offset = word.range.upperBound
            if text.byte(offset) == UInt8(ascii: ".") || text.byte(offset) == UInt8(ascii: ":") { offset += 1 }
            offset = text.skippingSpaces(offset, atMost: 2)
            if text.byte(offset) == UInt8(ascii: "#") { offset += 1 }
        }
        let digits = offset
        while text.byte(offset).isDigit, offset - digits < 7 { offset += 1 }
        return (1...6).contains(offset - digits) && text.endsWord(at: offset) ? offset : end
    }

    /// Whether a topic is named in the next words of the sentence.
    func follows(_ meaning: Meaning, after end: Int, within limit: Int) -> Bool {
        var (offset, words) = (end, 0)
        while words < limit, offset - end < 48 {
            if let word = vocabulary.word(at: offset, in: text) {
                if !word.meaning.isDisjoint(with: meaning) { return true }
                (words, offset) = (words + 1, word.range.upperBound)
            } else if [UInt8(ascii: "\n"), UInt8(ascii: "."), UInt8(ascii: ";"), 0].contains(text.byte(offset)) {
                return false
            } else {
                offset += 1
            }
        }
        return false
    }
}
