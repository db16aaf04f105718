import Foundation
import Testing

/// The page on benchmarks has the figures of the README, which is where they are written down.
@Suite struct BenchmarkPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    private static let file = root.appending(path: "docs/benchmarks.md")
    private static let mark = "<!-- Written by `NORTHERN_WRITE_TABLES=1 swift test --filter BenchmarkPageTests`. -->\n"

    @Test func `the page on benchmarks has the figures of the README`() throws {
        let page = try String(contentsOf: Self.file, encoding: .utf8)
        let expected = try Self.page(page, with: Self.figures)
        if ProcessInfo.processInfo.environment["NORTHERN_WRITE_TABLES"] == "1" {
            try expected.write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        #expect(page == expected, "`NORTHERN_WRITE_TABLES=1 swift test --filter BenchmarkPageTests` rewrites it.")
    }

    /// The tables, and what is said of them; what has links leads to files that are no guides.
    private static var figures: String {
        get throws {
            let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
            let section = try #require(
                readme.components(separatedBy: "\n## ").first { $0.hasPrefix("Performance\n") })
            let blocks = section.components(separatedBy: "\n\n").dropFirst().filter { !$0.contains("](") }
            #expect(blocks.contains { $0.hasPrefix("| ") }, "The README has no table of figures.")
            return blocks.joined(separator: "\n\n").trimmingCharacters(in: .newlines)
        }
    }

    private static func page(_ page: String, with figures: String) throws -> String {
        let start = try #require(page.range(of: mark)).upperBound
        let end = try #require(page.range(of: "\n## ", range: start..<page.endIndex)).lowerBound
        return page[..<start] + "\n" + figures + "\n" + page[end...]
    }
}
