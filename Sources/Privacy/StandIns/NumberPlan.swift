internal import Domain

/// Which numbers of a type are given to nobody, and how they are written.
enum NumberPlan: Equatable, Sendable {
    case northAmerican(kept: Int)
    case northAmericanLocal
    case french(kept: Int)
    case british(kept: Int)
    case otherPhone(kept: Int)
    case socialSecurity, socialInsurance, card, iban, quebecHealth
    case luhnHealth(digits: Int)
    case other(kept: Int)

    init(_ type: EntityType, _ digits: [UInt8], hasPlus: Bool) {
        let isNumber = digits.allSatisfy { $0 &- 0x30 < 10 }
        switch type {
        case .phone: self = isNumber ? Self.phone(digits, hasPlus) : .other(kept: 0)
        case .usSSN where isNumber && digits.count == 9: self = .socialSecurity
        case .canadianSIN where isNumber && digits.count == 9: self = .socialInsurance
        case .creditCard where isNumber && digits.count > 11: self = .card
        case .iban where digits.count > 8: self = .iban
        case .healthNumber: self = Self.health(digits)
        default: self = .other(kept: 0)
        }
    }

    private static func phone(_ digits: [UInt8], _ hasPlus: Bool) -> Self {
        let digit: (Int) -> UInt8 = { $0 < digits.count ? digits[$0] &- 0x30 : 0 }
        if digits.count == 10, !hasPlus, digit(0) > 1, digit(3) > 1 { return .northAmerican(kept: 0) }
        if digits.count == 11, digit(0) == 1, digit(1) > 1 { return .northAmerican(kept: 1) }
        if digits.count == 7, !hasPlus { return .northAmericanLocal }
        if !hasPlus, digit(0) == 0, digits.count == 10, digit(1) > 0 { return .french(kept: 1) }
        if !hasPlus, digit(0) == 0, digits.count == 11, digit(1) > 0 { return .british(kept: 1) }
        guard hasPlus else { return .otherPhone(kept: digit(0) == 0 ? 1 : 0) }
        if digits.starts(with: "33".utf8), digits.count == 11 { return .french(kept: 2) }
        if digits.starts(with: "44".utf8), digits.count == 12 { return .british(kept: 2) }
        return .otherPhone(kept: min(countryCodeCount(digits), digits.count))
    }

    /// The length of the country code (ITU-T E.164, assigned codes).
    private static func countryCodeCount(_ digits: [UInt8]) -> Int {
        if digits.first == 0x31 || digits.first == 0x37 { return 1 }
        let two = String(decoding: digits.prefix(2), as: UTF8.self)
        return twoDigitCodes.contains(two) ? 2 : 3
    }

    private static let twoDigitCodes = Set(
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
            .split(separator: " ").map(String.init))

    private static func health(_ digits: [UInt8]) -> Self {
        let letters = digits.prefix { $0 &- 0x61 < 26 }.count
        if letters == 4, digits.count == 12, digits[4...].allSatisfy({ $0 &- 0x30 < 10 }) { return .quebecHealth }
        let numbers = digits.prefix { $0 &- 0x30 < 10 }
        if numbers.count == 10, Luhn.isValid(Array(numbers)) { return .luhnHealth(digits: 10) }
        return .other(kept: numbers.count == 10 && digits.first == 0x39 ? 1 : 0)
    }

    var keptCount: Int {
        switch self {
        case .northAmerican(let kept), .french(let kept), .british(let kept), .otherPhone(let kept), .other(let kept):
            kept
        default: 0
        }
    }
}

