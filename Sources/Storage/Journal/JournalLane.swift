import Foundation
import Synchronization

/// The files of one writer, oldest first.
final class JournalLane: Sendable {
    /// Files that are kept for the next use. With the usual size they hold what comes while the store is asked once.
    static let spareLimit = 4

    private struct State {
        var segments: [JournalSegment] = []
        var spares: [JournalSegment] = []
        var made = 0
    }

    private let directory: Directory
    private let number: Int
    private let state: Mutex<State>
    private let newFiles = Atomic<Bool>(false)
    /// What the disk has refused.
    let backlog = Mutex(Backlog())

    /// A lane for a writer.
    init(_ directory: Directory, number: Int) {
        self.directory = directory
        self.number = number
        state = Mutex(State())
    }

    /// The lane of what an earlier process has left: every file there is.
    init(inheriting directory: Directory) throws(FileError) {
        self.directory = directory
        number = -1
        var segments: [JournalSegment] = []
        for name in try directory.names() where name.hasSuffix(".log") {
            segments.append(
                try JournalSegment(inheriting: OpenFile(directory.path(of: name), flags: O_RDONLY)))
        }
        state = Mutex(State(segments: segments))
    }

    var segments: [JournalSegment] { state.withLock { $0.segments } }

    /// Whether files were made since the last time this was asked.
    func takeNewFiles() -> Bool { newFiles.exchange(false, ordering: .sequentiallyConsistent) }

    /// Begins the next file, in a spare one if there is one.
    func begin() throws(FileError) -> JournalSegment {
        // The one that was used last: the operating system has its pages at hand.
        let spare = state.withLock { $0.spares.popLast() }
        let segment = if let spare { spare } else { try make() }
        state.withLock { $0.segments.append(segment) }
        return segment
    }

    private func make() throws(FileError) -> JournalSegment {
        let sequence = state.withLock { state in
            state.made += 1
            return state.made
        }
        // O_EXCL: two writers in one file would tear each other's frames.
        let file = try OpenFile(
            directory.path(of: String(format: "%d-%08d.log", number, sequence)), flags: O_RDWR | O_CREAT | O_EXCL)
        newFiles.store(true, ordering: .sequentiallyConsistent)
        do throws(FileError) {
            return try JournalSegment(in: file)
        } catch {
            unlink(file.path)
            throw error
        }
    }

    var hasFinished: Bool { state.withLock { $0.segments.contains { $0.isFinished } } }

    /// Forgets the files that nobody needs any more.
    ///
    /// - Returns: those.
    func takeFinished() -> [JournalSegment] {
        state.withLock { state in
            let finished = state.segments.filter(\.isFinished)
            state.segments.removeAll { segment in finished.contains { $0 === segment } }
            return finished
        }
    }

    /// Keeps a file for the next use.
    ///
    /// - Returns: false when there are enough, or it is good for nothing any more.
    func keep(_ segment: JournalSegment) -> Bool {
        guard !segment.isInherited, !segment.isDamaged, state.withLock({ $0.spares.count < Self.spareLimit }),
            // Its frames are made invalid now, not when it is used: a start after a kill then has nothing to read in it.
            let empty = try? JournalSegment(in: segment.file)
        else { return false }
        state.withLock { $0.spares.append(empty) }
        return true
    }

    func takeSpares() -> [JournalSegment] {
        state.withLock { state in
            defer { state.spares = [] }
            return state.spares
        }
    }

    func writeBacklog(to segment: JournalSegment, of journal: Journal) throws(FileError) {
        try backlog.withLock { backlog throws(FileError) in try backlog.write(to: segment, of: journal) }
    }

    func seal() {
        for segment in segments { segment.seal() }
    }
}
