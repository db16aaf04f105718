import Crypto
import Synchronization

/// The Merkle tree word for word as RFC 6962, section 2.1, defines it, to hold the log's own against.
final class ReferenceTree: Sendable {
    private let leaves: [[UInt8]]
    private let known = Mutex<[Range<Int>: [UInt8]]>([:])

    init(_ entries: [[UInt8]]) { leaves = entries.map { Self.sha256([0] + $0) } }

    func root(size: Int) -> [UInt8] { size == 0 ? Self.sha256([]) : hash(0..<size) }

    /// PATH(m, D[n]) of section 2.1.1.
    func path(to index: Int, size: Int) -> [[UInt8]] { path(to: index, in: 0..<size) }

    /// PROOF(m, D[n]) of section 2.1.2.
    func proof(from old: Int, size: Int) -> [[UInt8]] { subproof(from: old, in: 0..<size, isWhole: true) }

    private func hash(_ range: Range<Int>) -> [UInt8] {
        if range.count == 1 { return leaves[range.lowerBound] }
        if let hash = known.withLock({ $0[range] }) { return hash }
        let middle = split(range)
        let hash = Self.sha256([1] + hash(range.lowerBound..<middle) + hash(middle..<range.upperBound))
        known.withLock { $0[range] = hash }
        return hash
    }

    private func path(to index: Int, in range: Range<Int>) -> [[UInt8]] {
        guard range.count > 1 else { return [] }
        let middle = split(range)
        return index < middle
            ? path(to: index, in: range.lowerBound..<middle) + [hash(middle..<range.upperBound)]
            : path(to: index, in: middle..<range.upperBound) + [hash(range.lowerBound..<middle)]
    }

    private func subproof(from old: Int, in range: Range<Int>, isWhole: Bool) -> [[UInt8]] {
        if old == range.upperBound { return isWhole ? [] : [hash(range)] }
        let middle = split(range)
        return old <= middle
            ? subproof(from: old, in: range.lowerBound..<middle, isWhole: isWhole) + [hash(middle..<range.upperBound)]
            : subproof(from: old, in: middle..<range.upperBound, isWhole: false) + [hash(range.lowerBound..<middle)]
    }

    /// After the largest power of two that is smaller than the number of leaves.
    private func split(_ range: Range<Int>) -> Int {
        var power = 1
        while power * 2 < range.count { power *= 2 }
        return range.lowerBound + power
    }

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { Array($0) }
    }
}
