/// The identity of a request: 128 bits, time-ordered, and also its W3C trace id.
///
/// The first 48 bits are milliseconds since 1970, so that records arrive at the store nearly in the order of its index;
/// the other 80 are random.
public struct RequestID: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public init(at time: Timestamp, random: (UInt16, UInt64)) {
        high = UInt64(truncatingIfNeeded: time.milliseconds) << 16 | UInt64(random.0)
        low = random.1
    }

    /// Reads 32 hex digits, in capitals or not.
    public init?(hex: String) {
        guard hex.utf8.count == 32, hex.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let high = UInt64(hex.prefix(16), radix: 16), let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hex digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: Self.hexLength) { writeHex(into: $0) }
    }

    /// Digits of ``hex``, for ``writeHex(into:)``.
    public static let hexLength = 32

    /// Writes the digits into memory that has room for them.
    ///
    /// - Returns: how many bytes that took.
    public func writeHex(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard buffer.count >= Self.hexLength, let digits = buffer.baseAddress else { return 0 }
        high.writeHex(to: digits)
        low.writeHex(to: digits + 16)
        return Self.hexLength
    }
}

extension RequestID: Comparable {
    /// By time, but for requests of the same millisecond.
    public static func < (left: RequestID, right: RequestID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension RequestID: CustomStringConvertible {
    public var description: String { hex }
}
