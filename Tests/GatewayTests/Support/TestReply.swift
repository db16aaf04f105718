import Foundation
import Testing
import Wire

/// A reply as a caller reads it.
struct TestReply {
    let status: Int
    let headers: [(name: String, value: String)]
    var body: [UInt8] = []

    /// The value of a field that must not be there twice.
    subscript(name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        #expect(values.count <= 1, "'\(name)' occurs twice")
        return values.first
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { get throws { try JSON(parsing: body) } }
    var requestID: String { self["x-ni-request-id"] ?? "" }
    var isKeptAlive: Bool { self["connection"] != "close" }
}

// MARK: Whole replies

extension TestReply {
    private var choice: JSON? { get throws { try json["choices"]?[0] } }
    var message: JSON? { get throws { try choice?["message"] } }
    var content: String? { get throws { try message?["content"]?.string } }
    var finishReason: String? { get throws { try choice?["finish_reason"]?.string } }

    /// Name and arguments of each call.
    var calls: [String] {
        get throws {
            try (message?["tool_calls"]?.array ?? []).map { call in
                "\(call["function"]?["name"]?.string ?? "?") \(call["function"]?["arguments"]?.string ?? "?")"
            }
        }
    }

    var errorCode: String? { get throws { try json["error"]?["code"]?.string } }
    var errorMessage: String { get throws { try json["error"]?["message"]?.string ?? "" } }
}

// MARK: Streams

extension TestReply {
    /// The data of each event, in order.
    var events: [String] {
        text.split(separator: "\n\n").compactMap { block in
            block.hasPrefix("data: ") ? String(block.dropFirst(6)) : nil
        }
    }

    var comments: [String] {
        text.split(separator: "\n\n").compactMap { $0.hasPrefix(": ") ? String($0.dropFirst(2)) : nil }
    }

    var isDone: Bool { events.last == "[DONE]" }

    /// Each event but the mark of the end.
    var chunks: [JSON] { get throws { try events.filter { $0 != "[DONE]" }.map { try JSON(parsing: $0) } } }

    var deltas: [JSON] { get throws { try chunks.compactMap { $0["choices"]?[0]?["delta"] } } }
    var streamedText: String { get throws { try deltas.compactMap { $0["content"]?.string }.joined() } }

    var finishReasons: [String] {
        get throws { try chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.string } }
    }

    /// Name and arguments of each call, put together.
    var streamedCalls: [String] {
        get throws {
            var calls: [String] = []
            for delta in try deltas.flatMap({ $0["tool_calls"]?.array ?? [] }) {
                let index = try #require(delta["index"]?.int)
                if let name = delta["function"]?["name"]?.string {
                    #expect(index == calls.count, "calls begin in order")
                    calls.append(name + " ")
                }
                calls[index] += delta["function"]?["arguments"]?.string ?? ""
            }
            return calls
        }
    }

    /// The error that a stream ended with.
    var streamError: JSON? { get throws { try chunks.last?["error"] } }

    /// The data of a stream whose events have names, each of which is its `type`.
    var namedEvents: [JSON] {
        get throws {
            try text.components(separatedBy: "\n\n").filter { $0.hasPrefix("event: ") }.map { block in
                let lines = block.split(separator: "\n", maxSplits: 1)
                let data = try JSON(parsing: String(try #require(lines.last).dropFirst("data: ".count)))
                #expect(data["type"]?.string == String(lines[0].dropFirst("event: ".count)))
                return data
            }
        }
    }
}
