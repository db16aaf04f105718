import Testing

@testable import Web

/// The documentation for programs: `llms.txt`, and the guides as they are written.
@Suite struct GuideSourceTests {
    @Test func `llms-txt has a line for each guide in each language that it is in`() async throws {
        try await withControlPlane(publicURL: "https://ai.example") { client in
            let reply = try await client.get("/llms.txt")
            #expect(reply.status == 200 && reply.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(reply.body.hasPrefix("# northern\n\n> "))
            for text in Guide.all.flatMap({ [$0.english, $0.french].compactMap(\.self) }) {
                let line = "\n- [\(text.blocks.title)](https://ai.example/docs/\(text.file)): "
                #expect(reply.body.ranges(of: line).count == 1, "\(text.file)")
            }
        }
    }

    @Test func `every link of llms-txt to the documentation leads somewhere`() async throws {
        try await withControlPlane(publicURL: "https://ai.example") { client in
            let links = try await client.get("/llms.txt").body.matches(of: /\]\(https:\/\/ai\.example(\/docs\/[^)]+)\)/)
            #expect(links.count > Guide.all.count)
            for link in links {
                let reply = try await client.get(String(link.1))
                #expect(reply.status == 200, "\(link.1)")
            }
        }
    }

    @Test func `a line of llms-txt is a line, however its summary is wrapped`() async throws {
        try await withControlPlane { client in
            let lines = try await client.get("/llms.txt").body.split(separator: "\n").filter { $0.contains("/docs/") }
            #expect(lines.allSatisfy { $0.hasPrefix("- [") && $0.contains("): ") })
        }
    }

    @Test func `a guide's source is its file, byte for byte, in the language of its name`() async throws {
        try await withControlPlane { client in
            for text in Guide.all.flatMap({ [$0.english, $0.french].compactMap(\.self) }) {
                let reply = try await client.get("/docs/\(text.file)", ["accept-language": "fr, en;q=0.1"])
                #expect(reply.body == text.source && reply.headers["content-language"] == text.language.tag)
                #expect(reply.headers["content-type"] == "text/markdown; charset=utf-8")
            }
        }
    }

    @Test func `a guide's page names its source`() async throws {
        try await withControlPlane { client in
            let page = try await client.get("/docs/keys", ["accept-language": "fr"]).body
            #expect(page.contains(#"<link rel="alternate" type="text/markdown" href="/docs/fr/keys.fr.md">"#))
        }
    }

    @Test(arguments: ["/docs/nothing.md", "/docs/fr/keys.md", "/docs/fr/nothing.fr.md", "/docs/keys.fr.md", "/docs/fr"])
    func `there is no source of what is no guide`(path: String) async throws {
        try await withControlPlane { client in
            let reply = try await client.get(path)
            #expect(reply.status == 404)
        }
    }
}
