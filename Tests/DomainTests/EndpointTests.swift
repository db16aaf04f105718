import Domain
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("https://api.openai.com/v1", true, "api.openai.com", 443, "/v1", "api.openai.com"),
        ("http://localhost", false, "localhost", 80, "", "localhost"),
        ("http://localhost:8080/", false, "localhost", 8080, "", "localhost:8080"),
        ("https://h:443/a/b/", true, "h", 443, "/a/b", "h"), ("https://h:80", true, "h", 80, "", "h:80"),
        ("http://h:443", false, "h", 443, "", "h:443"), ("https://h///", true, "h", 443, "", "h"),
        ("https://h/v1//", true, "h", 443, "/v1", "h"), ("http://[::1]", false, "::1", 80, "", "[::1]"),
        ("https://[2001:db8::1]:8443/x", true, "2001:db8::1", 8443, "/x", "[2001:db8::1]:8443"),
        ("http://10.0.0.1:1", false, "10.0.0.1", 1, "", "10.0.0.1:1"),
        ("http://h:65535", false, "h", 65535, "", "h:65535"),
    ])
    func `host, port and path are read from a URL`(
        _ url: String, _ isTLS: Bool, _ host: String, _ port: Int, _ path: String, _ authority: String
    ) throws {
        let endpoint = try #require(Endpoint(url: url))
        #expect(endpoint == Endpoint(isTLS: isTLS, host: host, port: port, pathPrefix: path))
        #expect(endpoint.authority == authority)
        #expect(Endpoint(url: endpoint.url) == endpoint)
    }

    @Test(arguments: [
        "", "api.openai.com", "ftp://h", "https:/h", "https://", "https:///v1", "https://:443", "https://h:",
        "https://h:0",
        "https://h:65536", "https://h:-1", "https://h:+80", "https://h:80a", "https://h: 80", "https://h:٨٠",
        "https://a:b:c", "https://::1/", "https://[::1", "https://[]", "https://[::1]x", "https://[::1]:",
        "https://user@h",
        "https://user:pass@h/", "https://h/?q=1", "https://h/#f", "https://h?q", "https://h h", "https://h/a b",
        "https://h\r\nx: y", "https://h/\n", "https://h/\u{7F}", "https://hé", "https://h/v1?\u{301}", " https://h",
    ])
    func `what has a place for nothing but an origin and a path is refused`(_ url: String) {
        #expect(Endpoint(url: url) == nil)
    }
}

@Suite struct LifecycleTests {
    let retirement = CalendarDate(daysSince1970: 20_000)

    @Test func `a route is retiring ninety days before it retires, and retired from that day on`() {
        let life = Lifecycle(retiresAt: retirement)
        #expect(state(life, -91) == "active" && state(life, -90) == "retiring" && state(life, -1) == "retiring")
        #expect(state(life, 0) == "retired" && state(life, 1_000) == "retired")
    }

    @Test func `the day of the deprecation goes before the ninety days`() {
        let early = Lifecycle(deprecatedAt: retirement.adding(days: -200), retiresAt: retirement)
        #expect(state(early, -201) == "active" && state(early, -200) == "retiring")
        let late = Lifecycle(deprecatedAt: retirement.adding(days: -10), retiresAt: retirement)
        #expect(state(late, -11) == "active" && state(late, -10) == "retiring")
    }

    @Test func `dates that are only shown change nothing`() {
        let shown = Lifecycle(deprecatedAt: retirement, retiresAt: retirement, isEnforced: false)
        #expect(state(shown, 1_000) == "active" && state(Lifecycle(), 1_000) == "active")
    }

    @Test func `a deprecation without a last day is told from its day on`() {
        let life = Lifecycle(deprecatedAt: retirement)
        #expect(state(life, -1) == "active" && state(life, 0) == "deprecated" && state(life, 1_000) == "deprecated")
    }

    private func state(_ life: Lifecycle, _ days: Int) -> String {
        switch life.state(on: retirement.adding(days: days)) {
        case .active: "active"
        case .retiring(let date): date == retirement ? "retiring" : "retiring on another day"
        case .deprecated(let date): date == retirement ? "deprecated" : "deprecated since another day"
        case .retired(let date): date == retirement ? "retired" : "retired on another day"
        }
    }
}
