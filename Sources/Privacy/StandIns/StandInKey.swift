/// An organization's secret that its stand-ins are drawn with: 32 bytes.
///
/// Whoever has it can tell which stand-in belongs to a name that he guesses, so it prints as `<redacted>`.
public struct StandInKey: Sendable {
    fileprivate let secret: [UInt8]

    public init(_ bytes: [UInt8]) { secret = bytes }
}

extension StandInKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Draws by HMAC-SHA256 over what is to be replaced, with a key for each scope, so that equal values get equal
/// stand-ins in every process, and nobody without the secret can tell from which value one was made.
struct StandInSource: Sendable {
    private let keyed: KeyedHash

    init(_ key: StandInKey, scope: some Sequence<UInt8>) {
        let text = Array("stand-ins\0".utf8) + Array(scope)
        keyed = KeyedHash(key: KeyedHash(key: key.secret).code(of: text) { Array($0) })
    }

    func draws(_ purpose: String, for value: [UInt8]) -> Draws {
        let code = code(purpose, value)
        return Draws(code.0, code.1)
    }

    /// 16 hexadecimal digits that tell two values apart in the audit log without telling what they were.
    func digest(_ purpose: String, of value: [UInt8]) -> String {
        let digits = String(code(purpose, value).0, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func code(_ purpose: String, _ value: [UInt8]) -> (UInt64, UInt64) {
        var text = Array(purpose.utf8)
        text.append(0)
        text.append(contentsOf: value)
        return keyed.code(of: text) {
            (
                $0.loadUnaligned(as: UInt64.self).littleEndian,
                $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
            )
        }
    }
}

/// As many numbers as somebody wants for one value, the same ones each time.
struct Draws: Sendable {
    private var state: UInt64
    private let step: UInt64

    fileprivate init(_ first: UInt64, _ second: UInt64) {
        state = first
        step = second | 1
    }

    /// SplitMix64 with a secret step; the secrecy comes from the HMAC, this only spreads it.
    mutating func next() -> UInt64 {
        state &+= step
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// - Parameter bound: above zero.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
    }

    mutating func digit() -> UInt8 { 0x30 + UInt8(below(10)) }

    mutating func nonzeroDigit() -> UInt8 { 0x31 + UInt8(below(9)) }

    mutating func element(of text: StaticString) -> UInt8 {
        let index = below(text.utf8CodeUnitCount)
        return text.withUTF8Buffer { $0[index] }
    }
}
