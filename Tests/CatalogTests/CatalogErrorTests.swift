import Domain
import Testing

@testable import northern

@Suite struct CatalogErrorTests {
    let loader = CatalogLoader.complete

    @Test func `tells file, line, route, what is wrong and what to do next`() {
        let errors = loader.errors(in: .file(Entry("a"), Entry("b", ["tier": "cloud"])))
        #expect(
            errors.map(\.description) == [
                "/etc/northern/routes.yaml:17: route 'b': 'tier' is 'cloud', which it can't be. Write one of "
                    + "customer_premises, canadian_owned_cloud, managed_canadian_cloud, provider_api."
            ])
    }

    @Test func `tells all mistakes of all files at once, in the order of the files and their lines`() {
        let first = CatalogSource.file(
            Entry("a", ["fallbacks": "[nowhere]", "tier": "cloud", "prices": "{input: x, outputs: 1}"]),
            Entry("b-ca", ["processing": "[US]", "name": nil]), named: "z.yaml")
        let second = CatalogSource.file(
            Entry("c", ["storage": "CA"]), Entry("c-ca", ["processing": "[US]"]), named: "a.yaml")
        let errors = loader.errors(in: first, second)
        #expect(
            errors.map { "\($0.site.file):\($0.site.line) \($0.problem)" } == [
                "z.yaml:7 'tier' is 'cloud', which it can't be",
                "z.yaml:12 the member 'prices.outputs' is unknown",
                "z.yaml:12 'prices.input' is 'x', which it can't be",
                "z.yaml:12 'prices.output' is missing",
                "z.yaml:14 'name' is missing",
                "a.yaml:10 'storage' is no list",
                "a.yaml:13 it contradicts itself: an id that ends in '-ca' needs processing in CA alone, and this "
                    + "one's is US",
            ])
    }

    @Test(
        arguments: [
            ("id", nil), ("name", nil), ("provider", nil), ("upstream_model", nil), ("tier", nil), ("endpoint", nil),
            ("processing", nil), ("storage", nil), ("exposure", nil), ("prices", nil),
            ("name", "\"\""), ("name", "\"a\\nb\""), ("name", "\"a\\u202eb\""), ("name", "\"a\\u0085b\""),
            ("upstream_model", "a b"), ("upstream_model", "\"a\\r\\nx-evil: 1\""), ("upstream_model", "modèle"),
            ("provider", "Bedrock"), ("provider", "cohere"), ("tier", "global"),
            ("endpoint", "{region: ca-central-1}"), ("endpoint", "{jurisdiction: CA}"), ("endpoint", "ca-central-1"),
            ("endpoint", "{region: \"a\\u0007\", jurisdiction: CA}"),
            ("endpoint", "{region: a.b/c, jurisdiction: CA}"),
            ("endpoint", "{region: r, jurisdiction: Canada}"), ("endpoint", "{region: r, jurisdiction: CA, host: h}"),
            ("endpoint", "{region: r, jurisdiction: CA, base_url: \"ftp://example\"}"),
            ("endpoint", "{region: r, jurisdiction: CA, base_url: \"https://exa\\u0007mple\"}"),
            ("processing", "[]"), ("processing", "CA"), ("processing", "[ca]"), ("storage", "[CAN]"),
            ("exposure", "{}"),
            ("capabilities", "{supports_vision: true}"), ("capabilities", "text"),
            ("lifecycle", "{retires_at: 2026-02-30}"), ("lifecycle", "{retires_at: soon}"),
            ("lifecycle", "{retired: 2026-02-03}"), ("lifecycle", "{enforced: yes}"),
            ("lifecycle", "{replacement: x}"),
            ("lifecycle", "{deprecated_at: 2027-02-01, retires_at: 2027-01-01}"),
            ("fallbacks", "[x]"), ("fallbacks", "[mock-model]"), ("fallbacks", "[\"\\u0000\"]"), ("fallbacks", "x"),
            ("retention", "{days: -1}"), ("retention", "{days: 1.5}"), ("retention", "{training: maybe}"),
            ("onward", "yes"), ("onward", "true"), ("credential_source", "mine"), ("credential", "unknown"),
            ("credential", "\"a b\""), ("replaces", "1"),
            ("replaces", "true"), ("fallback", "[x]"), ("Name", "x"),
        ] as [(String, String?)])
    func `a mistake is told, with its line`(member: String, value: String?) {
        let file = CatalogSource.file(Entry("mock-model", [member: value]))
        let lines = file.text.split(separator: "\n").map(String.init)
        let expected = lines.firstIndex { $0.hasPrefix("    \(member):") || $0.hasPrefix("  - \(member):") }
        let errors = loader.errors(in: file)
        #expect(!errors.isEmpty)
        // What is missing is told of the route's first line, and so is what needs the whole route to see it.
        #expect(errors.allSatisfy { [3, (expected ?? 2) + 1].contains($0.site.line) })
        #expect(errors.allSatisfy { $0.site.route == (member == "id" ? nil : "mock-model") })
        #expect(errors.allSatisfy { $0.description.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 } })
    }

    @Test(arguments: ["\"\"", "a b", "\"a\\tb\"", "\"a\\u0000\"", "é", "[a]", String(repeating: "a", count: 201)])
    func `an id that can't stand in a header line is refused, and isn't printed as one`(id: String) {
        let errors = loader.errors(in: .file(Entry(id)))
        #expect(errors.count == 1 && errors.first?.site.route == nil)
    }

    @Test(arguments: [
        ("true", "[text]", "supports_vision' is true, and 'modalities' say otherwise"),
        ("false", "[text, image]", "supports_vision' is false, and 'modalities' say otherwise"),
        ("false", "[txt]", "modalities' is 'txt', which it can't be"),
    ])
    func `capabilities agree with one another`(vision: String, modalities: String, problem: String) {
        let yaml = """
            {supports_vision: \(vision), supports_function_calling: true, modalities: \(modalities),
                           context_window: 1, max_output_tokens: 1}
            """
        let errors = loader.errors(in: .file(Entry("a", ["capabilities": yaml])))
        #expect(errors.map(\.problem) == ["'capabilities.\(problem)"])
    }

    @Test func `ids are unique within a file, even if it says that it replaces`() {
        let errors = loader.errors(in: .file(Entry("a"), Entry("a", ["replaces": "true"])))
        #expect(errors.map(\.problem) == ["the id is taken, on line 3 of /etc/northern/routes.yaml"])
        #expect(errors.map(\.site.line) == [13])
    }

    @Test func `ids are unique across files, unless the later one says that it replaces`() {
        let errors = loader.errors(in: .builtIn, .file(Entry("vertex_ai/gemini-2.5-pro-ca")))
        #expect(errors.count == 1 && errors.first?.site.file == "/etc/northern/routes.yaml")
        #expect(errors.first?.remedy.contains("replaces: true") == true)
    }

    @Test func `what replaces nothing is misspelled`() {
        let errors = loader.errors(in: .builtIn, .file(Entry("x", ["replaces": "true"])))
        #expect(errors.map(\.problem) == ["it replaces a route that no earlier file has"])
    }

    @Test(arguments: [("processing", "[CA, US]"), ("storage", "[US]"), ("exposure", "[\"*\"]")])
    func `a fallback that weakens residency is refused`(fact: String, value: String) {
        let errors = loader.errors(in: .file(Entry("a", ["fallbacks": "[b]"]), Entry("b", [fact: value])))
        #expect(errors.count == 1 && errors.first?.problem.hasPrefix("the \(fact) of its fallback 'b' is") == true)
        #expect(errors.first?.site.line == 13)
    }

    @Test func `a fallback is listed once`() {
        let errors = loader.errors(in: .file(Entry("a", ["fallbacks": "[b, b]"]), Entry("b")))
        #expect(errors.map(\.problem) == ["'b' is there twice"])
    }

    @Test func `whoever names a route that has a mistake isn't to blame`() {
        let errors = loader.errors(in: .file(Entry("a", ["fallbacks": "[b]"]), Entry("b", ["tier": "x"])))
        #expect(errors.map(\.site.route) == ["b"])
    }

    @Test func `a provider without an address is told of, or its routes are left out`() throws {
        let azure = Entry("a", ["provider": "azure"])
        let errors = CatalogLoader.cloudOnly.errors(in: .file(azure))
        #expect(errors.map(\.problem) == ["nothing says where the provider 'azure' is"])
        let lenient = CatalogSource.file(azure, Entry("b"), unaddressedRoutes: .leftOut)
        let catalog = try CatalogLoader.cloudOnly.catalog(from: [lenient])
        #expect(catalog.routes.map(\.route.id) == ["b"])
        #expect(catalog.omissions == [.init(route: "a", provider: ProviderID(rawValue: "azure"))])
    }

    @Test func `neither a credential nor a URL that can hold one is printed`() {
        let errors = loader.errors(
            in: .file(
                Entry("a", ["credential": "sk-secret"]),
                Entry("b", ["endpoint": "{region: r, jurisdiction: CA, base_url: \"https://me:sk-secret@host\"}"])))
        #expect(errors.count == 2)
        #expect(!CatalogErrors(errors: errors).description.contains("secret"))
    }
}
