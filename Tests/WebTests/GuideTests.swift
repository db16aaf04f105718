import Domain
import Foundation
import Testing

@testable import Web

@Suite struct GuideTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs")

    private func text(_ slug: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: "\(slug).md"), encoding: .utf8)
    }

    @Test func `every file of the documentation has a page, and every page a file`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let slugs = files.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
        #expect(slugs.sorted() == Guide.all.map(\.slug).sorted())
    }

    @Test func `a page says what its file says`() throws {
        for guide in Guide.all {
            let file = try text(guide.slug)
            #expect(guide.english.source == file, "\(guide.slug)")
        }
    }

    @Test func `every guide has a title, and a first paragraph that stands for it`() {
        for guide in Guide.all {
            #expect(!guide.english.blocks.title.isEmpty && guide.english.blocks.summary.count > 20, "\(guide.slug)")
        }
    }

    @Test func `every link between guides leads to a heading that is there`() throws {
        for guide in Guide.all {
            for match in try text(guide.slug).matches(of: /\]\(([^)\s]+)\)/) {
                let target = String(match.1)
                let address = try #require(Guide.address(of: target), "\(guide.slug): \(target)")
                guard address.hasPrefix("/docs/"), let hash = address.firstIndex(of: "#") else { continue }
                let other = try #require(Guide.named(String(address[..<hash].dropFirst(6))))
                let anchor = String(address[address.index(after: hash)...])
                let page = other.english.blocks.html(resolving: Guide.address)
                #expect(page.contains("id=\"\(anchor)\""), "\(guide.slug): \(target)")
            }
        }
    }

    @Test(arguments: GatewayError.Code.allCases)
    func `the page on errors has a row for each code, with its status`(code: GatewayError.Code) throws {
        #expect(try text("errors").contains("\n| `\(code.rawValue)` | \(code.status) | "))
    }

    @Test(arguments: AdminError.Code.allCases)
    func `the page on errors has a row for each code of the admin API`(code: AdminError.Code) throws {
        #expect(try text("errors").contains("\n| `\(code.rawValue)` | \(code.status) | "))
    }

    @Test func `the page on errors has no row for a code that doesn't exist`() throws {
        let known = Set(GatewayError.Code.allCases.map(\.rawValue) + AdminError.Code.allCases.map(\.rawValue))
        for match in try text("errors").matches(of: /\n\| `([a-z_]+)` \| \d/) {
            #expect(known.contains(String(match.1)))
        }
    }

    @Test func `commands that are meant to be run need nothing but a gateway and a key`() {
        for guide in Guide.all {
            for case .code("sh", let commands) in guide.english.blocks {
                #expect(commands.contains("http://127.0.0.1:8080/"), "\(guide.slug)")
                #expect(!commands.contains("northern ") && !commands.contains("$ "), "\(guide.slug)")
            }
        }
    }
}
