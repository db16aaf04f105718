#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Random numbers of the system's, fetched in blocks, because its generator costs a system call for each number.
package struct BlockRandomness: RandomNumberGenerator {
    private var numbers: [UInt64] = []

    package init() {}

    package mutating func next() -> UInt64 {
        if numbers.isEmpty { numbers = Self.block() }
        return numbers.removeLast()
    }

    /// `getentropy` gives up to 256 bytes at once; where it fails, the slow way does.
    private static func block() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: 32) { buffer, count in
            if getentropy(buffer.baseAddress, 256) != 0 {
                var generator = SystemRandomNumberGenerator()
                for index in 0..<32 { buffer.initializeElement(at: index, to: generator.next()) }
            }
            count = 32
        }
    }
}
