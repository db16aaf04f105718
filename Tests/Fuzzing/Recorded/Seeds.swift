import Domain
package import Foundation
import Wire

/// Inputs to begin with, made of what is on file.
package struct Seeds {
    private let exchanges: [RecordedExchange]

    /// Larger ones are left to the fuzzer to find.
    private static let limit = 4_096

    package init(_ exchanges: [RecordedExchange]) { self.exchanges = exchanges }

    /// Into a folder for each target.
    package func write(to folder: URL) throws {
        for (target, inputs) in [
            ("json", json), ("sse", sse), ("eventstream", eventStream), ("requests", requests), ("replies", replies),
        ] {
            let folder = folder.appending(path: target)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, input) in inputs where input.count <= Self.limit {
                try Data(input).write(to: folder.appending(path: name))
            }
        }
    }

    private typealias Inputs = [(name: String, bytes: [UInt8])]

    private static let lengths: [UInt8] = [7, 1, 60]

    private func inputs(_ make: (RecordedExchange) -> [UInt8]?) -> Inputs {
        exchanges.compactMap { exchange in make(exchange).map { ("\(exchange.provider)-\(exchange.name)", $0) } }
    }

    private var json: Inputs {
        inputs { FuzzInput.bytes(choosing: [], lengths: Self.lengths, text: $0.request.bytes()) }
    }

    private var sse: Inputs {
        inputs { exchange in
            guard exchange.isStreamed, !exchange.provider.hasPrefix("bedrock") else { return nil }
            let reader = exchange.provider.hasSuffix("anthropic") ? 4 : 2
            return exchange.replyBytes.map { text in
                FuzzInput.bytes(choosing: [(0, of: 2), (reader, of: 6)], lengths: Self.lengths, text: text)
            }
        }
    }

    private var eventStream: Inputs {
        inputs { exchange in
            guard exchange.isStreamed, exchange.provider.hasPrefix("bedrock") else { return nil }
            return exchange.replyBytes.map { text in
                FuzzInput.bytes(choosing: [(0, of: 2)], lengths: Self.lengths, text: text)
            }
        }
    }

    private var requests: Inputs {
        inputs { exchange in
            let codec = RequestFuzzing.codecs.firstIndex { $0.wire == exchange.codec.wire } ?? 0
            return FuzzInput.bytes(
                choosing: [(codec, of: RequestFuzzing.codecs.count), route(of: exchange)], lengths: Self.lengths,
                text: exchange.request.bytes())
        }
    }

    private var replies: Inputs {
        inputs { exchange in
            let surface = ReplyFuzzing.surfaces.firstIndex { $0.wire == exchange.codec.wire } ?? 0
            let isFramed = exchange.isStreamed && exchange.provider.hasPrefix("bedrock")
            return exchange.replyBytes.map { text in
                FuzzInput.bytes(
                    choosing: [
                        route(of: exchange), (surface, of: ReplyFuzzing.surfaces.count),
                        (exchange.isStreamed ? 0 : 1, of: 2), (0, of: 2), (0, of: 2), (0, of: 2), (0, of: 2),
                        (0, of: 2),
                    ], lengths: Self.lengths, text: isFramed ? Self.lines(of: text) : text)
            }
        }
    }

    /// The frames of an event stream as the lines that ``ReplyFuzzing`` makes frames of.
    private static func lines(of stream: [UInt8]) -> [UInt8] {
        var decoder = EventStreamDecoder()
        var lines: [UInt8] = []
        stream.withUnsafeBytes { decoder.append($0) }
        while let frame = try? decoder.next() {
            let name =
                decoder.header(":event-type", of: frame)
                ?? decoder.header(":exception-type", of: frame).map { "!\($0)" }
                ?? "?\(decoder.header(":error-code", of: frame) ?? "")"
            let payload = decoder.message(frame).payload
            lines += Array("\(name) ".utf8) + (name == "chunk" ? content(of: payload) : payload) + Array("\n".utf8)
        }
        return lines
    }

    /// What a chunk of InvokeModel holds in Base64.
    private static func content(of chunk: [UInt8]) -> [UInt8] {
        (try? JSON(parsing: chunk))?["bytes"]?.string.flatMap(Base64.decoded) ?? []
    }

    private func route(of exchange: RecordedExchange) -> (Int, of: Int) {
        let index = FuzzRoute.all.firstIndex { $0.provider.rawValue == exchange.provider } ?? 0
        return (index, of: FuzzRoute.all.count)
    }
}
