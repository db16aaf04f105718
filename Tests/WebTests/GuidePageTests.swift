import Testing

@testable import Web

/// Guides as visitors meet them, in either language.
@Suite struct GuidePageTests {
    private static let french = ["accept-language": "fr-CA, en;q=0.5"]

    @Test func `who reads French gets the guide in French, and a way to the English one`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/docs/quickstart", Self.french)
            #expect(page.headers["content-language"] == "fr" && page.body.contains("<article lang=\"fr\">"))
            #expect(page.body.contains(">Démarrage rapide</h1>") && !page.body.contains("class=\"notice\""))
            #expect(page.body.contains(#"<a href="?lang=en" lang="en" hreflang="en">English</a>"#))
            #expect(page.headers["vary"] == "Accept-Language, Cookie")
        }
    }

    @Test func `who reads English gets the guide in English`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/docs/quickstart")
            #expect(page.headers["content-language"] == "en" && page.body.contains(">Quickstart</h1>"))
        }
    }

    @Test func `a guide that is chosen in French is in French whatever the browser prefers`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/docs/quickstart?lang=fr", ["accept-language": "en"])
            #expect(page.headers["content-language"] == "fr" && page.body.contains(">Démarrage rapide</h1>"))
        }
    }

    @Test(arguments: [[:], french])
    func `a guide in two languages names both to search engines`(headers: [String: String]) async throws {
        try await withControlPlane { client in
            let head = try await client.get("/docs/keys", headers).body
            for tag in ["en", "fr"] {
                #expect(head.contains("<link rel=\"alternate\" hreflang=\"\(tag)\" href=\"/docs/keys?lang=\(tag)\">"))
            }
        }
    }

    @Test func `a guide that isn't translated says so in French, and is marked as English`() async throws {
        let slug = try #require(Guide.all.first { $0.french == nil }?.slug)
        try await withControlPlane { client in
            let page = try await client.get("/docs/\(slug)", Self.french)
            #expect(page.headers["content-language"] == "en" && page.body.contains("<html lang=\"fr\">"))
            #expect(page.body.contains("n'est pas encore traduit") && page.body.contains("<article lang=\"en\">"))
            #expect(!page.body.contains("rel=\"alternate\" hreflang"))
            let english = try await client.get("/docs/\(slug)").body
            #expect(!english.contains("class=\"notice\""))
        }
    }

    @Test func `the lists of guides have each title in the language that its guide is in`() async throws {
        try await withControlPlane { client in
            for path in ["/", "/docs"] {
                let page = try await client.get(path, Self.french).body
                #expect(page.contains(#"<li lang="fr"><a href="/docs/quickstart">Démarrage rapide</a>"#), "\(path)")
                #expect(page.contains(#"<li lang="en"><a href="/docs/fields">"#), "\(path)")
            }
        }
    }

    @Test func `links of a French guide stay on pages`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/docs/quickstart", Self.french).body
            #expect(page.contains(#"<a href="/docs/keys">Clés</a>"#) && page.contains(#"href="/docs/commands""#))
            #expect(page.matches(of: /<a href="[^"]*(\.md|\.\.\/)/).isEmpty)
            let audit = try await client.get("/docs/auditors", Self.french).body
            #expect(audit.contains(#"href="/docs/custody-record.schema.json""#))
        }
    }
}
