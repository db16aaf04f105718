import Crypto
import Wire

/// Embeddings that are unlike for unlike texts, and mean nothing.
enum OpenAIEmbeddings {
    private static let usualDimensions = 16
    private static let mostDimensions = 4096

    static func answer(_ call: Call, _ simulation: Simulation) throws(Refusal) -> Reply {
        let body = Fields(try call.jsonObject(), isStrict: simulation.settings.strict)
        let model = try body.requiredString("model")
        return try answer(body, model: model, simulation)
    }

    static func answer(_ body: Fields, model: String, _ simulation: Simulation) throws(Refusal) -> Reply {
        try simulation.requireModel(model)
        try body.allowOnly(["model", "input", "dimensions", "encoding_format", "user"])
        let dimensions = try body.int("dimensions") ?? usualDimensions
        guard 1...mostDimensions ~= dimensions else { throw body.invalid("dimensions", "is out of range.") }
        let inputs = try inputs(body).map(MarkedText.init)
        let directives = Directives(inputs.flatMap(\.markers))
        let isBase64 = try body.string("encoding_format") == "base64" && !directives.hasPlainVectors
        let data = inputs.enumerated().map { index, input -> JSON in
            let vector = vector(for: input.rest, dimensions: dimensions)
            return [
                "object": "embedding", "index": JSON(index), "embedding": isBase64 ? base64(vector) : array(vector),
            ]
        }
        let tokens = JSON(inputs.reduce(0) { $0 + wordCount($1.rest) })
        return .json([
            "object": "list", "data": .array(data), "model": .string(model),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ])
    }

    /// A text, texts, tokens, or lists of tokens; tokens are read as text of their numbers.
    private static func inputs(_ body: Fields) throws(Refusal) -> [String] {
        switch body["input"] {
        case .string(let text): return [text]
        case .array(let elements) where !elements.isEmpty:
            if elements.allSatisfy({ $0.int != nil }) { return [words(elements)] }
            let texts = elements.compactMap { $0.string ?? $0.array.map(words) }
            guard texts.count == elements.count else { throw body.invalid("input", "mixes kinds of input.") }
            return texts
        default: throw body.invalid("input", "must be a text or an array that is not empty.")
        }
    }

    private static func words(_ tokens: [JSON]) -> String {
        tokens.map { $0.text() }.joined(separator: " ")
    }

    /// A vector of length one made from digests of the text.
    static func vector(for text: String, dimensions: Int) -> [Float] {
        var bytes: [UInt8] = []
        var block = 0
        while bytes.count < dimensions {
            bytes += SHA256.hash(data: Array("\(block) \(text)".utf8))
            block += 1
        }
        let raw = bytes.prefix(dimensions).map { (Float($0) - 127.5) / 127.5 }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / length }
    }

    private static func array(_ vector: [Float]) -> JSON {
        .array(vector.map { JSON(Double($0)) })
    }

    /// Little-endian single-precision numbers, one after the other.
    private static func base64(_ vector: [Float]) -> JSON {
        .string(
            Base64.encode(
                vector.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } }))
    }
}
