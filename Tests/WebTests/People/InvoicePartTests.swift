import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import Testing

@testable import Web

/// What everybody has used, as a test says.
struct FixedUsage: InstallationUsageReader {
    var rows: [UsageRow] = []

    func usageOfEverybody(on days: ClosedRange<CalendarDate>) async throws -> [UsageRow] {
        rows.filter { row in row.day.map(days.contains) ?? false }
    }
}

@Suite struct InvoicePartTests {
    private static let path = "/portal/admin/invoice"
    private static let boundary = "----canary-boundary"
    private static let columns = "date=day,model=name,input=in,output=out,cost=usd"
    private static let header = "day,name,in,out,usd\n"

    private static func fields(_ change: [String: String] = [:]) -> [String: String] {
        [
            "provider": "bedrock", "from": "2026-11-01", "to": "2026-11-30", "preset": "", "columns": columns,
            "models": "Sonnet=model-ca", "tolerance": "1", "report": "page",
        ].merging(change) { $1 }
    }

    /// A form as a browser sends it.
    private static func form(_ fields: [String: String], file: String?, name: String = "invoice.csv") -> String {
        var parts = fields.map {
            "--\(boundary)\r\ncontent-disposition: form-data; name=\"\($0.key)\"\r\n\r\n\($0.value)\r\n"
        }
        if let file {
            parts.append(
                "--\(boundary)\r\ncontent-disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
                    + "content-type: text/csv\r\n\r\n\(file)\r\n")
        }
        return parts.joined() + "--\(boundary)--\r\n"
    }

    private static func send(
        _ browser: Browser, _ fields: [String: String] = fields(), file: String?, csrf: String? = nil
    ) async throws -> Browser.Reply {
        let all = fields.merging(["csrf": csrf ?? browser.csrf]) { $1 }
        return try await send(browser, body: form(all, file: file))
    }

    private static func send(
        _ browser: Browser, body: String, type: String = "multipart/form-data; boundary=\(boundary)"
    ) async throws -> Browser.Reply {
        try await browser.send("POST", path, ["content-type": type], body)
    }

    /// A portal of which the route has used 60 and 120 tokens on one day.
    private func serve(_ work: @Sendable @escaping (House, Browser) async throws -> Void) async throws {
        var house = try House()
        let route = try Route.make("bedrock/model-ca")
        house.catalog = FixedCatalog(all: [route])
        var sum = UsageSum()
        sum.tokens = TokenUsage(input: 40, cachedInput: 20, output: 100, reasoning: 20)
        sum.cost = try #require(Money(dollars: "0.5"))
        house.usage.rows = [
            UsageRow(day: CalendarDate("2026-11-02"), key: nil, route: route.id, sum: sum)
        ]
        try await house.serve { house in
            let browser = try house.browser(of: try await house.member("ada", .owner))
            let page = try await browser.get(Self.path).body
            #expect(page.contains("enctype=\"multipart/form-data\"") && page.contains("<option value=\"bedrock\""))
            try await work(house, browser)
        }
    }

    private static let rows = """
        2026-11-02,model,60,120,0.5
        2026-11-03,<other>,1,2,3

        """

    private static let good = header + rows

