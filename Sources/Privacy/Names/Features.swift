/// What the tagger looks at: numbers of rows in its table of weights.
///
/// The trainer asks this same code, so that what is learned is what is used.
package struct Features {
    package static let bits: UInt32 = 17
    /// No token has more.
    package static let limit = 72

    private let rows: UnsafeMutableBufferPointer<UInt32>
    private var count = 0
    private var kind: UInt32 = 0

    /// - Parameter rows: at least ``limit`` of them.
    package static func write(
        _ tokens: [Token], at index: Int, last: UInt8, beforeLast: UInt8, into rows: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        var features = Features(rows: rows)
        features.write(tokens, at: index, last: UInt32(last), beforeLast: UInt32(beforeLast))
        return features.count
    }

    private init(rows: UnsafeMutableBufferPointer<UInt32>) {
        self.rows = rows
    }

    @inline(__always)
    private mutating func add(_ value: UInt32, _ other: UInt32 = 0) {
        kind &+= 0x9E37_79B9
        guard count < rows.count else { return }
        var hash = (value ^ kind) &* 0x85EB_CA6B
        hash ^= hash >> 15
        hash = (hash ^ other) &* 0xC2B2_AE35
        rows[count] = hash >> (32 - Self.bits)
        count += 1
    }

    @inline(__always)
    private mutating func write(_ tokens: [Token], at index: Int, last: UInt32, beforeLast: UInt32) {
        let none = Token(.lineBreak, 0, 0)
        let token = tokens[index]
        let before = index > 0 ? tokens[index - 1] : none
        let before2 = index > 1 ? tokens[index - 2] : none
        let next = index + 1 < tokens.count ? tokens[index + 1] : none
        let next2 = index + 2 < tokens.count ? tokens[index + 2] : none
        let shape = token.shape | UInt32(token.regime.rawValue) << 10
        writeOwn(token, shape)
        writeNeighbors(token, shape, before, before2, next, next2)
        writeTags(token, shape, before, next, last, beforeLast)
        writePlace(token, shape, before, next)
        writeFarther(tokens, index, token, shape, before, next)
    }

    @inline(__always)
    private mutating func writeOwn(_ token: Token, _ shape: UInt32) {
        let starts = UInt32(token.marks.rawValue & 3)
        add(shape)
        add(token.fine)
        add(token.fine, shape)
        add(token.fine, shape << 2 | starts)
        add(token.coarse, shape << 2 | starts)
        add(token.word)
        add(token.word, shape)
        add(token.prefix >> 8, UInt32(token.letterCase.rawValue))
        add(token.suffix & 0xFFFF, shape)
        add(token.suffix & 0xFFFFFF, UInt32(token.letterCase.rawValue))
        add(token.suffix, UInt32(token.letterCase.rawValue))
        add(UInt32(min(token.count, 12)), shape)
    }

    @inline(__always)
    private mutating func writeNeighbors(
        _ token: Token, _ shape: UInt32, _ before: Token, _ before2: Token, _ next: Token, _ next2: Token
    ) {
        let own = token.coarse << 13 ^ shape
        add(before.context)
        add(before.context, own)
        add(before.context, shape)
        add(next.context)
        add(next.context, own)
        add(next.context, shape)
        add(before2.context)
        add(before2.context, before.context)
        add(before2.context ^ shape << 9, before.context)
        add(next2.context)
        add(next.context, next2.context)
        add(before.context, next.context)
        add(before.context &+ own, next.context)
        add(before.coarse << 10 ^ before.shape, own)
        add(next.coarse << 10 ^ next.shape, own)
        add(before.coarse << 16 ^ next.coarse, own)
        add(before.fine, shape)
        add(next.fine, shape)
        add(before.word, shape)
        add(next.word, shape)
    }

    @inline(__always)
    private mutating func writeTags(
        _ token: Token, _ shape: UInt32, _ before: Token, _ next: Token, _ last: UInt32, _ beforeLast: UInt32
    ) {
        let own = token.coarse << 13 ^ shape
        let tags = last << 3 | beforeLast
        add(last)
        add(tags)
        add(tags, own)
        add(last, shape)
        add(last, token.fine)
        add(last, before.context)
        add(tags ^ before.context, own)
        add(last ^ next.context, own)
        add(last, token.suffix & 0xFFFFFF)
    }

    @inline(__always)
    private mutating func writePlace(_ token: Token, _ shape: UInt32, _ before: Token, _ next: Token) {
        let own = token.coarse << 13 ^ shape
        add(token.field, shape)
        add(token.fieldFacts.rawValue, shape)
        add(token.fieldFacts.rawValue, own)
        add(token.phrase << 8 | before.phrase, shape)
        let hints = before.facts.intersection([.title, .relation, .role, .action, .placeHint, .calendar, .particle])
        add(hints.rawValue, own)
        let follow = next.facts.intersection([.title, .relation, .role, .action, .placeHint, .calendar, .state])
        add(follow.rawValue, own)
        add(hints.rawValue, follow.rawValue ^ shape)
    }

    /// The nearest words, whatever signs stand between.
    @inline(__always)
    private mutating func writeFarther(
        _ tokens: [Token], _ index: Int, _ token: Token, _ shape: UInt32, _ before: Token, _ next: Token
    ) {
        let own = token.coarse << 13 ^ shape
        if before.kind == .sign, index > 1 {
            add(tokens[index - 2].context, before.word ^ own)
            if index > 2 { add(tokens[index - 3].context, shape) }
        }
        kind = 0x1000_0001
        if next.kind == .sign, index + 2 < tokens.count {
            add(tokens[index + 2].context, next.word ^ own)
        }
        kind = 0x2000_0003
        if index > 2 { add(tokens[index - 3].context, shape) }
        kind = 0x3000_0005
        if index + 3 < tokens.count { add(tokens[index + 3].context, shape) }
        kind = 0x4000_0007
        if before.marks.contains(.startsSentence) { add(before.word, own) }
    }
}
