import Domain
import Foundation
import Pipeline
import Routing
import Storage
import Wire

/// From the bytes of a body to the proof that they may leave, and what is written about that.
enum RequestCases {
    private static let model = "OpenAI-compatible"

    static func all(in folder: String) throws -> [Case] {
        let house = try House()
        return try [keyCheck(in: folder)] + scans() + parses()
            + [try resolve(house), try clearance(house), try prepare(house), try headerLines(house)]
    }

    /// A bearer's secret to its key.
    private static func keyCheck(in folder: String) throws -> Case {
        let folder = folder + "/keys"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try Store(path: folder + "/northern.sqlite")
        let hasher = try KeyHasher(directory: folder)
        let (key, secret) = try store.createKey(
            name: "measured", organization: .default, policy: House.policy, environment: .live, hashedBy: hasher,
            at: House.now)
        let keys = try store.keyDirectory(hasher: hasher, at: House.now)
        let snapshot = try House(keys: keys, key: key).snapshot
        return Case("key check", gives: key.id.utf8.count) {
            try snapshot.authenticate(secret, at: House.now).id.utf8.count
        }
    }

    private static func scans() throws -> [Case] {
        let small = try Samples.chat(1 << 10, model: model)
        let large = try Samples.chat(1 << 20, model: model)
        return [
            Case("body scan, 1 KiB", gives: model.utf8.count) { try scan(small) },
            Case("body scan, 1 MiB", times: 5, gives: model.utf8.count) { try scan(large) },
            Case("body outline and scan, 1 MiB", times: 5, gives: model.utf8.count) {
                var outline = BodyOutline(limit: 128 << 10)
                large.withUnsafeBytes { bytes in
                    for start in stride(from: 0, to: bytes.count, by: 64 << 10) {
                        outline.take(bytes[rebasing: start..<min(start + 64 << 10, bytes.count)])
                    }
                }
                outline.finish()
                return try scan(outline.text)
            },
        ]
    }

    private static func scan(_ body: [UInt8]) throws -> Int {
        try body.withUnsafeBytes { try ChatScan($0).model.utf8.count }
    }

    private static func parses() throws -> [Case] {
        let message = try Samples.message(1 << 10, model: model)
        let response = try Samples.response(1 << 10, model: model)
        return [
            parse("body parse, 1 KiB", try Samples.chat(1 << 10, model: model), by: OpenAIChatCodec(), gives: 4),
            parse(
                "body parse, 1 MiB", try Samples.chat(1 << 20, model: model), by: OpenAIChatCodec(), times: 5,
                gives: 4),
            parse("body parse, Responses, 1 KiB", response, by: ResponsesCodec(), gives: nil),
            parse("body parse, Messages, 1 KiB", message, by: AnthropicCodec(), gives: nil),
        ]
    }

    private static func parse(
        _ name: String, _ body: [UInt8], by codec: any ChatCodec, times: Int = 200, gives messages: Int?
    ) -> Case {
        Case(name, times: times, gives: messages) {
            try body.withUnsafeBytes { try codec.request($0, leavingOut: []).messages.count }
        }
    }

    private static func resolve(_ house: House) throws -> Case {
        let (catalog, key) = (house.snapshot.catalog, house.key)
        return Case("route resolve", gives: 1) {
            try catalog.route(for: model, key: key, on: House.today).id == model ? 1 : 0
        }
    }

    private static func clearance(_ house: House) throws -> Case {
        let (catalog, key) = (house.snapshot.catalog, house.key)
        let route = try catalog.route(for: model, key: key, on: House.today)
        return Case("clearance", gives: 1) {
            try key.clearance(for: route, demanding: nil, in: catalog, on: House.today).route === route ? 1 : 0
        }
    }

    /// Scan, route, clearance and plan.
    private static func prepare(_ house: House) throws -> Case {
        let body = try Samples.chat(1 << 10, model: model)
        return Case("prepare, 1 KiB", gives: model.utf8.count) {
            var exchange = house.exchange(body)
            try body.withUnsafeBytes { try exchange.prepare($0, demands: CallerDemands(), on: House.today) }
            return exchange.record.askedRoute?.utf8.count ?? 0
        }
    }

    /// The lines of a reply's head that say who has answered.
    private static func headerLines(_ house: House) throws -> Case {
        let life = Life(of: try Samples.chat(1 << 10, model: model), in: house)
        try life.send()
        return Case("header write") { life.exchange.headerLines(on: House.today).count }
    }
}
