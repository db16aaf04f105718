#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory behind whose last byte lies a page that can't be read: who reads a byte too far is stopped there and then.
final class GuardedBytes {
    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private let pageSize: Int

    /// - Parameter capacity: bytes that are held at once, rounded up to pages.
    init?(capacity: Int) {
        pageSize = Int(getpagesize())
        self.capacity = (capacity + pageSize - 1) / pageSize * pageSize
        #if canImport(Glibc)
            let flags = MAP_PRIVATE | MAP_ANONYMOUS
        #else
            let flags = MAP_PRIVATE | MAP_ANON
        #endif
        guard let start = mmap(nil, self.capacity + pageSize, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
        else { return nil }
        self.start = start
        guard mprotect(start + self.capacity, pageSize, PROT_NONE) == 0 else { return nil }
    }

    deinit { munmap(start, capacity + pageSize) }

    /// Calls `body` with a copy of the bytes that ends where nothing more can be read.
    func withCopy<Value>(of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        precondition(bytes.count <= capacity, "the bytes don't fit")
        let place = UnsafeMutableRawBufferPointer(start: start + (capacity - bytes.count), count: bytes.count)
        place.copyBytes(from: bytes)
        return body(UnsafeRawBufferPointer(place))
    }
}
