import Domain
import Foundation
import Providers
import Testing

/// What the exchanges on file of every provider must show, each where the provider's wire has it.
///
/// Each topic names the files that show it.
enum GoldenTopic: String, CaseIterable, Sendable {
    case interleavedCalls, resultWithImage, emptyContent, splitUnicode, refusal, contentFilter, lengthStop, rateLimit,
        midStreamError, cachedTokens, signedThinking

    /// By provider, the file; or why there is none.
    enum Place {
        case file(String)
        case absent(because: String)
    }

    static let places: [String: [GoldenTopic: Place]] = [
        "anthropic": [
            // Blocks of this wire never interleave: one call follows the other.
            .interleavedCalls: .file("parallel-tools-stream"), .resultWithImage: .file("tool-result-with-image"),
            .emptyContent: .file("empty-content"), .splitUnicode: .file("unicode"),
            .refusal: .file("refusal-stream"), .contentFilter: .file("content-filter"), .lengthStop: .file("length"),
            .rateLimit: .file("rate-limit"), .midStreamError: .file("error-in-stream"),
            .cachedTokens: .file("cached-tokens-stream"), .signedThinking: .file("thinking-returned"),
        ],
        "bedrock_anthropic": [
            .interleavedCalls: .file("parallel-tools-stream"), .resultWithImage: .file("tool-result-with-image"),
            .emptyContent: .file("empty-content"), .splitUnicode: .file("unicode-stream"),
            .refusal: .file("refusal-stream"), .contentFilter: .file("content-filter"), .lengthStop: .file("length"),
            .rateLimit: .file("throttled-with-time"), .midStreamError: .file("exception-in-stream"),
            .cachedTokens: .file("cached-tokens-stream"), .signedThinking: .file("thinking-returned"),
        ],
        "vertex_anthropic": [
            .interleavedCalls: .file("parallel-tools-stream"), .resultWithImage: .file("tool-result-with-image"),
            .emptyContent: .file("empty-content"), .splitUnicode: .file("unicode-stream"),
            .refusal: .file("refusal-stream"), .contentFilter: .file("content-filter"), .lengthStop: .file("length"),
            .rateLimit: .file("anthropic-limit"), .midStreamError: .file("error-in-stream"),
            .cachedTokens: .file("cached-tokens"), .signedThinking: .file("thinking-returned"),
        ],
        "bedrock": [
            .interleavedCalls: .file("parallel-tools-stream"), .resultWithImage: .file("tool-results"),
            .emptyContent: .file("empty"), .splitUnicode: .file("unicode-stream"),
            .refusal: .file("refused-text"), .contentFilter: .file("content-filter-stream"),
            .lengthStop: .file("length-stream"), .rateLimit: .file("throttled"),
            .midStreamError: .file("exception-stream"), .cachedTokens: .file("cached-stream"),
            .signedThinking: .file("thinking-returned"),
        ],
        "vertex": [
            // Calls come whole here.
            .interleavedCalls: .file("parallel-tools-stream"), .resultWithImage: .file("tool-results"),
            .emptyContent: .file("empty"), .splitUnicode: .file("unicode-stream"), .refusal: .file("refused-text"),
            .contentFilter: .file("safety"), .lengthStop: .file("length-stream"), .rateLimit: .file("limited-header"),
            .midStreamError: .file("error-stream"), .cachedTokens: .file("cached-stream"),
            .signedThinking: .file("thinking-returned"),
        ],
        "openai": chatCompletions,
        "azure": chatCompletions,
        "compatible": chatCompletions.merging([
            .midStreamError: .file("vllm-error-in-stream"), .signedThinking: .file("thinking-goes-back"),
        ]) { _, own in own },
        "cohere": [
            .interleavedCalls: .file("parallel-tools-interleaved-stream"),
            .resultWithImage: .file("tool-result-with-image"), .emptyContent: .file("empty-content"),
            .splitUnicode: .file("unicode-stream"), .refusal: .file("refused-text"),
            .contentFilter: .file("content-filter"), .lengthStop: .file("length-stream"),
            .rateLimit: .file("rate-limit"), .midStreamError: .file("mid-stream-error"),
            .cachedTokens: .file("cached-tokens"), .signedThinking: .file("thinking-goes-back"),
        ],
    ]

    private static let chatCompletions: [GoldenTopic: Place] = [
        .interleavedCalls: .file("parallel-tools-interleaved-stream"),
        .resultWithImage: .file("tool-result-with-image"), .emptyContent: .file("empty-content"),
        .splitUnicode: .file("unicode-stream"), .refusal: .file("refusal-stream"),
        .contentFilter: .file("content-filter-stream"), .lengthStop: .file("length-stream"),
        .rateLimit: .file("rate-limit"), .midStreamError: .file("mid-stream-error"),
        .cachedTokens: .file("token-classes-stream"),
        .signedThinking: .absent(because: "chat completions have no signatures, and Responses pass as they are"),
    ]
}

@Suite struct GoldenTopicTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    private static let providers = everyProvider.map { $0.facts.id.rawValue }

    private func files(of provider: String) throws -> Set<String> {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Self.fixtures.appending(path: provider).path)
        return Set(names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) })
    }

    @Test(arguments: providers)
    func `each provider has at least 25 exchanges on file, and one for every topic`(provider: String) throws {
        let files = try files(of: provider)
        #expect(files.count >= 25)
        for topic in GoldenTopic.allCases {
            switch try #require(GoldenTopic.places[provider]?[topic], "\(topic)") {
            case .file(let name): #expect(files.contains(name), "\(topic): \(name)")
            case .absent(let reason): #expect(!reason.isEmpty)
            }
        }
    }
}
