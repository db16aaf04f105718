extension Sequence<UInt8> {
    /// Two hexadecimal digits a byte, in lower case.
    package var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension UInt64 {
    /// Writes its 16 hexadecimal digits, in lower case, into memory that has room for them.
    func writeHex(to digits: UnsafeMutablePointer<UInt8>) {
        let target = UnsafeMutableRawPointer(digits)
        target.storeBytes(of: Self.digits(UInt32(truncatingIfNeeded: self >> 32)).bigEndian, as: UInt64.self)
        target.storeBytes(
            of: Self.digits(UInt32(truncatingIfNeeded: self)).bigEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// Eight digits at a time, the first in the highest byte: each record has hundreds of them, and one by one they took
    /// as long as all of its numbers.
    private static func digits(_ bits: UInt32) -> UInt64 {
        // Half-bytes on bytes.
        var spread = UInt64(bits)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
        // One in each byte that is a letter.
        let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}
