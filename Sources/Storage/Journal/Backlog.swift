/// What the disk has refused to take from a writer, until it takes it.
///
/// It belongs to the lane and not to the writer, so that it can still be written when the writer's loop has ended.
struct Backlog {
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }
    var count: Int { bytes.count }

    mutating func add(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    /// Writes what there is, as far as the disk takes it.
    mutating func write(to segment: JournalSegment, of journal: Journal) throws(FileError) {
        let (written, error) = bytes.withUnsafeBytes { segment.file.put($0, at: segment.committedBytes) }
        bytes.removeFirst(written)
        if written > 0 { journal.committed(written, to: segment) }
        if let error { throw error }
        bytes = []
        segment.markEnd()
    }
}
