import Foundation
import Testing
import Wire

/// One entry of `Fixtures/eventstream-vectors.json`: bytes, and the verdict that they must get.
struct EventStreamVector: Sendable, CustomTestStringConvertible {
    enum Verdict: String {
        /// Decode to exactly ``frames``.
        case accept
        /// A fault at once.
        case reject
        /// Each whole frame is usable, and the end is a fault.
        case incomplete
        case either
    }

    let name: String
    let verdict: Verdict
    let frames: [EventStreamMessage]
    let wire: [UInt8]

    var testDescription: String { name }

    /// Sound as event streams; what is wrong with them shows in their payloads or in which events they have.
    static let soundAsFrames: Set<String> = ["payload-json-broken", "closed-between-frames", "metadata-missing"]

    static let all: [EventStreamVector] = {
        do {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/eventstream-vectors.json")
            let vectors = try JSON(parsing: Data(contentsOf: file))["vectors"]?.array ?? []
            return try vectors.map { try #require(EventStreamVector($0)) }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    private init?(_ entry: JSON) {
        guard let name = entry["name"]?.string, let verdict = Verdict(rawValue: entry["verdict"]?.string ?? "") else {
            return nil
        }
        let frames = entry["frames"]?.array ?? []
        self.name = name
        self.verdict = verdict
        self.frames = frames.compactMap(Self.message)
        guard self.frames.count == frames.count else { return nil }
        if let base64 = entry["wire_base64"]?.string {
            guard let data = Data(base64Encoded: base64) else { return nil }
            wire = Array(data)
        } else {
            // A large entry tells the length, head and tail of its bytes, and we make them ourselves.
            wire = self.frames.flatMap { $0.encoded() }
            guard wire.count == entry["wire_length"]?.string.flatMap({ Int($0) }) ?? entry["wire_length"]?.int,
                wire.starts(with: bytes(hex: entry["wire_head_hex"]?.string)),
                wire.reversed().starts(with: bytes(hex: entry["wire_tail_hex"]?.string).reversed())
            else { return nil }
        }
    }

    private static func message(_ frame: JSON) -> EventStreamMessage? {
        let headers = frame["headers"]?.array ?? []
        let values = headers.compactMap { header in value(header).map { (header["name"]?.string ?? "", $0) } }
        guard values.count == headers.count else { return nil }
        return EventStreamMessage(headers: values, payload: payload(frame["payload"] ?? .null))
    }

    private static func payload(_ payload: JSON) -> [UInt8] {
        guard let unit = payload["repeat"] else {
            return Array(Data(base64Encoded: payload["base64"]?.string ?? "") ?? Data())
        }
        let bytes = bytes(hex: unit["unit_hex"]?.string)
        return (0..<(unit["count"]?.int ?? 0)).flatMap { _ in bytes }
    }

    private static func value(_ header: JSON) -> EventStreamMessage.Value? {
        let value = header["value"]
        return switch header["type"]?.string {
        case "bool_true": .bool(true)
        case "bool_false": .bool(false)
        case "byte": value?.int.map { .int8(Int8($0)) }
        case "short": value?.int.map { .int16(Int16($0)) }
        case "integer": value?.int.map { .int32(Int32($0)) }
        case "long": value?.string.flatMap { Int64($0) }.map { .int64($0) }
        case "timestamp": value?.string.flatMap { Int64($0) }.map { .timestamp($0) }
        case "byte_array": .bytes(bytes(hex: header["value_hex"]?.string))
        case "string": value?.string.map { .string($0) }
        case "uuid": value?.string.flatMap(uuid)
        default: nil
        }
    }

    private static func uuid(_ text: String) -> EventStreamMessage.Value? {
        let digits = text.filter { $0 != "-" }
        guard let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16) else {
            return nil
        }
        return .uuid(high: high, low: low)
    }
}

private func bytes(hex: String?) -> [UInt8] {
    let digits = Array((hex ?? "").utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
        UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
    }
}
