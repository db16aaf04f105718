/// Reads a word's UTF-8 bytes once: without case for dictionaries, and without accents too for names, which people
/// write either way.
package struct FoldedWord: Sendable {
    package enum Case: UInt8, Sendable {
        case none, lower, capital, upper, mixed
    }

    /// Of the lower-case letters with their accents.
    package private(set) var hash = WordHash()
    /// Of the lower-case letters without accents; the same as ``hash`` for a word in ASCII.
    package private(set) var plainHash = WordHash()
    /// The first and the last four bytes without case and accents, for what beginnings and endings tell.
    package private(set) var prefix: UInt32 = 0
    package private(set) var suffix: UInt32 = 0
    /// Characters, not bytes.
    package private(set) var count = 0
    package private(set) var isPlain = true
    private var uppers = 0
    private var lowers = 0
    private var startsUpper = false

    package init() {}

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while index < bytes.count {
            let (scalar, length) = UTF8Reader.scalar(in: bytes, at: index)
            append(scalar)
            index += length
        }
    }

    @inline(__always)
    package mutating func append(_ scalar: UInt32) {
        if scalar < 0x80 {
            let byte = UInt8(truncatingIfNeeded: scalar)
            let isUpper = byte &- 0x41 < 26
            let lower = isUpper ? byte | 0x20 : byte
            noteCase(upper: isUpper, lower: lower &- 0x61 < 26 && !isUpper)
            hash.append(lower)
            appendPlain(lower)
        } else {
            appendOther(scalar)
        }
    }

    package var letterCase: Case {
        if uppers == 0 { return lowers == 0 ? .none : .lower }
        if lowers == 0 { return uppers == 1 ? .capital : .upper }
        return startsUpper && uppers == 1 ? .capital : .mixed
    }

    @inline(__always)
    private mutating func noteCase(upper: Bool, lower: Bool) {
        if upper {
            if uppers + lowers == 0 { startsUpper = true }
            uppers &+= 1
        } else if lower {
            lowers &+= 1
        }
        count &+= 1
    }

    @inline(__always)
    private mutating func appendPlain(_ byte: UInt8) {
        plainHash.append(byte)
        if count <= 4 { prefix = prefix << 8 | UInt32(byte) }
        suffix = suffix << 8 | UInt32(byte)
    }

    private mutating func appendOther(_ scalar: UInt32) {
        let lower = Letters.lowercase(scalar)
        noteCase(upper: lower != scalar, lower: lower == scalar && Letters.isLetter(scalar))
        isPlain = false
        hash.append(scalar: lower)
        let plain = Letters.withoutAccent(lower)
        if plain.0 == 0 {
            // A combining mark says nothing without its accent.
            if !(0x300...0x36F).contains(lower) { plainHash.append(scalar: lower) }
            suffix = suffix << 8 | 0x80 | lower & 0x7F
            return
        }
        appendPlain(plain.0)
        if plain.1 != 0 { appendPlain(plain.1) }
    }
}

/// FNV-1a, with a last mixing so that all bits are usable.
package struct WordHash: Hashable, Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    @inline(__always)
    package mutating func append(scalar: UInt32) {
        append(UInt8(truncatingIfNeeded: scalar))
        append(UInt8(truncatingIfNeeded: scalar >> 8))
        append(UInt8(truncatingIfNeeded: scalar >> 16))
    }

    package var value: UInt64 {
        var mixed = state
        mixed ^= mixed >> 32
        mixed &*= 0xD6E8_FEB8_6659_FD93
        mixed ^= mixed >> 32
        return mixed
    }
}
