import Domain

/// Entries on their way to the store, as they stand in the bytes that were read: a piece of the journal at a time, so
/// that it stays in the processor's cache.
///
/// Nothing is made of an entry that isn't needed: most are openings whose closing follows soon.
final class JournalBatch {
    private var piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private var used = 0
    private var entries: [JournalEntry] = []
    private var closed = RequestIDSet()
    /// Entries of earlier pieces, at the beginning.
    private var carried = 0
    /// Since ``begin()``.
    private(set) var entriesRead = 0
    private(set) var bytesRead = 0

    deinit { piece.deallocate() }

    /// Forgets everything.
    func begin() {
        keep([])
        entriesRead = 0
        bytesRead = 0
    }

    /// Hands over the entries that the store has to be told, and forgets them. An opening isn't among them when its
    /// closing is; when it may still come, the opening is kept until then.
    ///
    /// - Parameter isLast: nothing is kept.
    func take(isLast: Bool, _ body: (JournalEntry, UnsafeRawBufferPointer) throws -> Void) rethrows {
        let bytes = UnsafeRawBufferPointer(piece)
        var open: [JournalEntry] = []
        for entry in entries {
            if entry.phase != .opened {
                try body(entry, bytes)
            } else if !closed.contains(entry.id) {
                open.append(entry)
            }
        }
        // Also when nothing was read, or when they leave little room: it has to go on.
        let size = open.reduce(0) { $0 + $1.payload.count }
        if isLast || entries.count == carried || size > piece.count / 2 {
            for entry in open { try body(entry, bytes) }
            open = []
        }
        keep(open)
    }

    private func keep(_ open: [JournalEntry]) {
        used = 0
        entries.removeAll(keepingCapacity: true)
        closed.removeAll()
        for entry in open {
            let payload = UnsafeRawBufferPointer(rebasing: piece[entry.payload])
            UnsafeMutableRawBufferPointer(rebasing: piece[used...]).copyMemory(from: payload)
            entries.append(entry.moved(to: used))
            used += payload.count
        }
        carried = entries.count
    }

    /// Adds what follows, from as many stretches as it takes.
    ///
    /// - Returns: false at their end; true when there is no room for more.
    func readOn(in stretches: inout [JournalStretch]) throws(FileError) -> Bool {
        for index in stretches.indices {
            guard try read(&stretches[index]) else { return true }
        }
        return false
    }

    /// - Returns: false when there is no room for more.
    private func read(_ stretch: inout JournalStretch) throws(FileError) -> Bool {
        while stretch.hasMore {
            let count = min(piece.count - used, stretch.end - stretch.position)
            guard count > 0 else { return false }
            let free = UnsafeMutableRawBufferPointer(rebasing: piece[used..<used + count])
            let filled = try stretch.segment.file.fill(free, from: stretch.position)
            let missing = add(upTo: used + filled, of: &stretch)
            if filled < count {
                // Shorter than it was: somebody has cut the file.
                stretch.damage = stretch.damage ?? stretch.position
            } else if missing > 0, !makeRoom(for: missing, of: &stretch) {
                return false
            }
        }
        return true
    }

    /// - Returns: how many bytes the last frame needs; zero when all were taken, or none can be any more.
    private func add(upTo end: Int, of stretch: inout JournalStretch) -> Int {
        let bytes = UnsafeRawBufferPointer(rebasing: piece[..<end])
        while used < end {
            switch JournalFrame.read(bytes, at: used, seed: stretch.seed) {
            case .entry(let entry, let next):
                add(entry)
                stretch.position += next - used
                bytesRead += next - used
                used = next
            case .incomplete(let length):
                return length
            case .end:
                stretch.endReached()
                return 0
            case .damaged:
                stretch.damage = stretch.position
                return 0
            }
        }
        return 0
    }

    private func add(_ entry: JournalEntry) {
        entries.append(entry)
        entriesRead += 1
        if entry.phase == .closed { closed.insert(entry.id) }
    }

    /// - Returns: false when what there is has to be taken first.
    private func makeRoom(for length: Int, of stretch: inout JournalStretch) -> Bool {
        guard stretch.position + length <= stretch.end else {
            stretch.halfFrameReached()
            return true
        }
        if length <= piece.count - used { return true }
        guard entries.isEmpty else { return false }
        // A single entry that is larger than a piece.
        piece.deallocate()
        piece = .allocate(byteCount: length, alignment: 16)
        return true
    }
}
