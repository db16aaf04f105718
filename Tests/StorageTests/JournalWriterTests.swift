import Domain
import Foundation
import Testing

@testable import Storage

@Suite(.onEveryDatabase) struct JournalWriterTests {
    let directory = TemporaryDirectory()

    /// A file in memory that can't grow beyond two pages.
    private func smallFile() throws -> OpenFile {
        typealias Creation = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        // Swift's Glibc has neither the function nor the numbers of memfd_create(2) and fcntl(2).
        let create = unsafeBitCast(try #require(dlsym(nil, "memfd_create")), to: Creation.self)
        let (allowSealing, addSeals, sealGrowth): (UInt32, Int32, Int32) = (2, 1_033, 4)
        let descriptor = create("small", allowSealing)
        try #require(ftruncate(descriptor, 8_192) == 0)
        try #require(fcntl(descriptor, addSeals, sealGrowth) == 0)
        return OpenFile(adopting: descriptor, path: "small")
    }

    /// A disk that takes nothing, in place of the one that a segment is on.
    private func fullDisk(insteadOf segment: JournalSegment) throws -> JournalSegment {
        JournalSegment(in: try OpenFile("/dev/full", flags: O_WRONLY), seed: segment.seed ?? 0)
    }

    @Test func `bytes before the end of the disk are in the file, and counted`() throws {
        let file = try smallFile()
        let (written, error) = [UInt8](repeating: 7, count: 8_000).withUnsafeBytes { file.put($0, at: 1_000) }
        #expect(written == 7_192 && error != nil)
        var back = [UInt8](repeating: 0, count: 9_000)
        #expect(try back.withUnsafeMutableBytes { try file.fill($0, from: 0) } == 8_192)
        #expect(back[999] == 0 && back[1_000..<8_192].allSatisfy { $0 == 7 })
    }

    @Test func `a frame that the disk took half of is completed, and nothing is written twice`() throws {
        let store = try Store(directory)
        let journal = try Journal(Directory(directory.path + "/journal"), options: LedgerOptions())
        let (lane, first) = try journal.makeLane()
        let small = JournalSegment(in: try smallFile(), seed: first.seed ?? 0)
        let writer = JournalWriter(journal, lane: lane, segment: small)
        for number in 0..<40 { writer.append(.closed(number)) }
        #expect(throws: JournalError.self) { try writer.commit() }
        let taken = small.committedBytes
        #expect(taken == 8_192)
        // The disk has room again: the file goes on where it ended.
        var bytes = [UInt8](repeating: 0, count: taken)
        _ = try bytes.withUnsafeMutableBytes { try small.file.fill($0, from: 0) }
        _ = bytes.withUnsafeBytes { first.file.put($0, at: 0) }
        first.commit(taken - first.committedBytes)
        writer.go(onWith: first)
        try writer.commit()
        #expect(try Drainer(journal, store: store).drain() == 40 && store.recordCount("closed") == 40)
    }

    @Test func `a full disk is an error that says so`() throws {
        let file = try OpenFile("/dev/full", flags: O_WRONLY)
        let (written, error) = [UInt8(1)].withUnsafeBytes { file.put($0, at: 0) }
        #expect(written == 0 && error?.code == ENOSPC && error?.hint.contains("Free some space") == true)
    }

    @Test func `entries that the disk refuses arrive with the next commit, each once`() throws {
        let store = try Store(directory)
        let journal = try Journal(Directory(directory.path + "/journal"), options: LedgerOptions())
        let lane = try journal.makeLane()
        let writer = try JournalWriter(journal, lane: lane.lane, segment: fullDisk(insteadOf: lane.first))
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
        let store = try Store(directory)
        let journal = try Journal(Directory(directory.path + "/journal"), options: LedgerOptions())
        let (_, segment) = try journal.makeLane()
        let bytes = [LedgerEntry.closed(1), .closed(2)].flatMap { $0.frame(seed: segment.seed ?? 0) }
        let drainer = try Drainer(journal, store: store)
        for (index, byte) in bytes.enumerated() {
            let (written, _) = [byte].withUnsafeBytes { segment.file.put($0, at: segment.committedBytes) }
            journal.committed(written, to: segment)
            let drained = try drainer.drain()
            #expect(drained == (index + 1 == bytes.count / 2 || index + 1 == bytes.count ? 1 : 0))
        }
        #expect(journal.undrainedBytes == 0 && !segment.isDamaged)
    }

    @Test func `a disk that refuses for long leaves no room, and asking for room notices its recovery`() throws {
        let journal = try Journal(Directory(directory.path), options: LedgerOptions())
        let lane = try journal.makeLane()
        let writer = try JournalWriter(journal, lane: lane.lane, segment: fullDisk(insteadOf: lane.first))
        writer.append(.closed(1, padding: JournalWriter.unwrittenLimit))
        #expect(!writer.hasRoom)
        writer.go(onWith: lane.first)
        #expect(writer.hasRoom && journal.undrainedBytes > JournalWriter.unwrittenLimit)
    }

    @Test func `what the disk has refused is written when the journal is closed, without a loop`() throws {
        let store = try Store(directory)
        let journal = try Journal(Directory(directory.path + "/journal"), options: LedgerOptions())
        let (lane, first) = try journal.makeLane()
        let writer = try JournalWriter(journal, lane: lane, segment: fullDisk(insteadOf: first))
        writer.append(.closed(1))
        #expect(throws: JournalError.self) { try writer.commit() }
        // The loop ends here, and the disk has room again: the lane's own file is another one than the writer's.
        journal.close()
        #expect(try Drainer(journal, store: store).drain() == 1 && store.outcome(1) == "completed")
        #expect(throws: JournalError.self) { try writer.commit() }
    }

    @Test func `an empty commit writes nothing`() throws {
        let journal = try Journal(Directory(directory.path), options: LedgerOptions())
        let writer = try JournalWriter(journal)
        try writer.commit()
        #expect(journal.undrainedBytes == 0 && writer.hasRoom)
    }
}
