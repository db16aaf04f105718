/// Sixteen bytes that are looked at together.
///
/// Each operation becomes one or a few vector instructions, and needs none that the oldest x86-64 lacks. It is a type of
/// its own because much of what the standard library offers for its vectors doesn't: there are operators that are loops
/// once they are compiled, and others that are slow where they aren't optimized. Masks are what it does best. Name the
/// vector's type in full: where it is inferred, a generic operator is taken, and a loop comes of it.
struct ByteBlock {
    private typealias Mask = SIMDMask<SIMD16<Int8>>

    private var bytes: SIMD16<UInt8>

    @inline(__always)
    private init(_ bytes: SIMD16<UInt8>) { self.bytes = bytes }

    @inline(__always)
    private init(_ mask: Mask) { bytes = unsafeBitCast(mask, to: SIMD16<UInt8>.self) }

    @inline(__always)
    private var mask: Mask { unsafeBitCast(bytes, to: Mask.self) }

    @inline(__always)
    init(repeating byte: UInt8) { bytes = SIMD16<UInt8>(repeating: byte) }

    /// The bytes that begin at an address.
    @inline(__always)
    init(at address: UnsafeRawPointer) { bytes = address.loadUnaligned(as: SIMD16<UInt8>.self) }

    @inline(__always)
    static func | (left: Self, right: Self) -> Self { Self(left.mask .| right.mask) }

    @inline(__always)
    static func |= (left: inout Self, right: Self) { left = left | right }

    @inline(__always)
    static func & (left: Self, right: Self) -> Self { Self(left.mask .& right.mask) }

    @inline(__always)
    static func ^ (left: Self, right: Self) -> Self { Self(left.mask .^ right.mask) }

    @inline(__always)
    static prefix func ~ (block: Self) -> Self { Self(.!block.mask) }
}

/// Blocks that mark bytes: 0xFF where it is so, 0x00 where it isn't.
extension ByteBlock {
    @inline(__always)
    func equal(to byte: UInt8) -> Self { Self(bytes .== SIMD16<UInt8>(repeating: byte)) }

    /// Both are taken as signed numbers.
    @inline(__always)
    func isBelow(signed byte: Int8) -> Self { Self(signed .< SIMD16<Int8>(repeating: byte)) }

    /// Both are taken as signed numbers.
    @inline(__always)
    func isAbove(signed byte: Int8) -> Self { Self(signed .> SIMD16<Int8>(repeating: byte)) }

    @inline(__always)
    private var signed: SIMD16<Int8> { unsafeBitCast(bytes, to: SIMD16<Int8>.self) }

    /// The place of the first byte that is marked.
    @inline(__always)
    var firstMarked: Int? {
        let nibbles = nibbles
        return nibbles == 0 ? nil : nibbles.trailingZeroBitCount / 4
    }

    /// The place of the first byte that is marked in four blocks that follow each other, one of which has one.
    @inline(__always)
    static func firstMarked(_ first: Self, _ second: Self, _ third: Self, _ fourth: Self) -> Int {
        var (nibbles, start) = (fourth.nibbles, 48)
        // Chosen without branches, since those would be guessed wrong most of the time.
        let earlier = (first.nibbles, second.nibbles, third.nibbles)
        (nibbles, start) = earlier.2 == 0 ? (nibbles, start) : (earlier.2, 32)
        (nibbles, start) = earlier.1 == 0 ? (nibbles, start) : (earlier.1, 16)
        (nibbles, start) = earlier.0 == 0 ? (nibbles, start) : (earlier.0, 0)
        return start + nibbles.trailingZeroBitCount / 4
    }

    /// Four bits for each byte.
    @inline(__always)
    private var nibbles: UInt64 {
        let pairs = unsafeBitCast(bytes, to: SIMD8<UInt16>.self) &>> 4
        return unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: pairs), to: UInt64.self).littleEndian
    }
}

/// Blocks that gather something about many bytes.
extension ByteBlock {
    @inline(__always)
    func lower(of other: Self) -> Self { self.chosen(where: bytes .< other.bytes, else: other) }

    @inline(__always)
    func higher(of other: Self) -> Self { self.chosen(where: bytes .> other.bytes, else: other) }

    // The compiler sees the minimum and the maximum in this.
    @inline(__always)
    private func chosen(where isChosen: Mask, else other: Self) -> Self {
        Self(mask .& isChosen .| other.mask .& .!isChosen)
    }

    /// The highest bit of a byte is set where it is at least `bound`, which must be above 0x80.
    @inline(__always)
    func highBitWhereAtLeast(_ bound: UInt8) -> Self {
        // A subtraction that stops at zero.
        let shift = Self(repeating: bound &- 0x80)
        return Self(higher(of: shift).bytes &- shift.bytes)
    }

    @inline(__always)
    var isZero: Bool { unsafeBitCast(bytes, to: UInt128.self) == 0 }

    @inline(__always)
    var hasHighBit: Bool { !(self & Self(repeating: 0x80)).isZero }

    /// Whether any byte is below this one, which must not be 0.
    @inline(__always)
    func hasByte(below bound: UInt8) -> Bool { !Self(bytes .< SIMD16<UInt8>(repeating: bound)).isZero }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    func block(at offset: Int) -> ByteBlock {
        assert(offset >= 0 && offset + 16 <= count)
        return ByteBlock(at: baseAddress.unsafelyUnwrapped + offset)
    }
}
