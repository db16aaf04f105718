import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1
import Pipeline
import Privacy
import Wire

/// Asks a recognizer of the operator's own that speaks the analyzer API of Presidio (`POST /analyze`).
struct PresidioAnalyzer: RemoteRecognizer {
    /// Ends in `/analyze`.
    private let url: String
    /// Of the models that are to be asked, such as `en`.
    private let language: String
    private let mostTime: Duration

    private static let mostBytes = 16 << 20

    /// Redirections aren't followed: prompts go to who is configured, and to nobody else.
    static var clientConfiguration: HTTPClient.Configuration { .direct(connect: .seconds(5), read: .seconds(30)) }

    init(_ recognizer: SubstitutionConfiguration.Recognizer) {
        let base = recognizer.url
        url = base.hasSuffix("/analyze") ? base : base.hasSuffix("/") ? "\(base)analyze" : "\(base)/analyze"
        language = recognizer.language
        mostTime = recognizer.timeout
    }

    func entities(in texts: [[UInt8]]) async throws -> [[Entity]] {
        let joined = JoinedTexts(texts)
        let found = try await within(mostTime) { try await answer(about: joined.text) }.array
        guard let found else { throw AnswerUnusable() }
        return try joined.split(found.compactMap(PresidioFinding.init))
    }

    private func answer(about text: [UInt8]) async throws -> JSON {
        var call = HTTPClientRequest(url: url)
        call.method = .POST
        call.headers.add(name: "user-agent", value: "northern/\(Northern.version)")
        call.headers.add(name: "content-type", value: "application/json")
        let body: JSON = ["text": .string(String(decoding: text, as: UTF8.self)), "language": .string(language)]
        call.body = .bytes(body.bytes())
        return try await HTTPClient.withHTTPClient(configuration: Self.clientConfiguration) { client in
            let reply = try await client.execute(call, deadline: .now() + TimeAmount(mostTime))
            guard reply.status == .ok else { throw AnswerUnusable() }
            let bytes = try await reply.body.collect(upTo: Self.mostBytes)
            // A body that is no longer read looks as if it were over.
            try Task.checkCancellation()
            return try bytes.withUnsafeReadableBytes { try JSON(parsing: $0) }
        }
    }

    private struct AnswerUnusable: Error {}
}

/// One of the answer's spans. Offsets count Unicode scalars, as Python does.
struct PresidioFinding {
    let range: Range<Int>
    let type: EntityType
    /// 0…1
    let score: Double

    /// Nil for types that the gateway has no stand-ins for, such as dates and organizations.
    init?(_ json: JSON) {
        guard let start = json["start"]?.int, let end = json["end"]?.int, 0 <= start, start < end,
            let type = json["entity_type"]?.string.flatMap({ Self.types[$0] })
        else { return nil }
        range = start..<end
        self.type = type
        score = json["score"]?.double ?? 0.5
    }

    private static let types: [String: EntityType] = [
        "PERSON": .name, "EMAIL_ADDRESS": .email, "PHONE_NUMBER": .phone, "US_SSN": .usSSN, "US_ITIN": .usSSN,
        "CA_SIN": .canadianSIN, "CREDIT_CARD": .creditCard, "IP_ADDRESS": .ipAddress, "LOCATION": .location,
        "GPE": .location, "IBAN_CODE": .iban, "UK_NHS": .healthNumber, "MEDICAL_LICENSE": .healthNumber,
    ]
}

/// Texts as one, so that one question is enough.
struct JoinedTexts {
    private(set) var text: [UInt8] = []
    private var ranges: [Range<Int>] = []

    init(_ texts: [[UInt8]]) {
        for each in texts {
            // No recognizer takes two paragraphs for one name.
            if !ranges.isEmpty { text.append(contentsOf: Array("\n\n".utf8)) }
            ranges.append(text.count..<text.count + each.count)
            text.append(contentsOf: each)
        }
    }

    /// What was found, text by text. What is in none of them wholly is cut to what is.
    ///
    /// - Throws: where a span ends behind the text.
    func split(_ findings: [PresidioFinding]) throws -> [[Entity]] {
        var found = [[Entity]](repeating: [], count: ranges.count)
        let starts = scalarStarts()
        for finding in findings {
            guard finding.range.upperBound < starts.count else { throw SpanOutside() }
            let bytes = starts[finding.range.lowerBound]..<starts[finding.range.upperBound]
            for index in texts(overlapping: bytes) {
                let part = bytes.clamped(to: ranges[index])
                guard !part.isEmpty else { continue }
                let start = ranges[index].lowerBound
                let certainty = UInt8(min(max(finding.score, 0), 1) * 250)
                found[index].append(
                    Entity(
                        finding.type, at: part.lowerBound - start..<part.upperBound - start, certainty: certainty))
            }
        }
        return found
    }

    struct SpanOutside: Error {}

    /// Where each scalar begins, and where the last one ends.
    private func scalarStarts() -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(text.count + 1)
        for (index, byte) in text.enumerated() where byte & 0xC0 != 0x80 { starts.append(index) }
        starts.append(text.count)
        return starts
    }

    private func texts(overlapping bytes: Range<Int>) -> Range<Int> {
        let first = ranges.partitioningIndex { $0.upperBound > bytes.lowerBound }
        let end = ranges.partitioningIndex { $0.lowerBound >= bytes.upperBound }
        return first..<max(first, end)
    }
}

extension [Range<Int>] {
    /// The first index from which on a condition holds.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
