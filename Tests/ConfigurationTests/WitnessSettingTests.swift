import Foundation
import Testing

@testable import northern

/// Who is asked to cosign, and who can't be.
@Suite struct WitnessSettingTests {
    /// Of kind 4; the third has an at sign in its name.
    private static let one = "one.test/w1+7726f6ec+BIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    private static let two = "two.test+2b52e78b+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
    private static let at = "me@at.test+ff7766f2+BO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR"
    /// Of kind 1.
    private static let ofLog = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    private func witnesses(_ text: String) async throws -> [Witness] {
        try await GatewayConfiguration(
            SettingReader(file: nil, flags: ["custody.witnesses": text], environment: [:])
        ).witnesses
    }

    private func names(_ text: String) async throws -> [String] {
        try await witnesses(text).map { "\($0.name) \($0.url)" }
    }

    private func mistake(_ text: String) async -> String {
        let error = await #expect(throws: ConfigurationError.self) { try await witnesses(text) }
        return error?.description ?? ""
    }

    @Test func `nobody is asked unless it is set`() async throws {
        #expect(try await names("").isEmpty)
        #expect(try await names(" , ").isEmpty)
    }

    @Test(arguments: [",", " ", "\n  ", ", "])
    func `witnesses have commas or white space between them`(separator: String) async throws {
        let text = "\(Self.one)@https://one.test/w/\(separator)\(Self.two)@http://127.0.0.1:9000"
        #expect(try await names(text) == ["one.test/w1 https://one.test/w", "two.test http://127.0.0.1:9000"])
    }

    @Test func `a configuration file may have them as a list`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "northern-\(UUID().uuidString).yaml")
        let lines = [
            "custody:", "  witnesses:", "    - \(Self.one)@https://one.test", "    - \(Self.two)@https://two.test",
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let configuration = try await GatewayConfiguration(
            SettingReader(file: file.path, flags: [:], environment: [:]))
        #expect(configuration.witnesses.map(\.name) == ["one.test/w1", "two.test"])
    }

    @Test func `a name may have an at sign, and a path a plus sign`() async throws {
        #expect(try await names("\(Self.at)@https://at.test/a+b") == ["me@at.test https://at.test/a+b"])
    }

    @Test func `what can't be asked is refused, and told by its number`() async {
        let cases = [
            (Self.one, "is written as"), ("https://one.test", "is written as"), ("\(Self.one)@", "https URL"),
            ("\(Self.one)@one.test", "https URL"), ("\(Self.one)@http://one.test", "https URL"),
            ("\(Self.one)@https://user:canary@one.test", "https URL"),
            ("\(Self.one)@https://one.test?canary", "https URL"),
            ("\(Self.ofLog)@https://one.test", "is one for logs"),
            (Self.one.replacing("w1", with: "w2") + "@https://one.test", "id doesn't fit"),
            ("a+b+c@https://one.test", "is written as its name"),
        ]
        for (text, problem) in cases {
            let mistake = await mistake("\(Self.two)@https://two.test \(text)")
            #expect(mistake.hasPrefix("Witness 2 of 'custody.witnesses' can't be asked. "), "\(mistake)")
            #expect(mistake.contains(problem) && !mistake.contains("canary"), "\(mistake)")
        }
    }

    @Test func `nobody is asked twice`() async {
        #expect(await mistake("\(Self.one)@https://a.test \(Self.one)@https://b.test").contains("'one.test/w1' twice"))
    }
}
