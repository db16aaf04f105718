import Domain
import Foundation
import NIOCore
import NIOPosix
import Testing
import Wire

@testable import Web

@Suite struct ControlPlaneTests {
    // MARK: Pages

    @Test func `the first page shows the base URL at which it was visited`() async throws {
        try await withControlPlane([try .make("vertex_ai/gemini-ca")]) { client in
            let page = try await client.get("/", ["host": "gateway.example:8080"])
            #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.body.contains("<code data-copy>http://gateway.example:8080/v1</code>"))
            #expect(page.body.contains(#""model": "vertex_ai/gemini-ca""#))
        }
    }

    @Test func `behind TLS the base URL has its scheme`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/", ["host": "gateway.example", "x-forwarded-proto": "https"])
            #expect(page.body.contains("<code data-copy>https://gateway.example/v1</code>"))
        }
    }

    @Test func `a configured public URL comes before what the visitor sends`() async throws {
        try await withControlPlane(publicURL: "https://ai.example") { client in
            let page = try await client.get("/")
            #expect(page.body.contains("<code data-copy>https://ai.example/v1</code>"))
        }
    }

    @Test func `a host that is no host is not repeated`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/", ["host": "<script>"])
            #expect(!page.body.contains("<script>") && !page.body.contains("&lt;script&gt;"))
        }
    }

    @Test func `the models are listed by tier, the least exposed first, with all their facts`() async throws {
        let routes = [
            try Route.make("openai/gpt-global", tier: .providerAPI, processing: ["*"], exposure: ["US"]),
            try Route.make(
                "own/llama-ca", name: "Llama", tier: .customerPremises, region: "basement", exposure: ["CA"],
                input: "0", output: "0", takesImages: false,
                lifecycle: Lifecycle(retiresAt: CalendarDate("2027-04-08"), replacement: "own/next-ca")),
        ]
        try await withControlPlane(routes) { client in
            let body = try await client.get("/models").body
            let own = try #require(body.firstRange(of: "own/llama-ca"))
            let other = try #require(body.firstRange(of: "openai/gpt-global"))
            #expect(own.lowerBound < other.lowerBound)
            let facts = ["customer_premises", "basement", "2027-04-08", "then own/next-ca"]
            for fact in facts + [">0.00<", ">0.125<", ">10.00<"] {
                #expect(body.contains(fact), "\(fact)")
            }
            #expect(body.contains(">anywhere</td>") && body.contains(#"<th scope="row">"#))
        }
    }

    @Test func `a route's id and name are escaped`() async throws {
        try await withControlPlane([try .make("<script>alert(1)</script>", name: "<img src=x>")]) { client in
            for path in ["/", "/models"] {
                let body = try await client.get(path).body
                #expect(!body.contains("<script>") && !body.contains("<img src=x>"), "\(path)")
                #expect(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "\(path)")
            }
        }
    }

    @Test func `without routes the page says what to do`() async throws {
        try await withControlPlane { client in
            let (models, landing) = (try await client.get("/models"), try await client.get("/"))
            #expect(models.body.contains("northern check") && landing.status == 200)
        }
    }

    @Test func `every guide is a page that says where it stands`() async throws {
        try await withControlPlane { client in
            let index = try await client.get("/docs").body
            for guide in Guide.all {
                #expect(index.contains("href=\"/docs/\(guide.slug)\""))
                let page = try await client.get("/docs/\(guide.slug)")
                #expect(page.status == 200 && page.body.contains("<h1 id="))
                #expect(page.body.contains("href=\"/docs/\(guide.slug)\" aria-current=\"page\""))
            }
        }
    }

    @Test func `pages name their language, and have landmarks and one first heading`() async throws {
        try await withControlPlane([try .make()]) { client in
            for path in ["/", "/models", "/docs", "/docs/quickstart", "/nowhere"] {
                let body = try await client.get(path, ["accept": "text/html"]).body
                #expect(body.hasPrefix("<!doctype html>\n<html lang=\"en\">"), "\(path)")
                #expect(body.matches(of: /<main[ >]/).count == 1 && body.contains("<nav aria-label="), "\(path)")
                #expect(body.matches(of: /<h1[ >]/).count == 1 && body.contains("<title>"), "\(path)")
                #expect(!body.contains("{{"), "\(path)")
            }
        }
    }

    @Test func `pages load nothing from elsewhere and run no script but our own file`() async throws {
        try await withControlPlane([try .make()]) { client in
            let page = try await client.get("/")
            let policy = try #require(page.headers["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(page.headers["referrer-policy"] == "no-referrer")
            #expect(page.body.matches(of: /(src|href)="https?:/).isEmpty)
            #expect(page.body.matches(of: /<script/).count == page.body.matches(of: /<script src="\/page\.js">/).count)
            #expect(try await client.get("/page.js").headers["content-type"] == "text/javascript; charset=utf-8")
            #expect(!page.body.contains(" style=\""))
            #expect(try await client.get("/style.css").headers["content-type"] == "text/css; charset=utf-8")
            #expect(try await client.get("/icon.svg").headers["content-type"] == "image/svg+xml")
        }
    }

    @Test func `what a custody record may hold is there as a JSON Schema`() async throws {
        try await withControlPlane { client in
            let reply = try await client.get("/docs/custody-record.schema.json")
            #expect(reply.status == 200 && reply.headers["content-type"] == "application/schema+json")
            #expect(try JSON(parsing: Array(reply.body.utf8))["properties"]?["attempts"] != nil)
            #expect(try await client.get("/docs/auditors").body.contains("href=\"/docs/custody-record.schema.json\""))
        }
    }

    // MARK: What isn't there

    @Test(arguments: ["/api/nothing", "/v1/nothing", "/api/billing/other?x=1", "/chat/completions"])
    func `programs are told in JSON that nothing is there`(path: String) async throws {
        try await withControlPlane { client in
            let reply = try await client.get(path)
            #expect(reply.status == 404 && reply.headers["content-type"] == "application/json")
            #expect(reply.body.hasPrefix(#"{"error":{"message":"There is nothing at this path."#))
            #expect(reply.body.contains(#""type":"invalid_request_error""#))
            #expect(reply.body.contains(#""code":"not_found""#))
        }
    }

    @Test func `programs are told in French where they prefer it`() async throws {
        try await withControlPlane { client in
            let reply = try await client.get("/v1/x", ["accept-language": "fr-CA, en;q=0.5"])
            #expect(reply.body.contains("Il n'y a rien"))
        }
    }

    @Test(arguments: ["/nothing", "/docs/nothing", "/docs/quickstart/more", "/docs/<b>", "/apis"])
    func `people are told on a page that nothing is there`(path: String) async throws {
        try await withControlPlane { client in
            let reply = try await client.get(path, ["accept": "text/html,application/xhtml+xml;q=0.9"])
            #expect(reply.status == 404 && reply.headers["content-type"] == "text/html; charset=utf-8")
            #expect(reply.body.contains("There is no such page") && !reply.body.contains("<b>"))
            #expect(reply.headers["content-security-policy"] != nil)
        }
    }

    @Test(arguments: ["/", "/nothing", "/v1/nothing"])
    func `a reply to HEAD has no body`(path: String) async throws {
        try await withControlPlane { client in
            let reply = try await client.send("HEAD", path)
            #expect(reply.body.isEmpty && Int(reply.headers["content-length"] ?? "") ?? 0 > 0)
        }
    }

    // MARK: Running

    @Test func `only the owner may use the socket, and nothing is left of it afterwards`() async throws {
        let path = "/tmp/ni-web-\(UUID().uuidString.prefix(8)).sock"
        let plane = ControlPlane(catalog: FixedCatalog(all: []), logger: .silent)
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        let running = Task { try await plane.run(socketPath: path) { signal.yield() } }
        for await _ in ready { break }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        running.cancel()
        try await running.value
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a socket that an earlier process left behind is replaced`() async throws {
        let path = "/tmp/ni-web-\(UUID().uuidString.prefix(8)).sock"
        let left = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(unixDomainSocketPath: path).get()
        let plane = ControlPlane(catalog: FixedCatalog(all: []), logger: .silent)
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        let running = Task { try await plane.run(socketPath: path) { signal.yield() } }
        for await _ in ready { break }
        let reply = try await HTTPClient(address: SocketAddress(unixDomainSocketPath: path)).get("/")
        #expect(reply.status == 200)
        running.cancel()
        try await running.value
        try await left.close()
    }

    @Test func `a socket that cannot be made is an error and not a wait`() async throws {
        let plane = ControlPlane(catalog: FixedCatalog(all: []), logger: .silent)
        await #expect(throws: (any Error).self) {
            try await plane.run(socketPath: "/nonexistent/directory/socket") {}
        }
    }
}
