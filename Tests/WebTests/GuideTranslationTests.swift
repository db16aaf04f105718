import Domain
import Foundation
import Testing

@testable import Web

/// Holds each French guide against the English one: what isn't prose is the same in both, so that neither is changed
/// without the other.
@Suite struct GuideTranslationTests {
    static let translated = Guide.all.filter { $0.french != nil }.map(\.slug)

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/fr")

    private func pair(_ slug: String) throws -> (english: GuideText, french: GuideText) {
        let guide = try #require(Guide.named(slug))
        return (guide.english, try #require(guide.french))
    }

    @Test func `every translation is served, and is the file that it says`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(files.sorted() == Self.translated.map { "\($0).fr.md" }.sorted())
        for guide in Guide.all {
            guard let french = guide.french else { continue }
            let text = try String(contentsOf: Self.folder.appending(path: "../\(french.file)"), encoding: .utf8)
            #expect(french.source == text && french.blocks.summary.count > 20, "\(guide.slug)")
        }
    }

    @Test(arguments: translated)
    func `a translation has the same parts in the same order`(slug: String) throws {
        let (english, french) = try pair(slug)
        #expect(french.blocks.map(\.outline) == english.blocks.map(\.outline))
    }

    @Test(arguments: translated)
    func `a translation has the same code, byte for byte but for comments`(slug: String) throws {
        let (english, french) = try pair(slug)
        #expect(french.blocks.flatMap(\.codeWithoutComments) == english.blocks.flatMap(\.codeWithoutComments))
    }

    @Test(arguments: translated)
    func `a translation names the same members, codes and commands in each of its parts`(slug: String) throws {
        let (english, french) = try pair(slug)
        for (ours, theirs) in zip(french.blocks, english.blocks) {
            #expect(ours.spans.compactMap(\.inlineCode).sorted() == theirs.spans.compactMap(\.inlineCode).sorted())
        }
    }

    @Test(arguments: translated)
    func `a translation has the same figures in its tables`(slug: String) throws {
        let (english, french) = try pair(slug)
        #expect(french.blocks.flatMap(\.figures) == english.blocks.flatMap(\.figures))
    }

    @Test(arguments: translated)
    func `a translation has the same links, to translations where there are any`(slug: String) throws {
        let (english, french) = try pair(slug)
        for (ours, theirs) in zip(french.blocks, english.blocks) {
            let expected = try theirs.spans.compactMap(\.target).map { try inFrench($0, from: english) }
            #expect(ours.spans.compactMap(\.target).sorted() == expected.sorted())
        }
    }

    /// Where a link of an English guide has to lead in a French one: to the heading in the same place.
    private func inFrench(_ target: String, from source: GuideText) throws -> String {
        guard !target.contains("://"), !target.hasPrefix("/") else { return target }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let file = parts[0].isEmpty ? source.file : String(parts[0])
        guard file.hasSuffix(".md"), let guide = Guide.named(String(file.dropLast(3))), let french = guide.french else {
            return "../\(target)"
        }
        let place = parts[0].isEmpty ? "" : "\(guide.slug).fr.md"
        guard parts.count == 2 else { return place }
        let number = try #require(guide.english.blocks.anchors.firstIndex(of: String(parts[1])), "\(target)")
        return "\(place)#\(french.blocks.anchors[number])"
    }
}

extension [MarkdownBlock] {
    fileprivate var anchors: [String] {
        compactMap { block in if case .heading(_, let spans) = block { spans.anchor } else { nil } }
    }
}

extension MarkdownBlock {
    /// What kind of part it is, and how large where that is no matter of words.
    fileprivate var outline: String {
        switch self {
        case .heading(let level, _): "heading \(level)"
        case .paragraph: "paragraph"
        case .list(let isOrdered, let items):
            "\(isOrdered ? "numbered " : "")list \(items.map { $0.map(\.outline) })"
        case .code(let language, _): "code \(language)"
        case .table(let header, let rows): "table \(header.count) \(rows.map(\.count))"
        case .quote(let blocks): "quote \(blocks.map(\.outline))"
        }
    }

    /// All spans in it, those inside others too.
    fileprivate var spans: [MarkdownSpan] {
        switch self {
        case .heading(_, let spans), .paragraph(let spans): spans.flatMap(\.withInner)
        case .list(_, let items): items.flatMap { $0.flatMap(\.spans) }
        case .code: []
        case .table(let header, let rows): (header + rows.flatMap { $0 }).flatMap { $0.flatMap(\.withInner) }
        case .quote(let blocks): blocks.flatMap(\.spans)
        }
    }

    fileprivate var codeWithoutComments: [String] {
        switch self {
        case .code(_, let code):
            [
                code.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { $0.replacing(/(^|\s)#\s.*$/, with: "") }.joined(separator: "\n")
            ]
        case .list(_, let items): items.flatMap { $0.flatMap(\.codeWithoutComments) }
        case .quote(let blocks): blocks.flatMap(\.codeWithoutComments)
        case .heading, .paragraph, .table: []
        }
    }

    /// Cells that are numbers, with a decimal point in each language.
    fileprivate var figures: [String] {
        guard case .table(_, let rows) = self else { return [] }
        return rows.flatMap { row in
            row.compactMap { cell in
                let text = cell.plainText.replacing(/(\d),(\d)/, with: { "\($0.1).\($0.2)" })
                let figure = text.filter { $0.isASCII && ($0.isNumber || $0 == ".") }
                return text.first?.isNumber == true ? figure : nil
            }
        }
    }
}

extension MarkdownSpan {
    fileprivate var withInner: [MarkdownSpan] {
        switch self {
        case .text, .code: [self]
        case .emphasis(let spans), .strong(let spans), .link(let spans, _): [self] + spans.flatMap(\.withInner)
        }
    }

    /// Lines end in other places in another language.
    fileprivate var inlineCode: String? {
        if case .code(let text) = self { text.replacing("\n", with: " ") } else { nil }
    }
    fileprivate var target: String? { if case .link(_, let target) = self { target } else { nil } }
}
