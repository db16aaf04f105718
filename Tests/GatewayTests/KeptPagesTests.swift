import NIOCore
import Testing
import Wire

@testable import Gateway

/// Which pages of the control plane are kept, and for whom.
@Suite struct KeptPagesTests {
    private func name(_ lines: String..., target: String = "/models", method: String = "GET") throws -> KeptPages.Name?
    {
        let text =
            "\(method) \(target) HTTP/1.1\r\n" + (["host: a.test"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
        var parser = HTTP1RequestParser()
        var position = 0
        let event = try Array(text.utf8).withUnsafeBytes { try parser.next(in: $0, at: &position) }
        guard case .head(let head)? = event else { throw NoHead() }
        return KeptPages.Name(head)
    }

    private struct NoHead: Error {}

    private func head(_ fields: (String, String)..., status: Int = 200) -> ReplyHead {
        let usual = [("content-length", "10"), ("cache-control", "public, max-age=60"), ("vary", "Accept-Language")]
        let names = fields.map(\.0)
        return ReplyHead(status: status, fields: usual.filter { !names.contains($0.0) } + fields)
    }

    @Test func `a page is another one in another language, of another host, over https and with another query`() throws
    {
        let one = try #require(try name("accept-language: fr"))
        #expect(try name("accept-language: fr", "user-agent: x") == one)
        #expect(try name("accept-language: en") != one)
        #expect(try name("accept-language: fr", target: "/models?tools=yes") != one)
        #expect(try name("accept-language: fr", "x-forwarded-proto: https") != one)
    }

    @Test(arguments: [
        "cookie: a=b", "authorization: Bearer x", "cache-control: no-cache", "if-none-match: x", "range: bytes=0-1",
    ])
    func `whoever may get an answer of their own is not answered with a page that was kept`(line: String) throws {
        #expect(try name(line) == nil)
        #expect(try name(method: "HEAD") == nil && name(target: "/" + String(repeating: "a", count: 600)) == nil)
    }

    @Test func `what is for everybody is kept for as long as it says, and nothing else is`() {
        #expect(KeptPages.lifetime(of: head()) == .seconds(60))
        #expect(KeptPages.lifetime(of: head(status: 404)) == nil)
        for field in [
            ("cache-control", "max-age=60"), ("cache-control", "no-store"), ("cache-control", "public, max-age=0"),
            ("cache-control", "public, max-age=99999999999999999999"), ("vary", "*"),
            ("vary", "accept-language, origin"),
            ("set-cookie", "a=b"), ("content-length", "1000000"), ("content-length", "-1"),
        ] {
            #expect(KeptPages.lifetime(of: head(field)) == nil, "\(field)")
        }
    }

    @Test func `a page is gone when its time is over, and many don't take more memory than few`() throws {
        var pages = KeptPages()
        let start = NIODeadline.uptimeNanoseconds(1)
        let page = KeptPages.Page(lines: [], body: ByteBuffer(), madeAt: start, end: start + .seconds(60))
        let one = try #require(try name())
        pages.keep(page, as: one)
        #expect(pages.page(one, at: start + .seconds(59)) != nil && pages.page(one, at: start + .seconds(60)) == nil)
        for number in 0..<1_000 { pages.keep(page, as: try #require(try name(target: "/models?\(number)"))) }
        #expect(pages.count <= 64)
    }
}
