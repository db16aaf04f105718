#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The classes of bytes that HTTP tells apart.
enum HTTP1Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let delete: UInt8 = 0x7F

    /// RFC 9110, section 5.6.2. One bit for each byte below 0x80, which needs no table in memory.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        isMember(byte, low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }

    /// What the host and port of a URL consist of (RFC 3986, section 3.2.2): no `@`, no `/`, no space.
    @inline(__always)
    static func isHost(_ byte: UInt8) -> Bool {
        isMember(byte, low: 0x2FFF_7FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    @inline(__always)
    static func hexadecimal(_ byte: UInt8) -> Int? {
        let digit = byte &- UInt8(ascii: "0")
        if digit < 10 { return Int(digit) }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? Int(letter) + 10 : nil
    }

    @inline(__always)
    private static func isMember(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        guard byte < 0x80 else { return false }
        return (byte < 0x40 ? low : high) >> UInt64(byte & 0x3F) & 1 == 1
    }
}

/// Eight bytes that are looked at together.
///
/// The answers are masks with the high bit of each byte that meets a condition. Bytes above the first that does may be
/// marked though they don't, since a subtraction borrows from them: whether there is any and where the first stands is
/// exact.
private struct EightOctets {
    private let word: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    init(_ address: UnsafeRawPointer) {
        word = UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private init(word: UInt64) { self.word = word }

    @inline(__always)
    func below(_ bound: UInt8) -> UInt64 { (word &- Self.ones &* UInt64(bound)) & ~word & Self.highs }

    @inline(__always)
    func equal(_ byte: UInt8) -> UInt64 { EightOctets(word: word ^ Self.ones &* UInt64(byte)).below(1) }

    @inline(__always)
    var beyondASCII: UInt64 { word & Self.highs }

    /// All that aren't ASCII letters or hyphens. Exact for each byte: nothing is carried from one to the next.
    @inline(__always)
    var neitherLettersNorHyphens: UInt64 {
        let low = word & ~Self.highs
        let lowercase = low | Self.ones &* 0x20
        let fromA = lowercase &+ Self.ones &* UInt64(0x80 - UInt8(ascii: "a"))
        let behindZ = lowercase &+ Self.ones &* UInt64(0x7F - UInt8(ascii: "z"))
        let notHyphens = (low ^ Self.ones &* UInt64(UInt8(ascii: "-"))) &+ ~Self.highs
        return (word | (~fromA | behindZ) & notHyphens) & Self.highs
    }

    @inline(__always)
    static func firstOffset(_ mask: UInt64) -> Int { mask.trailingZeroBitCount >> 3 }
}

extension UnsafeRawBufferPointer {
    /// Where a field's name ends that was read up to an offset: at the first byte that no name may hold, or at the end
    /// of all bytes.
    @inline(__always)
    func endOfToken(from offset: Int) -> Int {
        var offset = offset
        guard let base = baseAddress else { return offset }
        while offset + 8 <= count {
            let others = EightOctets(base + offset).neitherLettersNorHyphens
            guard others != 0 else {
                offset += 8
                continue
            }
            offset += EightOctets.firstOffset(others)
            guard HTTP1Octet.isToken(self[offset]) else { return offset }
            offset += 1
        }
        while offset < count, HTTP1Octet.isToken(self[offset]) { offset += 1 }
        return offset
    }

    /// Where a field's value or a first line ends: at the first control character but a tab (RFC 9110, section 5.5), or
    /// at the end of all bytes.
    @inline(__always)
    func endOfText(from offset: Int) -> Int {
        var offset = offset
        guard let base = baseAddress else { return offset }
        while offset + 8 <= count {
            let octets = EightOctets(base + offset)
            let controls = octets.below(0x20) | octets.equal(HTTP1Octet.delete)
            guard controls != 0 else {
                offset += 8
                continue
            }
            offset += EightOctets.firstOffset(controls)
            guard self[offset] == HTTP1Octet.tab else { return offset }
            offset += 1
        }
        while offset < count,
            self[offset] >= 0x20 && self[offset] != HTTP1Octet.delete || self[offset] == HTTP1Octet.tab
        {
            offset += 1
        }
        return offset
    }

    /// Whether all bytes are visible ASCII characters, and none begins a fragment, which is never sent.
    func isTarget(_ range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        guard let base = baseAddress else { return range.isEmpty }
        while offset + 8 <= range.upperBound {
            let octets = EightOctets(base + offset)
            let others =
                octets.below(0x21) | octets.equal(HTTP1Octet.delete) | octets.equal(UInt8(ascii: "#"))
                | octets.beyondASCII
            guard others == 0 else { return false }
            offset += 8
        }
        return self[offset..<range.upperBound].allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") }
    }

    /// A range without the spaces and tabs around it.
    @inline(__always)
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start] == HTTP1Octet.space || self[start] == HTTP1Octet.tab { start += 1 }
        while end > start, self[end - 1] == HTTP1Octet.space || self[end - 1] == HTTP1Octet.tab { end -= 1 }
        return start..<end
    }

    /// Whether the bytes of a range are these.
    @inline(__always)
    func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount, let base = baseAddress else { return false }
        return memcmp(base + range.lowerBound, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Whether the bytes are a text of lower-case letters, digits and hyphens, without regard to the case of letters.
    @inline(__always)
    package func equals(lowercase text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let other = text.utf8Start
        // The bit that tells cases apart is set in digits and hyphens, and without it they are control characters,
        // which neither names nor values hold.
        for index in 0..<count where self[index] | 0x20 != other[index] { return false }
        return true
    }
}
