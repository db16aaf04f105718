import Domain
import Foundation
import Testing

@testable import Storage

@Suite struct JournalWriterTests {
    let directory = TemporaryDirectory()

    @Test func `bytes that a full pipe doesn't take are kept, and nothing is written twice`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        defer { close(ends[0]) }
        let file = OpenFile(adopting: ends[1], path: "pipe")
        let sent = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var received: [UInt8] = []
        var position = 0
        var refusals = 0
        while position < sent.count {
            let (written, error) = sent[position...].withUnsafeBytes { file.append($0) }
            position += written
            if let error {
                refusals += 1
                #expect(error.code == EAGAIN)
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            let count = read(ends[0], &buffer, buffer.count)
            received += buffer.prefix(count)
        }
        #expect(received == sent && refusals > 0)
    }

    @Test func `a full disk is an error that says so`() throws {
        let file = try OpenFile("/dev/full", flags: O_WRONLY)
        let (written, error) = [UInt8(1)].withUnsafeBytes { file.append($0) }
        #expect(written == 0 && error?.code == ENOSPC && error?.hint.contains("Free some space") == true)
    }

    @Test func `entries that the disk refuses arrive with the next commit, each once`() throws {
        let store = try Store(path: directory.database)
        let journal = try Journal(Directory(directory.path + "/journal"), options: LedgerOptions())
        let lane = try journal.makeLane()
        let full = try JournalSegment(path: "/dev/full", flags: O_WRONLY)
        let writer = JournalWriter(journal, lane: lane.lane, segment: full)
        writer.append(.opened(1))
        for _ in 0..<2 {
            let error = try #require(throws: JournalError.self) { try writer.commit() }
            #expect(error.description.contains("/dev/full") && error.description.contains("Free some space"))
        }
        writer.append(.closed(2))
        writer.go(onWith: lane.first)
        try writer.commit()
        try writer.commit()
        #expect(try Drainer(journal, store: store).drain() == 2)
        #expect(try store.outcome(1) == "open" && store.outcome(2) == "completed")
    }

    @Test func `half a frame in the file waits for its other half`() throws {
        let store = try Store(path: directory.database)
        let journal = try Journal(Directory(directory.path + "/journal"), options: LedgerOptions())
        let (_, segment) = try journal.makeLane()
        var bytes: [UInt8] = []
        for entry in [LedgerEntry.closed(1), .closed(2)] { JournalFrame.append(entry, to: &bytes) }
        let drainer = Drainer(journal, store: store)
        for (index, byte) in bytes.enumerated() {
            let (written, _) = [byte].withUnsafeBytes { segment.file.append($0) }
            journal.committed(written, to: segment)
            let drained = try drainer.drain()
            #expect(drained == (index + 1 == bytes.count / 2 || index + 1 == bytes.count ? 1 : 0))
        }
        #expect(journal.undrainedBytes == 0 && !segment.isDamaged)
    }

    @Test func `a disk that refuses for long leaves no room, and asking for room notices its recovery`() throws {
        let journal = try Journal(Directory(directory.path), options: LedgerOptions())
        let lane = try journal.makeLane()
        let full = try JournalSegment(path: "/dev/full", flags: O_WRONLY)
        let writer = JournalWriter(journal, lane: lane.lane, segment: full)
        writer.append(.closed(1, padding: JournalWriter.unwrittenLimit))
        #expect(!writer.hasRoom)
        writer.go(onWith: lane.first)
        #expect(writer.hasRoom && journal.undrainedBytes > JournalWriter.unwrittenLimit)
    }

    @Test func `an empty commit writes nothing`() throws {
        let journal = try Journal(Directory(directory.path), options: LedgerOptions())
        let writer = try JournalWriter(journal)
        try writer.commit()
        #expect(journal.undrainedBytes == 0 && writer.hasRoom)
    }
}
