import CustodyLog
import Foundation
import Testing

@testable import northern

/// Audits of logs in directories. What a server has is read the same way.
@Suite struct LogAuditTests {
    @Test(arguments: [0, 1, 255, 256, 257, 600])
    func `a log in which nothing is wrong is found good, and copied whole`(size: Int) async throws {
        let log = try WrittenLog().grow(by: size)
        let auditor = Auditor()
        let sight = try await auditor.look(at: log)
        #expect(sight.entries == size && sight.latest.checkpoint.size == size && sight.known == nil)
        // The copy is a log of its own, in which another auditor finds nothing wrong.
        #expect(try await Auditor().look(at: log, in: auditor.path).entries == size)
    }

    @Test func `a log of several levels is followed as it grows, and only what is new is looked at`() async throws {
        let log = try WrittenLog()
        let auditor = Auditor()
        var size = 0
        for count in [3, 250, 3, 1, 255, 70_000, 1] {
            try log.grow(by: count)
            let sight = try await auditor.look(at: log)
            #expect(sight.entries == count && sight.known?.size ?? 0 == size)
            size += count
        }
        #expect(try await auditor.look(at: log).entries == 0)
        #expect(try await auditor.look(at: log, looksAtAll: true).entries == size)
        #expect(try await Auditor().look(at: log, in: auditor.path).entries == size)
    }

    @Test func `partial tiles of earlier checkpoints don't pile up`() async throws {
        let log = try WrittenLog().grow(by: 10)
        let auditor = Auditor()
        for _ in 0..<5 {
            try await auditor.look(at: log)
            try log.grow(by: 7)
        }
        try await auditor.look(at: log)
        #expect(try auditor.files() == ["checkpoint", "tile/0/000.p/45", "tile/entries/000.p/45"])
    }

    @Test func `a partial tile that is gone is read from the full one`() async throws {
        let log = try WrittenLog().grow(by: 300)
        let old = try log.bytes(of: "checkpoint")
        try log.grow(by: 300)
        try log.write(old, to: "checkpoint")
        for name in ["tile/entries/001.p/44", "tile/0/001.p/44"] { try log.remove(name) }
        #expect(try await Auditor().look(at: log).latest.checkpoint.size == 300)
    }

    @Test func `a log is found under the gateway's address, too`() async throws {
        let log = try WrittenLog().grow(by: 5)
        let site = temporaryPath("site")
        defer { try? FileManager.default.removeItem(atPath: site) }
        try FileManager.default.createDirectory(atPath: site, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: log.path, toPath: "\(site)/log")
        for place in [site, "\(site)/", "\(site)/log", "file://\(site)"] {
            #expect(try await Auditor().look(at: log, in: place).entries == 5)
        }
    }

    // MARK: What is wrong with entries and tiles

    enum Damage: CaseIterable {
        case flippedByte, deletedEntry, insertedEntry, swappedEntries, truncatedEntry, longEntry, emptied

        func apply(to body: inout [UInt8]) {
            switch self {
            case .flippedByte: body[34 * 5 + 9] ^= 1
            case .deletedEntry: body.removeSubrange(34 * 5..<34 * 6)
            case .insertedEntry: body.insert(contentsOf: body[34 * 5..<34 * 6], at: 34 * 5)
            case .swappedEntries:
                body.replaceSubrange(34 * 5..<34 * 7, with: body[34 * 6..<34 * 7] + body[34 * 5..<34 * 6])
            case .truncatedEntry: body.removeLast()
            case .longEntry: body[34 * 5 + 1] = 33
            case .emptied: body = []
            }
        }
    }

    @Test(arguments: Damage.allCases, ["tile/entries/000", "tile/entries/001.p/44"])
    func `damage to entries is found`(_ damage: Damage, _ name: String) async throws {
        let log = try WrittenLog().grow(by: 300)
        try log.change(name) { damage.apply(to: &$0) }
        let fault = try #require(try await Auditor().fault(of: log))
        #expect(fault.contains(name) || fault.contains("tile/0/"), "\(fault)")
    }

