internal import Domain

/// Post office boxes and rural routes: `PO Box 77`, `C.P. 12`, `case postale 300`, `RR 3 Site 12`, `General Delivery`.
extension Scan {
    func postOfficeBox(at word: Word) -> Entity? {
        let start = word.range.lowerBound
        if word.isCapitalized, word.meaning.contains(.boxPlace), let end = endOfBareBox(word) {
            return Entity(.location, at: start..<end, certainty: 190)
        }
        guard let label = endOfBoxLabel(word) else { return nil }
        var offset = text.skippingSpaces(label.end)
        if text.byte(offset) == UInt8(ascii: "#") { offset = text.skippingSpaces(offset + 1, atMost: 1) }
        guard let end = endOfBoxNumber(at: offset, mayHaveLetter: label.mayHaveLetter) else {
            return label.needsNumber ? nil : Entity(.location, at: start..<label.end, certainty: 200)
        }
        let places = endOfBoxPlaces(after: end)
        // Initials without points mean other things as well: "CP 1252", "BP 120/80".
        guard !word.meaning.contains(.boxInitials) || places > end || closesAddress(end) else { return nil }
        return Entity(.location, at: start..<places, certainty: 215)
    }

    private func closesAddress(_ end: Int) -> Bool {
        [0, UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ")")].contains(text.byte(end))
    }

    /// "Site 5 Comp 8 RR 3", or "Box 300, Iqaluit" without the comma and the town.
    private func endOfBareBox(_ word: Word) -> Int? {
        guard word.meaning.isDisjoint(with: [.ruralRoute, .postOffice]) else { return nil }
        let number = text.skippingSpaces(word.range.upperBound, atMost: 1)
        guard number > word.range.upperBound, let end = endOfBoxNumber(at: number, mayHaveLetter: false) else {
            return nil
        }
        let places = endOfBoxPlaces(after: end)
        if places > end { return places }
        guard word.meaning.contains(.box), end - number > 1, text.byte(end) == UInt8(ascii: ",") else { return nil }
        let town = text.skippingSpaces(end + 1)
        guard let town = vocabulary.word(at: town, in: text), town.isCapitalized else { return nil }
        return text.byte(text.skippingSpaces(town.range.upperBound)).isDigit ? nil : end
    }

    private typealias Label = (end: Int, needsNumber: Bool, mayHaveLetter: Bool)

    private func endOfBoxLabel(_ word: Word) -> Label? {
        let (meaning, end) = (word.meaning, word.range.upperBound)
        if meaning.contains(.postOffice), let box = boxWord(after: end) { return (box, true, true) }
        if meaning.contains(.postWord), let next = nextWord(after: word),
            let office = vocabulary.word(at: next, in: text),
            office.meaning.contains(.officeWord), let box = boxWord(after: office.range.upperBound)
        {
            return (box, true, true)
        }
        if meaning.contains(.ruralRoute), word.isUppercase || text.space(at: end) > 0 { return (end, true, false) }
        if meaning.contains(.general) || meaning.contains(.postOfficeCase) {
            let next = text.skippingSpaces(end, atMost: 1)
            guard next > end, let second = vocabulary.word(at: next, in: text) else { return nil }
            if meaning.contains(.general), second.meaning.contains(.delivery), word.isCapitalized, second.isCapitalized
            {
                return (second.range.upperBound, false, false)
            }
            guard meaning.contains(.postOfficeCase), second.meaning.contains(.topic(.postal)) else { return nil }
            return (second.range.upperBound, true, true)
        }
        return word.range.count == 1
            ? endOfInitials(word)
            : meaning.contains(.boxInitials) && word.isUppercase && text.space(at: end) > 0
                ? (end, true, false) : nil
    }

    /// `P.O. Box`, `P. O. Box`, `C.P.`, `R.R.`
    private func endOfInitials(_ word: Word) -> Label? {
        let end = word.range.upperBound
        guard text.byte(end) == UInt8(ascii: "."), !text.byte(word.range.lowerBound - 1).isAlphanumeric else {
            return nil
        }
        let second = text.skippingSpaces(end + 1, atMost: 1)
        guard text.byte(second + 1) == UInt8(ascii: ".") || text.space(at: second + 1) > 0 else { return nil }
        let close = second + (text.byte(second + 1) == UInt8(ascii: ".") ? 2 : 1)
        switch (text.byte(word.range.lowerBound) & 0xDF, text.byte(second) & 0xDF) {
        case (0x50, 0x4F): return boxWord(after: close).map { ($0, true, true) }
        case (0x43, 0x50), (0x42, 0x50), (0x52, 0x52): return (close, true, false)
        default: return nil
        }
    }

    private func boxWord(after end: Int) -> Int? {
        var offset = text.skippingSpaces(end, atMost: 1)
        if text.byte(offset) == UInt8(ascii: ".") { offset = text.skippingSpaces(offset + 1, atMost: 1) }
        guard let box = vocabulary.word(at: offset, in: text), box.meaning.contains(.box) else { return nil }
        return box.range.upperBound
    }

    private func endOfBoxNumber(at start: Int, mayHaveLetter: Bool) -> Int? {
        var (offset, digits) = (start, 0)
        if mayHaveLetter, text.byte(offset).isUppercase, text.byte(offset + 1).isDigit { offset += 1 }
        while digits < 7, text.byte(offset).isDigit {
            (offset, digits) = (offset + 1, digits + 1)
        }
        guard (1...6).contains(digits) else { return nil }
        return text.endsWord(at: offset) ? offset : nil
    }

    /// Behind "Site 12 Comp 4", "Stn A", "succ. Centre-ville".
    private func endOfBoxPlaces(after end: Int) -> Int {
        var end = end
        for _ in 0..<3 {
            var offset = text.skippingSpaces(end)
            if text.byte(offset) == UInt8(ascii: ",") { offset = text.skippingSpaces(offset + 1) }
            guard offset > end, let place = vocabulary.word(at: offset, in: text), place.meaning.contains(.boxPlace)
            else {
                break
            }
            offset = place.range.upperBound
            if text.byte(offset) == UInt8(ascii: ".") { offset += 1 }
            offset = text.skippingSpaces(offset, atMost: 1)
            if let number = endOfBoxNumber(at: offset, mayHaveLetter: true) {
                end = number
            } else if let name = vocabulary.word(at: offset, in: text), name.isCapitalized {
                end = name.range.upperBound
                if text.byte(end) == UInt8(ascii: "-"), let more = vocabulary.word(at: end + 1, in: text) {
                    end = more.range.upperBound
                }
            } else {
                break
            }
        }
        return end
    }
}
