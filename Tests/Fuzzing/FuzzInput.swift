/// One run's bytes: two that choose among what there is to try, three lengths of pieces, and the text.
package struct FuzzInput {
    /// What isn't used up of the choice.
    private var choice: Int
    private let lengths: [Int]
    package var text: [UInt8]

    package static let headLength = 5

    /// Nil for bytes that are too few to have a text.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.headLength else { return nil }
        choice = Int(bytes[0]) << 8 | Int(bytes[1])
        lengths = bytes[2..<Self.headLength].map { max(1, Int($0)) }
        text = Array(bytes[Self.headLength...])
    }

    /// One of so many. Each call decides something else, in the order of the calls.
    package mutating func choose(of count: Int) -> Int {
        defer { choice /= count }
        return choice % count
    }

    /// The text in pieces of the three lengths, over and over. Each is an array of its own, so that the address sanitizer
    /// sees who reads beyond it.
    package var pieces: [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        while start < text.count {
            let end = min(text.count, start + lengths[pieces.count % lengths.count])
            pieces.append(Array(text[start..<end]))
            start = end
        }
        return pieces
    }

    /// The bytes of a run that makes these choices: what ``init(_:)`` reads.
    ///
    /// - Parameter choices: pairs of what ``choose(of:)`` gives, and of how many.
    package static func bytes(choosing choices: [(Int, of: Int)], lengths: [UInt8], text: [UInt8]) -> [UInt8] {
        let choice = choices.reversed().reduce(0) { $0 * $1.of + $1.0 }
        return [UInt8(truncatingIfNeeded: choice >> 8), UInt8(truncatingIfNeeded: choice)] + lengths.prefix(3) + text
    }
}
