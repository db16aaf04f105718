/// Where a request stands in its caller's trace: W3C Trace Context, section 3.2.
public struct TraceContext: Hashable, Sendable {
    /// 128 bits; never 0.
    public let trace: RequestID
    /// The caller's span; never 0.
    public let parent: UInt64
    /// Whether the caller may have kept what it knows of it.
    public let isSampled: Bool

    public init(trace: RequestID, parent: UInt64, isSampled: Bool) {
        self.trace = trace
        self.parent = parent
        self.isSampled = isSampled
    }

    /// Reads a `traceparent`; nil for one that isn't valid, which is as good as none (section 4.3).
    public init?(traceparent bytes: UnsafeRawBufferPointer) {
        guard let version = bytes.hex(0..<2), version != 0xFF else { return nil }
        // Later versions may have more behind it, after a hyphen.
        guard bytes.count == Self.length || version > 0 && bytes.count > Self.length else { return nil }
        let hyphens = [2, 35, 52] + (bytes.count > Self.length ? [Self.length] : [])
        guard hyphens.allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let high = bytes.hex(3..<19), let low = bytes.hex(19..<35), let parent = bytes.hex(36..<52),
            let flags = bytes.hex(53..<55), high | low != 0, parent != 0
        else { return nil }
        self.init(trace: RequestID(high: high, low: low), parent: parent, isSampled: flags & 1 == 1)
    }

    private static let length = 55

    /// What is sent on: version 00, with the sampled flag and no other.
    public var traceparent: String { "00-\(trace.hex)-\(parent.spanHex)-\(isSampled ? "01" : "00")" }

    /// A `tracestate` that may be sent on: up to 32 members and 512 characters (section 3.3); nil for any other.
    public static func state(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard 1...512 ~= bytes.count, bytes.allSatisfy({ 0x20...0x7E ~= $0 }) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let members = text.split(separator: ",").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
        guard members.count <= 32, members.allSatisfy(isMember) else { return nil }
        return text
    }

    private static func isMember(_ member: Substring) -> Bool {
        let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, 1...256 ~= parts[0].utf8.count, 1...256 ~= parts[1].utf8.count else { return false }
        return parts[0].utf8.allSatisfy(isOfKey) && !parts[1].contains("=")
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}

extension UInt64 {
    /// 16 lower-case hex digits.
    public var spanHex: String {
        let text = String(self, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

extension UnsafeRawBufferPointer {
    /// Up to 16 lower-case hex digits as a number; nil for anything else (section 3.2.2: capitals aren't valid).
    fileprivate func hex(_ range: Range<Int>) -> UInt64? {
        guard range.upperBound <= count, range.count <= 16 else { return nil }
        var value: UInt64 = 0
        for index in range {
            switch self[index] {
            case let digit where UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit: value = value << 4 | UInt64(digit & 15)
            case let digit where UInt8(ascii: "a")...UInt8(ascii: "f") ~= digit:
                value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
