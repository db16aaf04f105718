/// What no stand-in of a request may look like: all its words, some pairs of them, and its long numbers.
///
/// Only hashes are kept, which take less than the texts and are compared faster. Two words with one hash cost a
/// stand-in that would have done, and nothing else.
struct RequestWords: Sendable {
    private var words = HashSet()
    /// Pairs of words that are alone too common to be avoided, so those with a digit or of one letter.
    private var pairs = HashSet()
    /// Digits of numbers that are written in several groups, without what is between.
    private var numbers = HashSet()
    private let seed: UInt64

    /// - Parameter seed: what nobody outside knows, so that nobody can make words that collide.
    init(seed: UInt64) {
        self.seed = seed
    }

    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        var last: (word: Word, hash: UInt64)?
        var number = NumberGroups()
        var index = 0
        while let word = Word(after: index, in: text) {
            let hash = hash(text, word.range)
            words.insert(hash)
            if WordBorder.isEscape(at: word.range.lowerBound, in: text), word.range.count > 1 {
                words.insert(self.hash(text, word.range.dropFirst()))
            }
            if let last, last.word.isWeak || word.isWeak { pairs.insert(pair(last.hash, hash)) }
            if let digits = number.next(word, in: text) { add(digits, of: text) }
            index = word.range.upperBound
            last = (word, hash)
        }
    }

    func contains(_ word: [UInt8]) -> Bool {
        words.contains(hash(word))
    }

    func contains(_ first: [UInt8], before second: [UInt8]) -> Bool {
        pairs.contains(pair(hash(first), hash(second)))
    }

    /// Whether a number of these digits is in the request, however it is grouped.
    func contains(digits: [UInt8]) -> Bool {
        let hash = hash(digits)
        return numbers.contains(hash) || words.contains(hash)
    }

    /// Whether a text could be in the request; never false when it is.
    func mayContain(_ form: [UInt8]) -> Bool {
        form.withUnsafeBufferPointer { form in
            var last: Word?
            var index = 0
            while let word = Word(after: index, in: form) {
                let hash = hash(form, word.range)
                guard words.contains(hash) else { return false }
                if let last, last.isWeak || word.isWeak,
                    !pairs.contains(pair(self.hash(form, last.range), hash))
                {
                    return false
                }
                index = word.range.upperBound
                last = word
            }
            return true
        }
    }

    private mutating func add(_ groups: NumberGroups.Run, of text: UnsafeBufferPointer<UInt8>) {
        var digits: [UInt8] = []
        for group in groups.reversed() {
            digits.insert(contentsOf: text[group], at: 0)
            if digits.count > NumberGroups.longest { return }
            if digits.count >= NumberGroups.shortest { numbers.insert(hash(digits)) }
        }
    }
}

extension RequestWords {
    /// A run of letters and digits.
    fileprivate struct Word {
        let range: Range<Int>
        /// Whether it is too common to be told apart alone.
        let isWeak: Bool
        let isNumber: Bool

        init?(after index: Int, in text: UnsafeBufferPointer<UInt8>) {
            var start = index
            while start < text.count, !WordBorder.begins(text[start]) { start += 1 }
            guard start < text.count else { return nil }
            var end = start
            var digits = 0
            while end < text.count, WordBorder.goesOn(text[end]) {
                if text[end] &- 0x30 < 10 { digits += 1 }
                end += 1
            }
            range = start..<end
            isWeak = digits > 0 || end - start == 1
            isNumber = digits == end - start
        }
    }

    /// The last groups of digits that could be of one number.
    fileprivate struct NumberGroups {
        typealias Run = ArraySlice<Range<Int>>

        static let shortest = 7
        static let longest = 20
        private static let most = 6
        private var groups: [Range<Int>] = []

        /// - Returns: the groups that end with this word, when there are two or more.
        mutating func next(_ word: Word, in text: UnsafeBufferPointer<UInt8>) -> Run? {
            guard word.isNumber, word.range.count <= Self.longest else {
                if !groups.isEmpty { groups.removeAll(keepingCapacity: true) }
                return nil
            }
            if let last = groups.last, !areOneNumber(text[last.upperBound..<word.range.lowerBound]) {
                groups.removeAll(keepingCapacity: true)
            }
            if groups.count >= 64 { groups.removeFirst(groups.count - Self.most) }
            groups.append(word.range)
            return groups.count > 1 ? groups.suffix(Self.most) : nil
        }

        private func areOneNumber(_ between: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
            between.count <= 3 && between.allSatisfy { $0 >= 0x80 || " .-()/+".utf8.contains($0) }
        }
    }

    private func hash(_ word: [UInt8]) -> UInt64 {
        word.withUnsafeBufferPointer { hash($0, 0..<$0.count) }
    }

    private func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
        Self.mix(first &+ 0x9E37_79B9_7F4A_7C15, second)
    }

    /// Eight bytes at a time, with the bit set that tells small letters from capitals (and that digits have anyway).
    private func hash(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(text)
        var hash = seed ^ UInt64(range.count) &* 0x9E37_79B9_7F4A_7C15
        var index = range.lowerBound
        while range.upperBound - index >= 8 {
            hash = Self.mix(hash ^ (raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) | Self.small), seed)
            index += 8
        }
        var rest: UInt64 = 0
        while index < range.upperBound {
            rest = rest << 8 | UInt64(text[index])
            index += 1
        }
        return Self.mix(hash ^ (rest | Self.small), 0xA076_1D64_78BD_642F)
    }

    private static let small: UInt64 = 0x2020_2020_2020_2020

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right | 1)
        return product.high ^ product.low
    }
}

/// Numbers of 64 bits that are spread already: one array, no allocation for each.
struct HashSet: Sendable {
    private var slots: [UInt64] = []
    private var count = 0

    mutating func insert(_ hash: UInt64) {
        if (count + 1) * 2 > slots.count { grow() }
        // Zero marks a free slot.
        let hash = max(1, hash)
        let slot = slot(of: hash)
        guard slots[slot] == 0 else { return }
        slots[slot] = hash
        count += 1
    }

    func contains(_ hash: UInt64) -> Bool {
        let hash = max(1, hash)
        return !slots.isEmpty && slots[slot(of: hash)] == hash
    }

    /// The slot that holds the number, or that is free for it; half of all are free.
    private func slot(of hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0, slots[slot] != hash { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: max(256, old.count * 2))
        for hash in old where hash != 0 { slots[slot(of: hash)] = hash }
    }
}
