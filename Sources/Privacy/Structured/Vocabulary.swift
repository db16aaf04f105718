/// What a word can mean to the recognizers; several things at once.
struct Meaning: OptionSet {
    var rawValue: UInt64

    static let topics: UInt64 = 0xFFFF

    static func topic(_ topic: Topic) -> Meaning { Meaning(rawValue: 1 << UInt64(topic.rawValue)) }

    static let streetType = Meaning(rawValue: 1 << 16)
    /// Also a word of landscape or business: a street needs more to speak for it.
    static let weakStreetType = Meaning(rawValue: 1 << 17)
    /// Stands before the name, as French has it.
    static let frenchStreetType = Meaning(rawValue: 1 << 18)
    static let weakFrenchStreetType = Meaning(rawValue: 1 << 19)
    /// Means a street without a number before it, too.
    static let bareStreetType = Meaning(rawValue: 1 << 20)
    /// Means a street in small letters, too.
    static let plainStreetType = Meaning(rawValue: 1 << 21)
    /// Has a number for a name: "Range Road 233".
    static let numberedRoad = Meaning(rawValue: 1 << 22)
    static let unit = Meaning(rawValue: 1 << 23)
    static let direction = Meaning(rawValue: 1 << 24)
    static let particle = Meaning(rawValue: 1 << 25)
    static let stateCode = Meaning(rawValue: 1 << 26)
    static let stateName = Meaning(rawValue: 1 << 27)
    /// A state's code that is a word as well.
    static let wordlikeCode = Meaning(rawValue: 1 << 28)
    /// What stands before a year, and never before the number of a house.
    static let beforeYear = Meaning(rawValue: 1 << 29)
    /// What stands before an address.
    static let beforeAddress = Meaning(rawValue: 1 << 30)
    static let phoneExtension = Meaning(rawValue: 1 << 31)
    static let ordinalSuffix = Meaning(rawValue: 1 << 32)
    static let of = Meaning(rawValue: 1 << 33)
    /// What happened on a date that isn't one of birth.
    static let otherDate = Meaning(rawValue: 1 << 34)
    /// A day that returns every year.
    static let birthday = Meaning(rawValue: 1 << 35)
    static let postOffice = Meaning(rawValue: 1 << 36)
    static let box = Meaning(rawValue: 1 << 37)
    static let ruralRoute = Meaning(rawValue: 1 << 38)
    static let boxPlace = Meaning(rawValue: 1 << 39)
    static let general = Meaning(rawValue: 1 << 40)
    static let delivery = Meaning(rawValue: 1 << 41)
    /// French for "born", which without its accent is a negation.
    static let born = Meaning(rawValue: 1 << 42)
    static let le = Meaning(rawValue: 1 << 43)
    /// Never a street's name in small letters.
    static let stopword = Meaning(rawValue: 1 << 44)

    /// French for a box, before "postale".
    static let postOfficeCase = Meaning(rawValue: 1 << 45)
    /// "Social" with what follows it tells the two numbers from each other.
    static let social = Meaning(rawValue: 1 << 47)
    static let insurance = Meaning(rawValue: 1 << 48)
    static let security = Meaning(rawValue: 1 << 49)
    static let taxpayer = Meaning(rawValue: 1 << 50)
    /// An abbreviation that means a street in small letters where an address ends.
    static let shortStreetType = Meaning(rawValue: 1 << 51)
    /// Means a street without a number, behind a word of place.
    static let bareEnglishType = Meaning(rawValue: 1 << 52)
    static let famousStreet = Meaning(rawValue: 1 << 53)
    static let onStreet = Meaning(rawValue: 1 << 54)
    /// Stands between what was installed and the host it was installed on.
    static let onHost = Meaning(rawValue: 1 << 55)
    /// Means a street in small letters behind a word such as "at".
    static let smallStreetType = Meaning(rawValue: 1 << 56)
    static let postWord = Meaning(rawValue: 1 << 57)
    static let officeWord = Meaning(rawValue: 1 << 58)
    /// Of a type; its point belongs to it.
    static let abbreviation = Meaning(rawValue: 1 << 59)
    static let boxInitials = Meaning(rawValue: 1 << 46)

    static func month(_ number: UInt64) -> Meaning { Meaning(rawValue: number << 60) }
    var month: Int { Int(rawValue >> 60) }
}

/// The words that the recognizers know, by hash; built once.
struct Vocabulary: Sendable {
    static let shared = Vocabulary()

    private static let mask = 4095
    private var hashes = [UInt64](repeating: 0, count: mask + 1)
    private var meanings = [UInt64](repeating: 0, count: mask + 1)

    private init() {
        for (meaning, words) in Self.entries {
            for word in words.split(separator: " ") {
                var hash = VocabularyHash()
                for byte in word.utf8 { hash.add(byte) }
                insert(hash.value, meaning)
            }
        }
    }

    private mutating func insert(_ hash: UInt64, _ meaning: Meaning) {
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & Self.mask
        while hashes[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & Self.mask }
        hashes[slot] = hash
        meanings[slot] |= meaning.rawValue
    }

    @inline(__always)
    func meaning(of hash: VocabularyHash) -> Meaning {
        var slot = Int(truncatingIfNeeded: hash.value ^ hash.value >> 32) & Self.mask
        while true {
            let found = hashes[slot]
            if found == hash.value { return Meaning(rawValue: meanings[slot]) }
            if found == 0 { return [] }
            slot = (slot + 1) & Self.mask
        }
    }

    /// The word at an offset: letters and what combines with them; nil where no letter stands.
    @inline(__always)
    func word(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Word? {
        guard let first = text.letter(at: start) else { return nil }
        var (hash, end, wasSmall) = (VocabularyHash(), start, false)
        var word = Word(
            range: start..<start, meaning: [], isCapitalized: first.isCapital, isUppercase: true, isAccented: false,
            hasHump: false)
        while let letter = text.letter(at: end) {
            if letter.folded != 0 { hash.add(letter.folded) }
            if letter.second != 0 { hash.add(letter.second) }
            if letter.length > 1 { word.isAccented = true }
            if letter.isCapital {
                if wasSmall { word.hasHump = true }
            } else if letter.folded != 0 {
                word.isUppercase = false
            }
            wasSmall = !letter.isCapital
            end += letter.length
        }
        word.range = start..<end
        word.meaning = meaning(of: hash)
        return word
    }

    /// What the parts of a word such as `birthDate` mean together.
    func meaningOfHumps(in word: Word, of text: UnsafeBufferPointer<UInt8>) -> Meaning {
        var (meaning, hash, wasSmall): (Meaning, VocabularyHash, Bool) = ([], VocabularyHash(), false)
        var offset = word.range.lowerBound
        while offset < word.range.upperBound, let letter = text.letter(at: offset) {
            if letter.isCapital, wasSmall {
                meaning.formUnion(self.meaning(of: hash))
                hash = VocabularyHash()
            }
            hash.add(letter.folded)
            wasSmall = !letter.isCapital
            offset += letter.length
        }
        return meaning.union(self.meaning(of: hash))
    }
}
