import Domain
import Testing

@testable import Storage

@Suite struct JournalFrameTests {
    private func read(_ bytes: [UInt8], at offset: Int = 0, seed: UInt64 = 7) -> JournalFrame.Reading {
        bytes.withUnsafeBytes { JournalFrame.read($0, at: offset, seed: seed) }
    }

    private func entry(_ entry: JournalEntry, in bytes: [UInt8]) -> LedgerEntry {
        LedgerEntry(
            id: entry.id,
            organization: OrganizationID(rawValue: String(decoding: bytes[entry.organization], as: UTF8.self)),
            phase: entry.phase, openedAt: entry.openedAt, hasDrift: entry.hasDrift, json: Array(bytes[entry.record]))
    }

    @Test func `what is written is read again`() {
        let entries: [LedgerEntry] = [
            .opened(1), .closed(2, organization: ""), .closed(.max, organization: "org_é", padding: 9_999),
            LedgerEntry(
                id: RequestID(high: .max, low: 1), organization: .default, phase: .opened,
                openedAt: Timestamp(microseconds: -1), json: []),
            .opened(3, hasDrift: true), .closed(4, hasDrift: true),
        ]
        let bytes = entries.flatMap { $0.frame(seed: 7) }
        var offset = 0
        for written in entries {
            guard case .entry(let read, let end) = read(bytes, at: offset) else {
                Issue.record("not read")
                return
            }
            #expect(entry(read, in: bytes) == written)
            let id = withUnsafeBytes(of: (written.id.high.bigEndian, written.id.low.bigEndian), Array.init)
            #expect(Array(bytes[read.idBytes]) == id)
            offset = end
        }
        #expect(offset == bytes.count)
    }

    @Test func `a frame without the mark of a drift is what it was before there was one`() {
        let (opened, closed) = (LedgerEntry.opened(1).frame(), LedgerEntry.closed(1, hasDrift: true).frame())
        #expect(opened[JournalFrame.headLength] == 1 && closed[JournalFrame.headLength] == 0x82)
        #expect(LedgerEntry.closed(1).frame()[JournalFrame.headLength] == 2)
    }

    @Test(arguments: [0, 4, 0x42, 0x80, 0x84] as [UInt8])
    func `a phase that isn't known is damage`(phase: UInt8) {
        var frame = LedgerEntry.closed(1).frame(seed: 7)
        frame[JournalFrame.headLength] = phase
        let checksum = frame[JournalFrame.headLength...].withUnsafeBytes { XXH64.checksum($0, seed: 7) }
        frame.withUnsafeMutableBytes { $0.set(checksum, at: 4) }
        guard case .damaged = read(frame) else {
            Issue.record("read")
            return
        }
    }

    @Test func `a frame of an earlier use of its file is damage`() {
        guard case .damaged = read(LedgerEntry.closed(1).frame(seed: 7), seed: 8) else {
            Issue.record("read")
            return
        }
    }

    @Test func `the mark behind the last frame is valid in its own file only`() {
        guard case .end = read(JournalFile.end, seed: JournalFile.seed), case .damaged = read(JournalFile.end) else {
            Issue.record("not told apart")
            return
        }
    }

    @Test func `a frame cut anywhere is incomplete`() {
        let bytes = LedgerEntry.closed(1).frame(seed: 7)
        for length in 0..<bytes.count {
            guard case .incomplete(let needed) = read(Array(bytes.prefix(length))) else {
                Issue.record("read \(length) of \(bytes.count) bytes")
                return
            }
            #expect(needed == (length < 12 ? 12 : bytes.count))
        }
    }

    @Test func `a frame with any bit flipped is never read as an entry`() {
        let bytes = LedgerEntry.closed(1).frame(seed: 7)
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            switch read(flipped) {
            case .entry, .end: Issue.record("bit \(bit)")
            case .incomplete, .damaged: break
            }
        }
    }

    @Test func `a stretch of zeros is damage`() {
        guard case .damaged = read([UInt8](repeating: 0, count: 4_096)) else {
            Issue.record("zeros were read")
            return
        }
    }
}
