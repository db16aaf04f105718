internal import Domain

/// Codes of Canada Post, the United States Postal Service, Royal Mail and, in context, of others.
extension Scan {
    /// `K1A 0B1`: letter, digit, letter, digit, letter, digit. D, F, I, O, Q and U are never used, W and Z never first.
    func postalCode(at word: Word) -> Entity? {
        let start = word.range.lowerBound
        guard word.range.count == 1, text.byte(start + 1).isDigit, Self.isPostalLetter(text.byte(start + 2)) else {
            return nil
        }
        guard Self.isPostalLetter(text.byte(start)), ![0x57, 0x5A].contains(text.byte(start) & 0xDF) else { return nil }
        let gap = max(text.skippingSpaces(start + 3, atMost: 2) - start - 3, text.dash(at: start + 3))
        let second = start + 3 + gap
        guard text.byte(second).isDigit, Self.isPostalLetter(text.byte(second + 1)), text.byte(second + 2).isDigit,
            text.endsWord(at: second + 3)
        else { return nil }
        let isUpper = text.byte(start).isUppercase && text.byte(start + 2).isUppercase
        guard gap > 0 || (isUpper && !isCode(start, second + 3)) || isPostalExpected(at: start) else { return nil }
        guard text.dash(at: second + 3) == 0 || !text.byte(second + 4).isAlphanumeric else { return nil }
        return Entity(.location, at: start..<second + 3, certainty: 225)
    }

    private static func isPostalLetter(_ byte: UInt8) -> Bool {
        guard byte.isLetter else { return false }
        switch byte & 0xDF {
        case 0x44, 0x46, 0x49, 0x4F, 0x51, 0x55: return false
        default: return true
        }
    }

    /// Whether a code without a space looks like an identifier's part.
    private func isCode(_ start: Int, _ end: Int) -> Bool {
        let (before, next) = (text.byte(start - 1), text.byte(end))
        return [0x2D, 0x2F, 0x23, 0x3D, 0x5F].contains(before) || [0x2D, 0x2F, 0x3D].contains(next)
            || isReference(unless: .postal)
    }

    private func isPostalExpected(at start: Int) -> Bool {
        context.isNear(.postal, within: 5) || columns.isAbout(.postal)
            || (lastLocationEnd >= 0 && start - lastLocationEnd <= 24)
    }

    /// BS 7666: an area that exists, its district, and the inward code. Capitals and one space.
    func britishPostcode(at word: Word) -> Entity? {
        let start = word.range.lowerBound
        guard word.range.count <= 2, word.isUppercase, !word.isAccented else { return nil }
        guard Self.britishAreas.contains(Self.area(text.byte(start), word.range.count == 2 ? text.byte(start + 1) : 0))
        else { return nil }
        var offset = word.range.upperBound
        guard text.byte(offset).isDigit else { return nil }
        offset += 1
        if text.byte(offset).isDigit || text.byte(offset).isUppercase { offset += 1 }
        let gap = text.space(at: offset)
        guard gap > 0 || isPostalExpected(at: start) else { return nil }
        offset += gap
        guard text.byte(offset).isDigit, Self.isInward(text.byte(offset + 1)), Self.isInward(text.byte(offset + 2)),
            text.endsWord(at: offset + 3)
        else { return nil }
        return Entity(.location, at: start..<offset + 3, certainty: 220)
    }

    private static func isInward(_ byte: UInt8) -> Bool {
        byte.isUppercase && ![0x43, 0x49, 0x4B, 0x4D, 0x4F, 0x56].contains(byte)
    }

    private static func area(_ first: UInt8, _ second: UInt8) -> UInt16 { UInt16(first) << 8 | UInt16(second) }

    private static let britishAreas: Set<UInt16> = Set(
        """
        AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G \
        GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW \
        OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC \
        WD WF WN WR WS WV YO ZE
        """.split(separator: " ").map { name in
            let bytes = Array(name.utf8)
            return area(bytes[0], bytes.count > 1 ? bytes[1] : 0)
        })

    /// `58503` and `58503-1234` behind a state; five digits behind a word for it or a street.
    func zipCode() -> Entity? {
        guard chain.shape(1) == 5 else { return nil }
        let isLong = chain.shape(2) == 0x54 && chain.groups[1].separator == .dash
        let last = isLong ? 1 : 0
        guard endsNumber(with: last), isZipExpected || followsState else { return nil }
        return Entity(.location, at: chain.start..<chain.groups[last].range.upperBound, certainty: 210)
    }

    private var isZipExpected: Bool {
        if context.isNearest(.postal, within: 4, of: [.reference, .phone]) || columns.isAbout(.postal) { return true }
        return lastLocationEnd >= 0 && chain.start - lastLocationEnd <= 3
            && text.byte(lastLocationEnd) == UInt8(ascii: ",")
    }

    /// "Bismarck, ND", "Portland, Oregon": a state that stands right before the number, behind a city.
    private var followsState: Bool {
        guard let state = context.lastButOne, let gap = gapToState(state), gap <= 2 else { return false }
        if state.meaning.contains(.stateName), state.isCapitalized { return true }
        guard state.meaning.contains(.stateCode), state.range.count == 2 else { return false }
        let comma =
            text.byte(state.range.lowerBound - 2) == UInt8(ascii: ",")
            || text.byte(state.range.lowerBound - 1) == UInt8(ascii: ",")
        if !state.isUppercase { return comma && !state.meaning.contains(.wordlikeCode) }
        return comma || !state.meaning.contains(.wordlikeCode)
    }

    private func gapToState(_ state: Word) -> Int? {
        var offset = state.range.upperBound
        if text.byte(offset) == UInt8(ascii: ",") { offset += 1 }
        let end = text.skippingSpaces(offset)
        return end == chain.start ? end - offset : nil
    }
}
