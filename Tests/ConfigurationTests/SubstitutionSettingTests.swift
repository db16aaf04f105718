import Domain
import Foundation
import Testing

@testable import northern

/// What is configured about personal information.
@Suite struct SubstitutionSettingTests {
    private func substitution(_ flags: [String: String] = [:]) async throws -> SubstitutionConfiguration {
        try await GatewayConfiguration(SettingReader(file: nil, flags: flags, environment: [:])).substitution
    }

    private func substitution(yaml: String) async throws -> SubstitutionConfiguration {
        let file = FileManager.default.temporaryDirectory.appending(path: "northern-\(UUID().uuidString).yaml")
        try Data(yaml.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await GatewayConfiguration(SettingReader(file: file.path, flags: [:], environment: [:])).substitution
    }

    @Test func `nothing is replaced and nobody is asked unless it is set`() async throws {
        let substitution = try await substitution()
        #expect(substitution.usual == .off && substitution.recognizer == nil)
    }

    @Test(arguments: SubstitutionDemand.allCases)
    func `what is usual is one of three words, with or without quotes`(demand: SubstitutionDemand) async throws {
        #expect(try await substitution(["pii.substitution": demand.rawValue]).usual == demand)
        #expect(try await substitution(yaml: "pii:\n  substitution: \(demand.rawValue)\n").usual == demand)
        #expect(try await substitution(yaml: "pii:\n  substitution: \"\(demand.rawValue)\"\n").usual == demand)
    }

    @Test func `what is no such word is refused`() async {
        await #expect(throws: ConfigurationError.self) { try await substitution(["pii.substitution": "perhaps"]) }
    }

    @Test func `allowed texts may have spaces and commas, in a list and with semicolons between them`() async throws {
        let flags = ["pii.allowed": "1 Elizabeth Street, Ottawa;; Clara "]
        let reader = try await SettingReader(file: nil, flags: flags, environment: [:])
        #expect(reader.texts(Settings.allowedTexts) == ["1 Elizabeth Street, Ottawa", "Clara"])
    }

    @Test func `allowed texts of a variable are those of a flag`() async throws {
        let variables = ["NORTHERN_PII_ALLOWED": "1 Elizabeth Street, Ottawa;; Clara "]
        let reader = try await SettingReader(file: nil, flags: [:], environment: variables)
        #expect(reader.texts(Settings.allowedTexts) == ["1 Elizabeth Street, Ottawa", "Clara"])
    }

    @Test func `allowed texts of a file may be a list, or a single text`() async throws {
        for (yaml, texts) in [
            (#"["1 Elizabeth Street, Ottawa", " Clara "]"#, ["1 Elizabeth Street, Ottawa", "Clara"]),
            ("Clara", ["Clara"]),
        ] {
            let file = FileManager.default.temporaryDirectory.appending(path: "northern-\(UUID().uuidString).yaml")
            try Data("pii:\n  allowed: \(yaml)\n".utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let reader = try await SettingReader(file: file.path, flags: [:], environment: [:])
            #expect(reader.texts(Settings.allowedTexts) == texts)
        }
    }

    @Test func `a recognizer is asked in English, for ten seconds, unless something else is set`() async throws {
        let usual = try #require(try await substitution(["pii.recognizer_url": "http://127.0.0.1:5002"]).recognizer)
        #expect(usual.language == "en" && usual.timeout == .seconds(10))
        let other = try #require(
            try await substitution([
                "pii.recognizer_url": "https://pii.test/analyze", "pii.recognizer_language": "fr",
                "pii.recognizer_timeout_seconds": "2",
            ]).recognizer)
        #expect(other.language == "fr" && other.timeout == .seconds(2) && other.url == "https://pii.test/analyze")
    }

    @Test(arguments: ["127.0.0.1:5002", "ftp://pii.test", "http://", "pii.test"])
    func `what no recognizer can be asked at is refused`(url: String) async {
        await #expect(throws: ConfigurationError.self) { try await substitution(["pii.recognizer_url": url]) }
    }
}