    @Test func `an invoice is held against the records, on a page and as the command's two files`() async throws {
        try await serve { _, browser in
            let page = try await Self.send(browser, file: Self.good)
            #expect(page.status == 200 && page.body.utf8.count < 60 << 10)
            #expect(
                page.body.contains("<td class=\"number\">60 / 60</td>") && page.body.contains("Not everything agrees."))
            let other = try #require(page.body.firstRange(of: "&lt;other&gt;"))
            let agreed = try #require(page.body.firstRange(of: "60 / 60"))
            #expect(other.lowerBound < agreed.lowerBound && page.body.contains("value=\"\(Self.columns)\""))
            let text = try await Self.send(browser, Self.fields(["report": "text"]), file: Self.good)
            #expect(text.header("content-disposition")?.contains("reconciliation-2026-11-01-2026-11-30.txt") ?? false)
            #expect(text.body.contains("1 agree, 0 differ, 0 only we have, 1 only the provider has"))
            let json = try await Self.send(browser, Self.fields(["report": "json"]), file: Self.good)
            #expect(json.header("content-type")?.hasPrefix("application/json") ?? false)
            #expect(json.body.contains(#""verdict":"only_theirs""#))
        }
    }

    @Test(
        arguments: [
            ([:], header, "Neither side has anything", 200), ([:], "", "The file is empty.", 400),
            ([:], nil, "Choose the invoice", 400), ([:], "a,b\n1,2\n", "No column has the name", 400),
            ([:], header + "2026-11-32,m,1,2,3\n", "Line 2: ", 400),
            ([:], header + "2026-11-02,m,1\n", "3 fields", 400),
            ([:], header + "2026-11-02,\"m,1,2,3\n", "Was the file cut off?", 400),
            (["columns": "date"], header, "which column is what", 400),
            (["columns": ""], header, "Choose which export", 400),
            (["provider": "<b>"], header, "no route that is offered", 400),
            (["models": "x"], header, "must be a text of", 400),
            (["from": "2026-12-01"], header, "two days in their order", 400),
            (["tolerance": "-1"], header, "tolerance must", 400),
        ] as [([String: String], String?, String, Int)])
    func `what can't be compared is told in a sentence`(
        change: [String: String], file: String?, sentence: String, status: Int
    ) async throws {
        try await serve { _, browser in
            let change = status == 200 ? ["from": "2026-10-01", "to": "2026-10-31"] : change
            let reply = try await Self.send(browser, Self.fields(change), file: file)
            #expect(reply.status == status && reply.body.contains(sentence), "\(reply.body)")
            #expect(!reply.body.contains("<b>"))
        }
    }

    @Test func `a file in another encoding, too large, cut off or sent in no form for files is told`() async throws {
        try await serve { _, browser in
            // Latin-1, byte by byte: a string would be UTF-8.
            var bytes = Array(
                Self.form(Self.fields(["csrf": browser.csrf]), file: Self.header + "2026-11-02,m@,1,2,3\n").utf8)
            bytes[try #require(bytes.lastIndex(of: UInt8(ascii: "@")))] = 0xE9
            let latin = try await browser.send(
                "POST", Self.path, ["content-type": "multipart/form-data; boundary=\(Self.boundary)"], bytes)
            #expect(latin.status == 400 && latin.body.contains("in UTF-8"))

            let large = Self.header + String(repeating: "2026-11-02,m,1,2,3\n", count: 52_700)
            let refused = try await Self.send(browser, file: large)
            #expect(refused.status == 413 && refused.body.contains("larger than the 1000000 bytes"))

            let whole = Self.form(Self.fields(["csrf": browser.csrf]), file: Self.good)
            let cut = try await Self.send(browser, body: String(whole.dropLast(40)))
            #expect(cut.status == 400 && cut.body.contains("cut off on its way"))
            let noBoundary = try await Self.send(browser, body: whole, type: "multipart/form-data")
            #expect(noBoundary.status == 400)
            let plain = try await browser.post(Self.path, Self.fields())
            #expect(plain.status == 400 && plain.body.contains("as multipart/form-data"))
            let twice = whole.replacing("--\(Self.boundary)--", with: Self.form([:], file: "x"))
            #expect(try await Self.send(browser, body: twice).status == 400)
            #expect(try await Self.send(browser, file: Self.good).status == 200)
        }
    }

    @Test func `a form with a file does nothing without the session's token, nor from another site`() async throws {
        try await serve { house, browser in
            let other = try house.browser(of: try await house.member("bob", .owner))
            try await other.get("/portal/account")
            for token in ["", "0", other.csrf] {
                let reply = try await Self.send(browser, file: Self.good, csrf: token)
                #expect(reply.status == 403 && !reply.body.contains("60 / 60"))
            }
            let body = Self.form(Self.fields(["csrf": browser.csrf]), file: Self.good)
            let fields = [
                "content-type": "multipart/form-data; boundary=\(Self.boundary)", "origin": "https://evil.test",
            ]
            #expect(try await browser.send("POST", Self.path, fields, body).status == 403)
            // Where no file belongs, none is read.
            let elsewhere = ["content-type": "multipart/form-data; boundary=\(Self.boundary)"]
            #expect(try await browser.send("POST", "/portal/organizations", elsewhere, body).status == 403)
        }
    }

    @Test func `a body is read no further than a file may be large`() async throws {
        let body = ByteBuffer(string: Self.form(["csrf": "x"], file: String(repeating: "x", count: 70_000)))
        let type = "multipart/form-data; boundary=\(Self.boundary)"
        let head = HTTPRequest(
            method: .post, scheme: nil, authority: nil, path: Self.path, headerFields: [.contentType: type])
        let request = Request(head: head, body: RequestBody(buffer: body))
        #expect(try await FormBody(of: request, fileLimit: 70_000).file?.count == 70_000)
        let again = Request(head: head, body: RequestBody(buffer: body))
        await #expect(throws: PortalProblem.fileTooLarge(limit: 50_000)) {
            try await FormBody(of: again, fileLimit: 50_000)
        }
        let elsewhere = Request(head: head, body: RequestBody(buffer: body))
        await #expect(throws: PortalProblem.formTooLarge(limit: FormBody.limit)) { try await FormBody(of: elsewhere) }
    }

    @Test func `an invoice is for those who run the installation`() async throws {
        try await serve { house, _ in
            let other = try house.store.createOrganization("Other", owner: nil, at: house.clock.now).id
            let eve = try house.browser(of: try await house.member("eve", .owner, of: other), in: other)
            try await eve.get("/portal/account")
            #expect(try await eve.get(Self.path).status == 403)
            #expect(try await Self.send(eve, file: Self.good).status == 403)
            #expect(try await Self.send(Browser(house), file: Self.good).status == 401)
        }
    }

    @Test func `a report stays small, and the page is in French too`() async throws {
        let model = String(repeating: "<", count: 300)
        let rows = (1...30).flatMap { day in
            (1...50).map { "2026-11-\(day < 10 ? "0" : "")\(day),\(model)\($0),1,1,1\n" }
        }
        try await serve { _, browser in
            let page = try await Self.send(browser, file: Self.header + rows.joined())
            #expect(page.status == 200 && page.body.utf8.count < 60 << 10, "\(page.body.utf8.count)")
            #expect(page.body.contains("The files have all 1501."))
            browser.cookies["ni_language"] = "fr"
            let french = try await Self.send(browser, file: "").body
            #expect(french.contains("Le fichier est vide.") && french.contains("La facture d"))
        }
    }
}