extension NumberPlan {
    /// How people and machines group as many digits.
    func groups(of count: Int) -> [[Int]] {
        switch (self, count) {
        case (.northAmerican, 10): [[3, 3, 4]]
        case (.northAmericanLocal, 7): [[3, 4]]
        case (.french, 9): [[1, 2, 2, 2, 2]]
        case (.socialSecurity, 9): [[3, 2, 4]]
        case (.socialInsurance, 9): [[3, 3, 3]]
        case (.card, 16): [[4, 4, 4, 4]]
        case (.card, 15): [[4, 6, 5]]
        case (.quebecHealth, 12): [[4, 4, 4]]
        case (.luhnHealth, 10), (.other, 10): [[4, 3, 3]]
        case (.luhnHealth, 12): [[4, 3, 3, 2]]
        case (.iban, _): [Array(repeating: 4, count: count / 4) + (count % 4 == 0 ? [] : [count % 4])]
        default: []
        }
    }

    /// What may stand before the number proper without a separator.
    var prefixes: [[UInt8]] {
        switch self {
        case .northAmerican: [Array("1".utf8)]
        case .french: [Array("0".utf8), Array("33".utf8)]
        case .british: [Array("0".utf8), Array("44".utf8)]
        default: []
        }
    }
}

extension NumberPlan {
    /// A number of the same length.
    ///
    /// - Parameter attempt: later ones leave the reserved range, when it is used up.
    func drawn(for main: [UInt8], _ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        let isLate = attempt > 64
        switch self {
        case .northAmerican: return Self.northAmerican(isLate, &draws)
        case .northAmericanLocal: return Self.fill(isLate ? "555" : "55501", main.count, &draws)
        case .french: return Self.fill(isLate ? Self.first(main) : Self.frenchReserved(main), main.count, &draws)
        case .british:
            return Self.fill(isLate ? Self.first(main) : main.first == 0x37 ? "7700900" : "2079460", main.count, &draws)
        case .socialSecurity: return Self.socialSecurity(&draws)
        case .socialInsurance: return Luhn.completed(Self.fill("0", 8, &draws))
        case .card: return Luhn.completed(Self.fill(Self.cardPrefix(main), main.count - 1, &draws))
        case .iban: return IBANDraw.drawn(for: main, &draws)
        case .quebecHealth: return Self.quebecHealth(main, &draws)
        case .luhnHealth(let digits):
            return Luhn.completed(Self.fill(String(1 + draws.below(8)), digits - 1, &draws))
                + Self.sameShape(Array(main[digits...]), &draws)
        case .otherPhone, .other: return Self.sameShape(main, &draws)
        }
    }

    private static func fill(_ prefix: String, _ count: Int, _ draws: inout Draws) -> [UInt8] {
        var digits = Array(prefix.utf8.prefix(max(0, count)))
        while digits.count < count { digits.append(draws.digit()) }
        return digits
    }

    private static func first(_ main: [UInt8]) -> String {
        String(decoding: main.prefix(1), as: UTF8.self)
    }

    /// Digits for digits, letters for letters; a leading zero stays one, and no other becomes one.
    static func sameShape(_ main: [UInt8], _ draws: inout Draws) -> [UInt8] {
        main.enumerated().map { index, byte in
            if byte &- 0x30 >= 10 { return draws.element(of: "abcdefghjkmnpqrstuvwxyz") }
            return index > 0 ? draws.digit() : byte == 0x30 ? byte : draws.nonzeroDigit()
        }
    }

    /// 555-0100 to 555-0199 of any area are kept for fiction (ATIS-0300115).
    private static func northAmerican(_ isLate: Bool, _ draws: inout Draws) -> [UInt8] {
        fill(areas[draws.below(areas.count)] + (isLate ? "555" : "55501"), 10, &draws)
    }

    private static let areas =
        "204 226 236 249 250 289 306 343 365 403 416 418 431 437 438 450 506 514 519 579 581 587 604 613 639 647 705 709 778 780 807 819 825 867 873 902 905 212 213 214 215 303 305 312 313 314 404 412 415 503 505 512 602 608 612 615 617 619 702 704 713 716 801 802 804 808 816 901 907"
        .split(separator: " ").map(String.init)

    /// Numbers for fiction (ARCEP, decision 2022-1583, annex).
    private static func frenchReserved(_ main: [UInt8]) -> String {
        switch main.first {
        case 0x36, 0x37: "63998"
        case 0x32: "26191"
        case 0x33: "35301"
        case 0x34: "46571"
        case 0x35: "53649"
        default: "19900"
        }
    }

