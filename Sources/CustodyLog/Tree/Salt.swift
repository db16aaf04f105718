import Domain

/// 16 random bytes, made for one record, that only the key's owner learns. Prints as `<redacted>`.
public struct Salt: Hashable, Sendable {
    /// The first eight bytes, in big-endian order.
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public init(using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next())
    }

    /// - Parameter bytes: 16 of them; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(high: Self.word(bytes.prefix(8)), low: Self.word(bytes.suffix(8)))
    }

    /// Reads 32 lower-case hex digits; nil for any other form.
    public init?(hex: String) {
        guard let bytes = Hexadecimal.decoded(hex) else { return nil }
        self.init(bytes: bytes)
    }

    public static let byteCount = 16

    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
    /// 32 lower-case digits.
    public var hex: String { bytes.hex }

    private static func word(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

extension Salt: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
