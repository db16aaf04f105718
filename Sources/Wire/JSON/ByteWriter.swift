/// Writes text into memory that is there already.
///
/// For what is written for each request: appending to an array asks each time whether the array is shared and has room,
/// which for the many short pieces of a record costs more than the pieces. Nothing is ever written beyond the memory; it
/// is only counted, so that whoever made the writer knows how much it would have taken.
public struct ByteWriter: ~Copyable {
    @usableFromInline let buffer: UnsafeMutableBufferPointer<UInt8>
    @usableFromInline var taken = 0

    /// Bytes that were written, or would have been.
    public var count: Int { taken }

    /// - Parameter buffer: memory that outlives the writer; it needn't be initialized.
    public init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer.bindMemory(to: UInt8.self) }

    public mutating func append(_ byte: UInt8) {
        if taken < buffer.count { buffer[taken] = byte }
        taken += 1
    }

    /// A literal becomes a few stores where this is called: with a call for each, the members' names of a record cost more
    /// than their values.
    @inlinable @inline(__always)
    public mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    @inlinable @inline(__always)
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress, let target = buffer.baseAddress, bytes.count <= buffer.count - taken {
            UnsafeMutableRawPointer(target + taken).copyMemory(from: source, byteCount: bytes.count)
        }
        taken += bytes.count
    }

    public mutating func append(text: String) { Self.visit(text) { append($0) } }

    /// A string that is to become contiguous has to be a variable, and so another reference to the same text, which is
    /// counted.
    private static func visit(_ text: String, _ use: (UnsafeRawBufferPointer) -> Void) {
        guard text.utf8.withContiguousStorageIfAvailable({ use(UnsafeRawBufferPointer($0)) }) == nil else { return }
        var text = text
        text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a string as JSON, with its quotes. Only what must be escaped is.
    public mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        Self.visit(text) { append(escaping: $0) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping text: UnsafeRawBufferPointer) {
        guard text.firstToEscape(from: 0) < text.count else { return append(text) }
        var escaped: [UInt8] = []
        escaped.append(escaping: text)
        append(escaped)
    }

    /// Appends a whole number in decimal digits.
    public mutating func append(decimal number: Int) {
        if number < 0 { append("-") }
        append(digits: UInt64(number.magnitude))
    }

    /// Appends a whole number in decimal digits.
    public mutating func append(decimal number: Int128) {
        guard let small = UInt64(exactly: number) else { return append(text: String(number)) }
        append(digits: small)
    }

    /// Appends a size in hexadecimal digits, as chunks of HTTP have it.
    public mutating func append(hexadecimal size: Int) {
        let length = max(1, (67 - size.leadingZeroBitCount) / 4)
        append(atMost: length) { digits in
            for index in 0..<length {
                let digit = UInt8(truncatingIfNeeded: size >> (4 * (length - 1 - index)) & 15)
                digits[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            return length
        }
    }

    private mutating func append(digits number: UInt64) {
        var length = 1
        var rest = number / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        append(atMost: length) { digits in
            var rest = number
            for index in stride(from: length - 1, through: 0, by: -1) {
                digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return length
        }
    }

    /// Appends what a function writes into memory of this size.
    ///
    /// - Parameter fill: returns how many bytes it wrote.
    public mutating func append(atMost limit: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        guard limit <= buffer.count - taken else {
            taken += limit
            return
        }
        taken += fill(UnsafeMutableBufferPointer(rebasing: buffer[taken..<taken + limit]))
    }
}

extension [UInt8] {
    /// The bytes that a function writes. It is called once more where they are more than expected.
    ///
    /// - Parameter expected: bytes for which there is room at once.
    public init(expecting expected: Int, _ write: (inout ByteWriter) -> Void) {
        var needed = expected
        self = [UInt8](unsafeUninitializedCapacity: expected) { needed = ByteWriter.fill($0, &$1, write) }
        guard needed > expected else { return }
        self = [UInt8](unsafeUninitializedCapacity: needed) { _ = ByteWriter.fill($0, &$1, write) }
    }
}

extension ByteWriter {
    /// - Returns: how many bytes it takes.
    fileprivate static func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, _ initialized: inout Int, _ write: (inout ByteWriter) -> Void
    ) -> Int {
        var writer = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
        write(&writer)
        initialized = min(writer.count, writer.buffer.count)
        return writer.count
    }
}
