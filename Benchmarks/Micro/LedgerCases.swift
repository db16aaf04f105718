import Domain
import Foundation
import Storage

// A record is rendered where it is closed, which ends its request: from outside that can't be done twice.
@testable import Pipeline

/// Custody: records as they are rendered, and on their way into the journal; then a request's whole way through the
/// pipeline, which has all of it.
enum LedgerCases {
    static func all(in folder: String) throws -> [Case] {
        let house = try House()
        return try records(house) + [append(in: folder, house)]
            + [Upstream.compatible, .anthropic, .bedrock].map { try life(of: $0, house) }
    }

    private static func records(_ house: House) throws -> [Case] {
        let life = Life(of: try Samples.chat(1 << 10, model: Upstream.compatible.name), in: house)
        try life.send()
        let closed = Life(of: try Samples.chat(1 << 10, model: Upstream.compatible.name), in: house)
        try closed.send()
        let entry = try closed.receive(try Replies(of: Upstream.compatible.name).whole).entry
        return [
            Case("record rendering, opened") { life.exchange.openingEntry().json.count },
            Case("record rendering, closed", gives: entry.json.count) {
                closed.exchange.record.json(house.snapshot).count
            },
        ]
    }

    /// With the write, of which the system's part isn't counted.
    private static func append(in folder: String, _ house: House) throws -> Case {
        let folder = folder + "/ledger"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try Store(path: folder + "/northern.sqlite")
        let ledger = try Ledger(directory: folder, store: store, at: House.now)
        let journal = try ledger.makeJournal()
        let life = Life(of: try Samples.chat(1 << 10, model: Upstream.compatible.name), in: house)
        try life.send()
        let entry = try life.receive(try Replies(of: Upstream.compatible.name).whole).entry
        return Case("ledger append", gives: entry.json.count) {
            journal.append(entry)
            try journal.commit()
            return withExtendedLifetime(ledger) { entry.json.count }
        }
    }

    /// From the body to the closed record.
    private static func life(of upstream: Upstream, _ house: House) throws -> Case {
        let body = try Samples.chat(1 << 10, model: upstream.name)
        let reply = try Replies(of: upstream.name).whole
        return Case("whole way, \(upstream.name)", times: 100) {
            let life = Life(of: body, in: house)
            let sent = try life.send()
            return sent + life.exchange.openingEntry().json.count + (try life.receive(reply).entry.json.count)
        }
    }
}
