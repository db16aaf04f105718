/// What a token is a part of.
package enum Tag: UInt8, CaseIterable, Sendable {
    case other, firstOfPerson, person, firstOfPlace, place

    package var isPerson: Bool { self == .firstOfPerson || self == .person }
    package var isPlace: Bool { self == .firstOfPlace || self == .place }
}

/// Scores of all tags at once; there are five, the other lanes stay zero.
package typealias Scores = SIMD8<Int16>

/// An averaged perceptron with hashed features: adds up the rows of weights of a token's features.
///
/// M. Collins, Discriminative Training Methods for Hidden Markov Models, EMNLP 2002.
package struct Tagger {
    private let weights: UnsafeRawBufferPointer
    private let file: DataFile

    package init(_ file: DataFile) throws(DataFileError) {
        weights = try file.bytes(of: .weights)
        guard weights.count == (1 << Int(Features.bits)) * 16 else { throw .damaged(.weights) }
        self.file = file
    }

    @inline(__always)
    func scores(_ rows: UnsafeMutableBufferPointer<UInt32>, count: Int) -> Scores {
        var sum = Scores.zero
        // Rows are below 2^bits by their making, and the initializer compared the length with that.
        for index in 0..<count {
            sum &+= weights.loadUnaligned(fromByteOffset: Int(rows[index]) &* 16, as: Scores.self)
        }
        return sum
    }

    /// The tag of each token, and by how much a name was ahead of none.
    package func tags(of tokens: [Token], bias: Int16) -> (tags: [Tag], margins: [Int16]) {
        var tags = [Tag](repeating: .other, count: tokens.count)
        var margins = [Int16](repeating: 0, count: tokens.count)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Features.limit) { rows in
            for index in tokens.indices {
                let last = index > 0 ? tags[index - 1] : .other
                guard Self.isWorthAsking(tokens[index], last: last) else { continue }
                let beforeLast = index > 1 ? tags[index - 2] : .other
                let count = Features.write(
                    tokens, at: index, last: last.rawValue, beforeLast: beforeLast.rawValue, into: rows)
                var sum = scores(rows, count: count)
                sum[0] = sum[0] &- bias &+ Self.doubt(tokens[index])
                (tags[index], margins[index]) = Self.best(sum, last: last)
            }
        }
        return (tags, margins)
    }

    /// Ordinary words in lower case among capitals are seldom names, even if some people bear them: `ta`, `daisy`.
    private static func doubt(_ token: Token) -> Int16 {
        token.letterCase == .lower && token.regime == .ordinary && !token.facts.isDisjoint(with: .word) ? 200 : 0
    }

    package static func isWorthAsking(_ token: Token, last: Tag) -> Bool {
        switch token.kind {
        case .word: last != .other || !token.isPlainWord
        case .initial: true
        case .code:
            token.facts.isDisjoint(with: [.nameField, .placeField]) && !token.facts.isDisjoint(with: [.given, .family])
        case .number: !token.marks.isDisjoint(with: [.startsPlace, .continuesPlace])
        case .sign: last != .other && token.marks.contains(.continuesPlace)
        case .lineBreak, .structured: false
        }
    }

    /// The best tag, and by how much the best name was ahead of none.
    ///
    /// A person or place can only go on where one has begun.
    package static func best(_ scores: Scores, last: Tag) -> (Tag, Int16) {
        var best = Tag.firstOfPerson
        for tag in [Tag.person, .firstOfPlace, .place] where isAllowed(tag, after: last) {
            if scores[Int(tag.rawValue)] > scores[Int(best.rawValue)] { best = tag }
        }
        let lead = scores[Int(best.rawValue)].subtractingReportingOverflow(scores[0]).partialValue
        return (lead > 0 ? best : .other, lead)
    }

    @inline(__always)
    package static func isAllowed(_ tag: Tag, after last: Tag) -> Bool {
        switch tag {
        case .person: last.isPerson
        case .place: last.isPlace
        case .other, .firstOfPerson, .firstOfPlace: true
        }
    }
}

// The pointer is into the file, which is kept and never changes.
extension Tagger: @unchecked Sendable {}
