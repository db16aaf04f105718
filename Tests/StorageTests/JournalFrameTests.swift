import Domain
import Testing

@testable import Storage

@Suite struct JournalFrameTests {
    private func bytes(_ entries: [LedgerEntry]) -> [UInt8] {
        entries.reduce(into: []) { JournalFrame.append($1, to: &$0) }
    }

    private func read(_ bytes: [UInt8], at offset: Int = 0) -> JournalFrame.Reading {
        bytes.withUnsafeBytes { JournalFrame.read($0, at: offset) }
    }

    @Test func `the checksum is CRC-32C`() {
        // RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
        let cases: [([UInt8], UInt32)] = [
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E), (Array("123456789".utf8), 0xE306_9283), ([], 0),
        ]
        for (bytes, sum) in cases { #expect(bytes.withUnsafeBytes(CRC32C.checksum) == sum) }
    }

    @Test func `what is written is read again`() {
        let entries: [LedgerEntry] = [
            .opened(1), .closed(2, organization: ""), .closed(.max, organization: "org_é", padding: 9_999),
            LedgerEntry(
                id: RequestID(high: .max, low: 1), organization: .default, phase: .opened,
                openedAt: Timestamp(microseconds: -1), json: []),
        ]
        let bytes = bytes(entries)
        var offset = 0
        for entry in entries {
            guard case .entry(let read, let end) = read(bytes, at: offset) else {
                Issue.record("not read")
                return
            }
            #expect(read == entry)
            offset = end
        }
        #expect(offset == bytes.count)
    }

    @Test func `a frame cut anywhere is incomplete`() {
        let bytes = bytes([.closed(1)])
        for length in 0..<bytes.count {
            guard case .incomplete(let needed) = read(Array(bytes.prefix(length))) else {
                Issue.record("read \(length) of \(bytes.count) bytes")
                return
            }
            #expect(needed == (length < 8 ? 8 : bytes.count))
        }
    }

    @Test func `a frame with any bit flipped is never read as an entry`() {
        let bytes = bytes([.closed(1)])
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            if case .entry = read(flipped) { Issue.record("bit \(bit)") }
        }
    }

    @Test func `a stretch of zeros is damage, although the checksum of nothing is zero`() {
        guard case .damaged = read([UInt8](repeating: 0, count: 4_096)) else {
            Issue.record("zeros were read")
            return
        }
    }
}
