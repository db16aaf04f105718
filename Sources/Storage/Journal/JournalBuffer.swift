/// Bytes on their way to a journal file.
///
/// Not an array: each number and each text of a frame would be appended with checks and a call of its own, which took
/// longer than copying the record.
struct JournalBuffer: ~Copyable {
    private var storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)
    private(set) var count = 0

    deinit { storage.deallocate() }

    var isEmpty: Bool { count == 0 }
    var capacity: Int { storage.count }

    /// Good until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

    /// Makes the buffer longer.
    ///
    /// - Returns: the new bytes, to be filled at once. What they hold is undefined.
    mutating func extend(by length: Int) -> UnsafeMutableRawBufferPointer {
        if storage.count - count < length { grow(to: max(count + length, storage.count * 2)) }
        defer { count += length }
        return UnsafeMutableRawBufferPointer(rebasing: storage[count..<count + length])
    }

    /// Takes bytes away again, from the end.
    mutating func shorten(to length: Int) { count = min(count, length) }

    /// - Parameter limit: a larger buffer is given back.
    mutating func removeAll(keepingCapacityUpTo limit: Int) {
        count = 0
        guard capacity > limit else { return }
        storage.deallocate()
        storage = .allocate(byteCount: 0, alignment: 16)
    }

    private mutating func grow(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: bytes)
        storage.deallocate()
        storage = larger
    }
}
