internal import Domain

/// ISO 13616: a country, two check digits, and as many characters as the country has.
extension Scan {
    func ibanAt(_ word: Word) -> Entity? {
        let start = word.range.lowerBound
        guard word.range.count == 2, !word.isAccented else { return nil }
        let length = Self.ibanLength(text.byte(start) & 0xDF, text.byte(start + 1) & 0xDF)
        guard length > 0, text.byte(start + 2).isDigit, text.byte(start + 3).isDigit else { return nil }
        var (offset, count, check, spaces) = (start, 0, Remainder(), 0)
        while count < length {
            let byte = text.byte(offset)
            if byte.isAlphanumeric {
                check.add(byte, at: count)
                (count, offset, spaces) = (count + 1, offset + 1, 0)
            } else {
                let gap = max(text.space(at: offset), text.dash(at: offset))
                guard gap > 0, spaces == 0 else { return nil }
                (offset, spaces) = (offset + gap, 1)
            }
        }
        guard text.endsWord(at: offset) else { return nil }
        let isExpected = context.isNear(.iban, within: 5) || columns.isAbout(.iban)
        guard check.isOne || isExpected else { return nil }
        return Entity(.iban, at: start..<offset, certainty: check.isOne ? 255 : 235)
    }

    /// Of ISO 7064, MOD 97-10; the first four characters count last.
    private struct Remainder {
        private var value = 0
        private var head: (Int, Int, Int, Int) = (0, 0, 0, 0)

        mutating func add(_ byte: UInt8, at index: Int) {
            let number = byte.isDigit ? Int(byte &- 0x30) : Int((byte | 0x20) &- 0x61) + 10
            switch index {
            case 0: head.0 = number
            case 1: head.1 = number
            case 2: head.2 = number
            case 3: head.3 = number
            default: value = Self.appending(number, to: value)
            }
        }

        private static func appending(_ number: Int, to value: Int) -> Int {
            (value * (number > 9 ? 100 : 10) + number) % 97
        }

        var isOne: Bool {
            var value = value
            for number in [head.0, head.1, head.2, head.3] { value = Self.appending(number, to: value) }
            return value == 1
        }
    }

    /// The lengths of the IBAN registry, release 99, and, in the last line, of countries that use the form without being
    /// in it; zero for another country.
    private static let ibanLengths: [UInt8] = {
        let registry = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29
            ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
            LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29
            PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20
            YE30
            AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28
            """
        var table = [UInt8](repeating: 0, count: 26 * 26)
        for entry in registry.split(whereSeparator: \.isWhitespace) {
            let bytes = Array(entry.utf8)
            table[Int(bytes[0] - 65) * 26 + Int(bytes[1] - 65)] = (bytes[2] - 48) * 10 + bytes[3] - 48
        }
        return table
    }()

    private static func ibanLength(_ first: UInt8, _ second: UInt8) -> Int {
        guard first.isUppercase, second.isUppercase else { return 0 }
        return Int(ibanLengths[Int(first &- 65) * 26 + Int(second &- 65)])
    }
}
