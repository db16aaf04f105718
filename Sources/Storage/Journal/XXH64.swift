/// The checksum of journal frames: XXH64, as its specification ("xxHash fast digest algorithm", version 0.2) has it.
///
/// It finds what disks and torn writes do; it is no protection against somebody who means to deceive. CRC-32C has an
/// instruction on most processors, but not in Swift, and without it took five times as long.
enum XXH64 {
    private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        0x27D4_EB2F_1656_67C5
    )

    static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return avalanche(seed &+ primes.4) }
        let (sum, offset) = stripes(of: start, bytes.count, seed)
        return avalanche(rest(of: start, from: offset, to: bytes.count, sum &+ UInt64(bytes.count)))
    }

    /// Steps 1 to 3: four lanes over stripes of 32 bytes.
    private static func stripes(
        of start: UnsafeRawPointer, _ count: Int, _ seed: UInt64
    ) -> (sum: UInt64, offset: Int) {
        guard count >= 32 else { return (seed &+ primes.4, 0) }
        var (a, b, c, d) = (seed &+ primes.0 &+ primes.1, seed &+ primes.1, seed, seed &- primes.0)
        var offset = 0
        while count &- offset >= 32 {
            a = round(a, start.number(at: offset))
            b = round(b, start.number(at: offset &+ 8))
            c = round(c, start.number(at: offset &+ 16))
            d = round(d, start.number(at: offset &+ 24))
            offset &+= 32
        }
        var sum = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
        sum = merge(merge(merge(merge(sum, a), b), c), d)
        return (sum, offset)
    }

    private static func merge(_ sum: UInt64, _ lane: UInt64) -> UInt64 {
        (sum ^ round(0, lane)) &* primes.0 &+ primes.3
    }

    /// Steps 4 and 5: what is left of the input.
    private static func rest(of start: UnsafeRawPointer, from: Int, to end: Int, _ initial: UInt64) -> UInt64 {
        var (sum, offset) = (initial, from)
        while offset &+ 8 <= end {
            sum = rotate(sum ^ round(0, start.number(at: offset)), 27) &* primes.0 &+ primes.3
            offset &+= 8
        }
        if offset &+ 4 <= end {
            let number = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            sum = rotate(sum ^ UInt64(number) &* primes.0, 23) &* primes.1 &+ primes.2
            offset &+= 4
        }
        while offset < end {
            sum = rotate(sum ^ UInt64(start.load(fromByteOffset: offset, as: UInt8.self)) &* primes.4, 11) &* primes.0
            offset &+= 1
        }
        return sum
    }

    /// Step 6.
    private static func avalanche(_ value: UInt64) -> UInt64 {
        var sum = value
        sum = (sum ^ sum >> 33) &* primes.1
        sum = (sum ^ sum >> 29) &* primes.2
        return sum ^ sum >> 32
    }

    @inline(__always)
    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotate(lane &+ input &* primes.1, 31) &* primes.0
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    fileprivate func number(at offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
