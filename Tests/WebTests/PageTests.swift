import Domain
import Testing

@testable import Web

@Suite struct PageTests {
    // MARK: Languages

    @Test func `a text that lacks a language is refused when the pages are read`() {
        for template in [
            "[[Models]]", "[[Models||]]", "[[||Modèles]]", "[[a||b||c]]", "[[Models||Modèles", "[[a[[b||c]]",
        ] {
            #expect(throws: TextChoice.Malformed.self, "\(template)") { try TextChoice.in(.french, of: template) }
        }
    }

    @Test func `each language has its own texts`() throws {
        let template = "<p>[[Yes||Oui]], [[no||non]]</p>"
        #expect(try TextChoice.in(.english, of: template) == "<p>Yes, no</p>")
        #expect(try TextChoice.in(.french, of: template) == "<p>Oui, non</p>")
    }

    @Test func `no template has a text in one language only`() {
        // What is the same in both: names, and words that French has too.
        let shared: Set = ["northern", "Docs", "Route", "Images", "curl", "API", "CA", "hi", "ni_live_"]
        for (name, bytes) in Pages.sources {
            let template = String(decoding: bytes, as: UTF8.self)
            let rest = template.replacing(/\[\[.*?\]\]/.dotMatchesNewlines(), with: "")
                .replacing(/<code.*?<\/code>/.dotMatchesNewlines(), with: "")
                .replacing(/\{\{\$at.*?\{\{\/at\w+\}\}/, with: "")
                .replacing(/\{\{.*?\}\}+/, with: "").replacing(/<[^>]*>/, with: " ").replacing(/x-ni-[a-z-]+/, with: "")
            #expect(template.matches(of: /aria-label="[^\[{"]/).isEmpty, "\(name)")
            for word in rest.matches(of: /[A-Za-zÀ-ÿ_]{2,}/).map({ String($0.output) }) {
                #expect(shared.contains(word), "\(name): \(word)")
            }
        }
    }

    @Test func `a page is in the language that the visitor chose, then the one the browser prefers`() async throws {
        try await withControlPlane([try .make()]) { client in
            let french = ["accept-language": "fr-CA"]
            #expect(try await client.get("/models", french).body.contains("<h1>Modèles</h1>"))
            let chosen = try await client.get("/models?lang=en", french)
            #expect(chosen.body.contains("<h1>Models</h1>") && chosen.headers["content-language"] == "en")
            let cookie = try #require(chosen.headers["set-cookie"])
            #expect(cookie.hasPrefix("ni_language=en;") && cookie.contains("SameSite=Lax"))
            let kept = try await client.get("/models", ["accept-language": "fr", "cookie": "a=b; ni_language=en"])
            #expect(kept.body.contains("<html lang=\"en\">") && kept.headers["set-cookie"] == nil)
            let missing = try await client.get("/nowhere", ["accept": "text/html", "accept-language": "fr"])
            #expect(missing.status == 404 && missing.body.contains("Cette page n"))
        }
    }

    // MARK: Models

    @Test(arguments: [
        ("tier=customer_premises", ["own"]), ("processing=CA", ["own", "cloud"]), ("exposure=CA", ["own"]),
        ("exposure=CA%2CUS", ["own", "cloud", "far"]), ("images=yes", ["cloud", "far"]), ("output=0", ["own"]),
        ("tier=nonsense&output=x&processing=", ["own", "cloud", "far"]), ("tier=customer_premises&images=yes", []),
    ])
    func `the page of models shows the routes that were asked for`(query: String, shown: [String]) async throws {
        let routes = [
            try Route.make(
                "own", tier: .customerPremises, exposure: ["CA"], input: "0", output: "0", takesImages: false),
            try Route.make("cloud"), try Route.make("far", tier: .providerAPI, processing: ["*"], exposure: ["US"]),
        ]
        try await withControlPlane(routes) { client in
            let body = try await client.get("/models?\(query)").body
            for id in ["own", "cloud", "far"] {
                #expect(body.contains(">\(id)</a>") == shown.contains(id), "\(id)")
            }
        }
    }

    @Test func `a route has a page with its facts and calls to paste`() async throws {
        let routes = [
            try Route.make("bedrock/claude-v1:0-ca", lifecycle: Lifecycle(replacement: "bedrock/next-ca")),
            try Route.make("bedrock/next-ca"),
        ]
        try await withControlPlane(routes, publicURL: "https://ai.example") { client in
            #expect(try await client.get("/models").body.contains("href=\"/models/bedrock/claude-v1%3A0-ca\""))
            for path in ["/models/bedrock/claude-v1%3A0-ca", "/models/bedrock/claude-v1:0-ca"] {
                let page = try await client.get(path)
                #expect(page.status == 200)
                #expect(page.body.contains("https://ai.example/v1/chat/completions"))
                #expect(page.body.contains("&quot;bedrock/claude-v1:0-ca&quot;"))
                #expect(page.body.contains("<a href=\"/models/bedrock/next-ca\">"))
                #expect(page.body.contains("class=\"badge declared\""))
            }
            #expect(try await client.get("/models/nothing", ["accept": "text/html"]).status == 404)
        }
    }

    @Test func `what a route is called can't leave the attribute or the text that it stands in`() async throws {
        let id = "\"><script>x</script>\u{301}'$(id)"
        let route = try Route.make(id)
        try await withControlPlane([route]) { client in
            let list = try await client.get("/models").body
            #expect(!list.contains("<script>") && list.contains(route.pagePath))
            let page = try await client.get(route.pagePath)
            #expect(page.status == 200 && !page.body.contains("<script>"))
        }
    }
}
