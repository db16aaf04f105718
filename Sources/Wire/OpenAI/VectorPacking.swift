/// The work of writing a reply's vectors as Base64 of little-endian numbers of single precision, which is what SDKs ask for
/// and not every server knows. It can be done on any thread.
///
/// Everything else stays byte for byte, and so does a vector that can't be said like that: one with something in it that
/// is no number, or none of single precision.
public struct VectorPacking: Sendable {
    private let reply: [UInt8]
    private let vectors: [Range<Int>]

    /// Bytes of the reply.
    public var size: Int { reply.count }

    /// - Parameter vectors: as ``ChatReplyFacts`` has them.
    public init(of reply: [UInt8], vectors: [Range<Int>]) {
        self.reply = reply
        self.vectors = vectors
    }

    public func run() -> [UInt8] {
        var packed: [UInt8] = []
        packed.reserveCapacity(reply.count)
        reply.withUnsafeBytes { append($0, to: &packed) }
        return packed
    }

    private func append(_ text: UnsafeRawBufferPointer, to packed: inout [UInt8]) {
        var position = 0
        var numbers: [UInt8] = []
        for vector in vectors {
            numbers.removeAll(keepingCapacity: true)
            guard Self.append(numbersOf: text[rebasing: vector], to: &numbers) else { continue }
            packed.append(contentsOf: text[position..<vector.lowerBound])
            packed.append("\"")
            numbers.withUnsafeBytes { Base64.append($0, to: &packed) }
            packed.append("\"")
            position = vector.upperBound
        }
        packed.append(contentsOf: text[position...])
    }

    /// Whether all elements are numbers of single precision. The array is known to be JSON.
    private static func append(numbersOf vector: UnsafeRawBufferPointer, to bytes: inout [UInt8]) -> Bool {
        do throws(JSONError) {
            var scanner = try JSONScanner(vector)
            try scanner.enterArray()
            while try scanner.nextElement() {
                let value = try scanner.skipValue()
                let digits = String(decoding: vector[rebasing: value.range], as: UTF8.self)
                guard value.kind == .number, let number = Float(digits), number.isFinite else { return false }
                withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
            return true
        } catch {
            return false
        }
    }
}