    @Test func `what differs is named by its entries`() async throws {
        let log = try WrittenLog().grow(by: 600)
        try log.change("tile/entries/001") { $0[34 * 7 + 2] ^= 1 }
        #expect(try await Auditor().fault(of: log)?.contains("it differs for entry 263.") == true)
        let other = try WrittenLog().grow(by: 600)
        try other.change("tile/1/000.p/2") { $0[40] ^= 1 }
        #expect(
            try await Auditor().fault(of: other)?.contains("it differs for what entries 256 to 511 come to.") == true)
    }

    @Test(arguments: ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"])
    func `a changed hash is found, and a file that is missing`(name: String) async throws {
        let log = try WrittenLog().grow(by: 300)
        let good = try log.bytes(of: name)
        for place in [0, good.count - 1] {
            try log.change(name) { $0[place] ^= 0x80 }
            #expect(try await Auditor().fault(of: log)?.contains("'\(name)' isn't what") == true)
            try log.write(good, to: name)
        }
        #expect(try await Auditor().fault(of: log) == nil)
        try log.remove(name)
        #expect(try await Auditor().fault(of: log)?.contains("doesn't have '\(name)'") == true)
    }

    @Test func `an entry and its hashes that were changed together don't give the root`() async throws {
        let log = try WrittenLog().grow(by: 300)
        let note = try log.bytes(of: "checkpoint")
        let forged = try WrittenLog()
        try forged.append(log.entries.enumerated().map { $0 == 17 ? commitment("forged") : $1 })
        try forged.write(note, to: "checkpoint")
        #expect(try await Auditor().fault(of: forged)?.contains("don't give the root") == true)
    }

    // MARK: What is wrong with checkpoints

    @Test func `a checkpoint that isn't signed by a trusted key is refused`() async throws {
        let log = try WrittenLog().grow(by: 5)
        let other = try WrittenLog(seed: 8)
        #expect(
            try await Auditor().fault(of: log, keys: [other.key.verifierKey])?.contains("no key that is trusted")
                == true)
        try log.change("checkpoint") { $0[$0.count - 10] ^= 1 }
        #expect(try await Auditor().fault(of: log)?.contains("can't be trusted") == true)
        try log.grow(by: 1)
        try log.change("checkpoint") { $0 += Array("more".utf8) }
        #expect(try await Auditor().fault(of: log)?.contains("can't be trusted") == true)
    }

    @Test func `a log that changes its key goes on under both`() async throws {
        let log = try WrittenLog().grow(by: 5)
        let auditor = Auditor()
        try await auditor.look(at: log)
        let next = try WrittenLog(seed: 8).key
        try log.grow(by: 5)
        try log.publish(with: [log.key, next])
        #expect(try await auditor.look(at: log).unknownKeys == [next.verifierKey.idText])
        try log.grow(by: 5)
        try log.publish(with: [next])
        #expect(try await auditor.fault(of: log)?.contains("no key that is trusted") == true)
        #expect(try await auditor.look(at: log, keys: [next.verifierKey]).known?.size == 10)
    }

    @Test func `two checkpoints of one size are a fork, and both are kept`() async throws {
        let log = try WrittenLog().grow(by: 5)
        let auditor = Auditor()
        try await auditor.look(at: log)
        let seen = try log.bytes(of: "checkpoint")
        let fork = try WrittenLog().grow(by: 5, "forged")
        #expect(try await auditor.fault(of: fork)?.contains("two histories") == true)
        #expect(try await auditor.fault(of: fork)?.contains("two histories") == true)
        let evidence = try auditor.files().filter { $0.hasPrefix("evidence/") }
        #expect(evidence.count == 3)
        let kept = try evidence.map { Array(try Data(contentsOf: URL(fileURLWithPath: "\(auditor.path)/\($0)"))) }
        #expect(kept.contains(seen))
        #expect(kept.contains(try fork.bytes(of: "checkpoint")))
        // What was found good is still what the next look begins with.
        try log.grow(by: 1)
        #expect(try await auditor.look(at: log).known?.size == 5)
    }

    @Test func `a log that goes back is found`() async throws {
        let log = try WrittenLog().grow(by: 5)
        let old = try log.bytes(of: "checkpoint")
        let auditor = Auditor()
        try log.grow(by: 5)
        try await auditor.look(at: log)
        try log.write(old, to: "checkpoint")
        #expect(try await auditor.fault(of: log)?.contains("gone back") == true)
    }

    @Test(arguments: [3, 300, 600], [600, 601, 1_000])
    func `history that was rewritten is found, whatever it was and however the log has grown`(
        changed: Int, later: Int
    ) async throws {
        let log = try WrittenLog().grow(by: 601)
        let auditor = Auditor()
        try await auditor.look(at: log)
        let forged = try WrittenLog()
        try forged.append(log.entries.prefix(min(changed, 600)).map(\.self))
        try forged.append([commitment("forged")])
        try forged.grow(by: later - forged.edge.size + 1)
        #expect(try await auditor.fault(of: forged) != nil)
        #expect(try await auditor.fault(of: forged, looksAtAll: true) != nil)
        guard changed < 512, later > 601 else { return }
        #expect(try await auditor.fault(of: forged)?.contains("history was rewritten") == true)
    }

    @Test func `another log in its place is found`() async throws {
        let auditor = Auditor()
        try await auditor.look(at: try WrittenLog().grow(by: 5))
        #expect(
            try await auditor.fault(of: try WrittenLog("example.org/other").grow(by: 9))?.contains("is of the log")
                == true)
    }

    @Test func `a tile that has changed since is found when everything is looked at again`() async throws {
        let log = try WrittenLog().grow(by: 300)
        let auditor = Auditor()
        try await auditor.look(at: log)
        try log.grow(by: 1)
        try log.change("tile/entries/000") { $0[34 * 3 + 2] ^= 1 }
        #expect(try await auditor.fault(of: log) == nil)
        #expect(try await auditor.fault(of: log, looksAtAll: true)?.contains("'tile/entries/000' has changed") == true)
    }

    // MARK: What isn't the log's fault

    @Test func `where there is no log, nothing is said against one`() async throws {
        let log = try WrittenLog()
        await #expect(throws: LogUnreachable.self) { try await Auditor().look(at: log) }
        await #expect(throws: LogUnreachable.self) { try await Auditor().look(at: log, in: "\(log.path)/nowhere") }
        try FileManager.default.createDirectory(atPath: "\(log.path)/checkpoint", withIntermediateDirectories: true)
        await #expect(throws: LogUnreachable.self) { try await Auditor().look(at: log) }
    }

    @Test(arguments: ["ftp://example.org", "https://user@example.org", "https://example.org?a=b"])
    func `what can't be a log's address is refused`(place: String) throws {
        #expect(throws: ConfigurationError.self) { try logPlace(place) }
    }

    @Test func `a copy that something has changed here isn't held against the log`() async throws {
        let log = try WrittenLog().grow(by: 300)
        let auditor = Auditor()
        try await auditor.look(at: log)
        try log.grow(by: 1)
        let tile = URL(fileURLWithPath: "\(auditor.path)/tile/0/001.p/44")
        var bytes = try Data(contentsOf: tile)
        bytes[3] ^= 1
        try bytes.write(to: tile)
        await #expect(throws: ConfigurationError.self) { try await auditor.look(at: log) }
        try FileManager.default.removeItem(at: tile)
        await #expect(throws: ConfigurationError.self) { try await auditor.look(at: log) }
    }

    @Test func `two audits don't share a copy`() async throws {
        let auditor = Auditor()
        let copy = try LogCopy(at: auditor.path)
        #expect(throws: ConfigurationError.self) { try LogCopy(at: auditor.path) }
        withExtendedLifetime(copy) {}
    }
}
