import Testing

@testable import northern

@Suite struct CatalogSyntaxTests {
    @Test(arguments: [
        ("", 1, "the file is empty"),
        ("# nothing\n", 1, "the file is empty"),
        ("- a\n", 1, "this is no mapping"),
        ("version: 1\n", 1, "'routes' is missing"),
        ("routes: []\n", 1, "'version' is missing"),
        ("version: 1\nroutes: {}\n", 2, "'routes' is no list"),
        ("version: 1\nroutes:\n", 2, "'routes' is no list"),
        ("version: a b\nroutes: []\n", 1, "'version' is 'a b', which it can't be"),
        ("version: 1\nroutes: []\nroute: []\n", 3, "the member 'route' is unknown"),
        ("version: 1\nroutes: []\n<<: {a: b}\n", 3, "the member '<<' is unknown"),
        ("version: 1\nroutes: []\n? [a]\n: b\n", 3, "the member '?' is unknown"),
        ("version: 1\nroutes:\n  - text\n", 3, "this is no mapping"),
        ("version: 1\nversion: 2\nroutes: []\n", 1, "the member 'version' is there twice"),
        ("version: 1\nroutes: [\n", 3, "did not find expected node content"),
        ("version: 1\n\troutes: []\n", 2, "found a tab character that violates indentation"),
        ("version: 1\nroutes: []\n---\nversion: 2\n", 3, "but found another document"),
        ("version: 1\nroutes: *nowhere\n", 2, "found undefined alias"),
        ("version: 1\nroutes: []\u{7}\n", 2, "control characters are not allowed"),
    ])
    func `what isn't a catalogue file is refused, with the line`(text: String, line: Int, problem: String) {
        let errors = CatalogLoader.complete.errors(in: .text(text))
        #expect(errors.map(\.problem) == [problem])
        #expect(errors.map(\.site.line) == [line])
        #expect(errors.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test(arguments: [
        ("/etc/northern/routes.yaml", "routes"), ("routes", "routes"), ("a b.c.yaml", "a-b"), ("", "catalog"),
        ("d/é\u{7}.yaml", "--"),
    ])
    func `price lists are named after the file`(name: String, prefix: String) {
        #expect(CatalogSource(name: name, text: "").snapshotPrefix == prefix)
    }
}
