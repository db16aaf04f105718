import Privacy

/// Learns the weights of ``Tagger``: an averaged perceptron that also corrects what was right by too little.
struct Perceptron {
    static let lanes = 8
    private static let rowCount = 1 << Int(Features.bits)

    private var weights = [Int32](repeating: 0, count: rowCount * lanes)
    private var sums = [Int64](repeating: 0, count: rowCount * lanes)
    private var step: Int64 = 1

    /// How far the right tag has to be ahead, in units of weights: further ahead of none, for what is missed does harm.
    var margin: Int32 = 40
    var missMargin: Int32 = 110

    /// - Returns: what the weights would have said.
    mutating func learn(_ tokens: [Token], _ gold: [Tag], _ rows: UnsafeMutableBufferPointer<UInt32>) -> [Tag] {
        var tags = [Tag](repeating: .other, count: tokens.count)
        for index in tokens.indices {
            let last = index > 0 ? tags[index - 1] : .other
            guard Tagger.isWorthAsking(tokens[index], last: last) else { continue }
            let beforeLast = index > 1 ? tags[index - 2] : .other
            let count = Features.write(
                tokens, at: index, last: last.rawValue, beforeLast: beforeLast.rawValue, into: rows)
            let right = Self.possible(gold[index], after: last)
            let rows = UnsafeBufferPointer(rebasing: rows[0..<count])
            tags[index] = learn(rows, right, last)
        }
        return tags
    }

    /// A further word begins anew where its first was missed.
    private static func possible(_ tag: Tag, after last: Tag) -> Tag {
        if Tagger.isAllowed(tag, after: last) { return tag }
        return tag == .person ? .firstOfPerson : .firstOfPlace
    }

    private mutating func learn(_ rows: UnsafeBufferPointer<UInt32>, _ right: Tag, _ last: Tag) -> Tag {
        var scores = [Int32](repeating: 0, count: Self.lanes)
        for row in rows {
            for lane in 0..<Tag.allCases.count { scores[lane] += weights[Int(row) * Self.lanes + lane] }
        }
        var said = Tag.other
        for tag in Tag.allCases.dropFirst() where Tagger.isAllowed(tag, after: last) {
            if scores[Int(tag.rawValue)] > scores[Int(said.rawValue)] { said = tag }
        }
        let rival = Self.rival(of: right, scores, last, margin: margin, missMargin: missMargin)
        if let rival {
            for row in rows {
                update(Int(row) * Self.lanes + Int(right.rawValue), 1)
                update(Int(row) * Self.lanes + Int(rival.rawValue), -1)
            }
        }
        step += 1
        return said
    }

    /// The tag that comes too close to the right one.
    private static func rival(of right: Tag, _ scores: [Int32], _ last: Tag, margin: Int32, missMargin: Int32) -> Tag? {
        var rival: (tag: Tag, lead: Int32)?
        for tag in Tag.allCases where tag != right && Tagger.isAllowed(tag, after: last) {
            let needed = tag == .other ? missMargin : margin
            let lead = scores[Int(tag.rawValue)] + needed - scores[Int(right.rawValue)]
            if lead > 0, lead > rival?.lead ?? 0 { rival = (tag, lead) }
        }
        return rival?.tag
    }

    private mutating func update(_ index: Int, _ change: Int32) {
        weights[index] += change
        sums[index] += step * Int64(change)
    }

    /// Keeps thresholds in ``NameRecognizer`` what they are, whatever the templates.
    private static let scale = 4.4
    /// So that no sum of a token's features overflows.
    private static let most = Double(Int(Int16.max) / Features.limit)

    /// The averages as ``Tagger`` reads them.
    func section() -> [UInt8] {
        let averages = weights.indices.map { Double(weights[$0]) - Double(sums[$0]) / Double(step) }
        return averages.flatMap { average -> [UInt8] in
            let weight = Int16(max(-Self.most, min(Self.most, (average * Self.scale).rounded())))
            return [UInt8(UInt16(bitPattern: weight) & 255), UInt8(UInt16(bitPattern: weight) >> 8)]
        }
    }
}
