import Foundation
import Synchronization

/// The files of one writer, oldest first.
final class JournalLane: Sendable {
    private let directory: Directory
    private let number: Int
    private let state: Mutex<(segments: [JournalSegment], begun: Int)>

    /// A lane for a writer.
    init(_ directory: Directory, number: Int) {
        self.directory = directory
        self.number = number
        state = Mutex(([], 0))
    }

    /// The lane of what an earlier process has left: every file there is.
    init(inheriting directory: Directory) throws(FileError) {
        self.directory = directory
        number = -1
        var segments: [JournalSegment] = []
        for name in try directory.names() where name.hasSuffix(".log") {
            let segment = try JournalSegment(path: directory.path(of: name), flags: O_RDONLY)
            segment.seal()
            segments.append(segment)
        }
        state = Mutex((segments, 0))
    }

    var segments: [JournalSegment] { state.withLock { $0.segments } }

    /// Begins the next file.
    func begin() throws(FileError) -> JournalSegment {
        let sequence = state.withLock { state in
            state.begun += 1
            return state.begun
        }
        // O_EXCL: two writers in one file would tear each other's frames.
        let segment = try JournalSegment(
            path: directory.path(of: String(format: "%d-%08d.log", number, sequence)),
            flags: O_RDWR | O_APPEND | O_CREAT | O_EXCL)
        state.withLock { $0.segments.append(segment) }
        return segment
    }

    /// Forgets the files that nobody needs any more.
    ///
    /// - Returns: those.
    func takeFinished() -> [JournalSegment] {
        state.withLock { state in
            let finished = state.segments.filter { $0.isSealed && $0.drainedBytes == $0.committedBytes }
            state.segments.removeAll { segment in finished.contains { $0 === segment } }
            return finished
        }
    }

    func seal() {
        for segment in segments { segment.seal() }
    }
}