    /// Areas from 900 are never issued, and groups up to 49 there are no taxpayer numbers either.
    private static func socialSecurity(_ draws: inout Draws) -> [UInt8] {
        let group = 1 + draws.below(49)
        var digits = fill("9", 3, &draws) + [0x30 + UInt8(group / 10), 0x30 + UInt8(group % 10)]
        for _ in 0..<3 { digits.append(draws.digit()) }
        return digits + [draws.nonzeroDigit()]
    }

    /// Of the numbers that card networks give out for tests.
    private static func cardPrefix(_ main: [UInt8]) -> String {
        let two = String(decoding: main.prefix(2), as: UTF8.self)
        return switch two {
        case "34", "37": "378282"
        case "36", "38", "39", "30": "305693"
        case "35": "356600"
        case "62", "81": "620000"
        case "60", "64", "65": "601111"
        case "50", "56", "57", "58", "63", "67", "68", "69": "676770"
        case "22", "23", "24", "25", "26", "27": "222300"
        case "51", "52", "53", "54", "55": "555555"
        default: main.first == 0x34 ? "400000" : two
        }
    }

    /// Four letters of a name, then year, month (women: plus 50) and day of birth, and two more digits.
    private static func quebecHealth(_ main: [UInt8], _ draws: inout Draws) -> [UInt8] {
        let isFemale = main[6] >= 0x35
        let month = 1 + draws.below(12) + (isFemale ? 50 : 0)
        let day = 1 + draws.below(28)
        var code = (0..<4).map { $0 == 1 ? draws.element(of: "aeiou") : draws.element(of: "bcdfghlmnprstv") }
        code += fill("", 2, &draws)
        for digit in [month / 10, month % 10, day / 10, day % 10] { code.append(0x30 + UInt8(digit)) }
        return code + fill("", 2, &draws)
    }
}

/// The check digit of cards and of many public numbers (ISO/IEC 7812-1, annex B).
enum Luhn {
    static func isValid(_ digits: [UInt8]) -> Bool {
        sum(digits, doubledFirst: false) % 10 == 0
    }

    /// The digits with their check digit.
    static func completed(_ digits: [UInt8]) -> [UInt8] {
        digits + [0x30 + UInt8((10 - sum(digits, doubledFirst: true) % 10) % 10)]
    }

    private static func sum(_ digits: [UInt8], doubledFirst: Bool) -> Int {
        var isDoubled = doubledFirst
        return digits.reversed().reduce(0) { sum, byte in
            defer { isDoubled.toggle() }
            let digit = Int(byte &- 0x30) * (isDoubled ? 2 : 1)
            return sum + digit / 10 + digit % 10
        }
    }
}

/// An account number that no bank has, with a valid checksum (ISO 13616, mod 97).
enum IBANDraw {
    static func drawn(for main: [UInt8], _ draws: inout Draws) -> [UInt8] {
        let country = Array(main.prefix(2))
        var account: [UInt8] = []
        for (index, byte) in main.dropFirst(4).enumerated() {
            let isDigit = byte &- 0x30 < 10
            // No country has a bank 9999 or XXXX.
            account.append(
                index < 4
                    ? (isDigit ? 0x39 : 0x78) : isDigit ? draws.digit() : draws.element(of: "abcdefghjklmnprstuvwxyz"))
        }
        let check = 98 - remainder(of: account + country + Array("00".utf8))
        return country + [0x30 + UInt8(check / 10), 0x30 + UInt8(check % 10)] + account
    }

    static func remainder(of digits: [UInt8]) -> Int {
        digits.reduce(0) { rest, byte in
            let value = byte &- 0x30 < 10 ? Int(byte &- 0x30) : Int((byte | 0x20) &- 0x61) + 10
            return (rest * (value > 9 ? 100 : 10) + min(value, 35)) % 97
        }
    }
}
