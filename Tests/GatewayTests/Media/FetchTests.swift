import Domain
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import Upstream

/// What is fetched, and from where; asked of the fetcher itself.
@Suite struct FetchTests {
    private static func fetcher(
        _ resolver: any AddressResolver, port: Int = 443, _ change: (inout HTTPSFetcher.Limits) -> Void = { _ in }
    ) throws -> HTTPSFetcher {
        var limits = HTTPSFetcher.Limits()
        limits.ports = [443, port]
        limits.bytes = 4_096
        // A machine with much else to do.
        limits.time = .seconds(300)
        change(&limits)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([try TLSUpstream.certificate])
        return HTTPSFetcher(
            on: .singletonMultiThreadedEventLoopGroup, tls: try NIOSSLContext(configuration: tls), resolver: resolver,
            limits: limits)
    }

    /// Why a URL isn't fetched; nil where it is.
    private static func refusal(_ url: String, by fetcher: HTTPSFetcher) async -> MediaFetchFailure.Reason? {
        do throws(MediaFetchFailure) {
            _ = try await fetcher.contents(of: [url])
            return nil
        } catch {
            return error.reason
        }
    }

    // MARK: Forms

    private static let forms: [(String, MediaFetchFailure.Reason)] = [
        ("http://images.example/a.png", .scheme), ("ftp://images.example/a.png", .scheme),
        ("//images.example", .scheme),
        ("gs://bucket/a.png", .scheme), ("s3://bucket/a.png", .scheme), ("file:///etc/passwd", .scheme),
        ("gopher://127.0.0.1:70/", .scheme), ("images.example/a.png", .scheme), ("", .scheme), ("https", .scheme),
        (" https://images.example/", .scheme), ("http\u{17F}://images.example/", .scheme), ("httpS;//x", .scheme),
        ("https:/images.example/a.png", .form), ("https:images.example", .form), ("https://", .form),
        ("https:///a.png", .form), ("https:\\\\images.example\\a.png", .form),
        ("https://images.example\\@127.0.0.1/", .form),
        ("https://images.example/a b.png", .form), ("https://images.example/\t", .form),
        ("https://images.example/\r\nhost: x", .form), ("https://images.example/é.png", .form),
        ("https://ⓔxample.com/", .form), ("https://images。example/", .form),
        ("https://images.example%2F@x/", .credentials),
        ("https://user@images.example/", .credentials), ("https://user:word@images.example/", .credentials),
        ("https://images.example@127.0.0.1/", .credentials), ("https://@127.0.0.1/", .credentials),
        ("https://images%2eexample/", .form), ("https://images.example./a.png", .form), ("https://localhost./", .form),
        ("https://127.0.0.1./", .form), ("https://images..example/", .form), ("https://.example/", .form),
        ("https://-a.example/", .form), ("https://2130706433/", .form), ("https://017700000001/", .form),
        ("https://0x7f000001/", .form), ("https://0x7f.1/", .form), ("https://127.1/", .form),
        ("https://127.0.1/", .form),
        ("https://0177.0.0.1/", .form), ("https://127.0.0.01/", .form), ("https://0x7f.0x0.0x0.0x1/", .form),
        ("https://127.0.0.0x1/", .form), ("https://256.1.1.1/", .form), ("https://1.2.3.4.5/", .form),
        ("https://images.example.1/", .form), ("https://images.0x/", .form), ("https://[::1/", .form),
        ("https://[fe80::1%25eth0]/", .form), ("https://[fe80::1%eth0]/", .form), ("https://[127.0.0.1]/", .form),
        ("https://[::1]x/", .form), ("https://::1/", .form), ("https://images.example:/", .form),
        ("https://images.example:443x/", .form), ("https://images.example:0443/", .form),
        ("https://images.example:99999/", .form), ("https://images.example:+443/", .form),
        ("https://images.example:80/", .port), ("https://images.example:22/", .port),
        ("https://[2606:4700::1]:6379/", .port),
        ("https://127.0.0.1/", .host), ("https://[::1]/", .host), ("https://[::ffff:127.0.0.1]/", .host),
        ("https://[::ffff:8.8.8.8]/", .host), ("HTTPS://169.254.169.254/latest/meta-data", .host),
        ("https://[64:ff9b::7f00:1]/", .host), ("https://[::127.0.0.1]/", .host),
    ]

    @Test(arguments: forms)
    func `what can be read in two ways, or isn't on the public Internet, is never connected to`(
        url: String, reason: MediaFetchFailure.Reason
    ) async throws {
        // Whatever the name: were it looked up, something would be found that may be fetched.
        let resolver = CountingResolver(["127.0.0.1"])
        let fetcher = try Self.fetcher(resolver)
        #expect(await Self.refusal(url, by: fetcher) == reason)
        #expect(resolver.count == 0)
    }

    @Test func `an address that goes on without end isn't looked at`() async throws {
        let resolver = CountingResolver(["127.0.0.1"])
        let url = "https://images.example/" + String(repeating: "a", count: 9_000)
        #expect(await Self.refusal(url, by: try Self.fetcher(resolver)) == .form && resolver.count == 0)
    }

    // MARK: Addresses

    private static let special = [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1",
        "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1",
        "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "2620:4f:8000::1", "3fff::1",
        "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    ]

    @Test(arguments: special)
    func `a name that leads to an address that isn't public, alone or among others, leads nowhere`(
        address: String
    ) async throws {
        for answer in [[address], ["8.8.8.8", address], [address, "2606:4700::1111"]] {
            let fetcher = try Self.fetcher(ScriptedResolver([answer]))
            #expect(await Self.refusal("https://images.example/a.png", by: fetcher) == .host)
        }
    }

    @Test func `a name without an address can't be told from one that leads into the operator's network`() async throws
    {
        let fetcher = try Self.fetcher(ScriptedResolver([]))
        #expect(await Self.refusal("https://intranet/a.png", by: fetcher) == .host)
    }

    @Test func `a name is looked up once, and what was looked at is connected to`() async throws {
        try await withServer { server in
            let resolver = ScriptedResolver([["127.0.0.1"], ["192.0.2.1"]])
            let fetcher = try Self.fetcher(resolver, port: server.port) { $0.networks = Self.loopback }
            let found = try await fetcher.contents(of: ["https://model.test:\(server.port)/a.png?size=2#part"])
            #expect(found == [ImageServer.png])
            // The name goes with the request, and nothing of the gateway's does.
            let head = try #require(server.heads.first)
            #expect(head.hasPrefix("GET /a.png?size=2 HTTP/1.1\r\nhost: model.test:\(server.port)\r\n"))
            #expect(!head.contains("authorization") && !head.contains("cookie"))
        }
    }

    // MARK: Answers

    private static let answers: [(String, MediaFetchFailure.Reason?)] = [
        ("/a.png", nil), ("/chunked.png", nil), ("/page", nil), ("/elsewhere", .redirection), ("/none", .status(404)),
        ("/large", .size(4_096)), ("/large-chunked", .size(4_096)), ("/broken", .reply), ("/two-lengths", .reply),
    ]

    @Test(arguments: answers)
    func `only a whole answer of no more than the bytes that are allowed counts`(
        path: String, reason: MediaFetchFailure.Reason?
    ) async throws {
        try await withServer { server in
            let fetcher = try Self.fetcher(ScriptedResolver([["127.0.0.1"]]), port: server.port) {
                $0.networks = Self.loopback
            }
            #expect(await Self.refusal("https://model.test:\(server.port)\(path)", by: fetcher) == reason)
            #expect(server.heads.count == 1)
        }
    }

    @Test(arguments: ["/slow", "/silent"])
    func `whoever doesn't answer to the end in time is let go`(path: String) async throws {
        try await withServer { server in
            let fetcher = try Self.fetcher(ScriptedResolver([["127.0.0.1"]]), port: server.port) {
                $0.networks = Self.loopback
                $0.time = .milliseconds(500)
            }
            #expect(await Self.refusal("https://model.test:\(server.port)\(path)", by: fetcher) == .time)
        }
    }

    @Test func `a certificate that isn't one for the name, or isn't trusted, and nothing is asked`() async throws {
        try await withServer { server in
            let resolver = ScriptedResolver([["127.0.0.1"]])
            let fetcher = try Self.fetcher(resolver, port: server.port) { $0.networks = Self.loopback }
            #expect(await Self.refusal("https://other.test:\(server.port)/a.png", by: fetcher) == .certificate)
            #expect(await Self.refusal("https://127.0.0.1:\(server.port)/a.png", by: fetcher) == .certificate)
            var limits = HTTPSFetcher.Limits()
            limits.ports = [server.port]
            limits.networks = Self.loopback
            limits.time = .seconds(300)
            let distrustful = HTTPSFetcher(
                on: .singletonMultiThreadedEventLoopGroup,
                tls: try NIOSSLContext(configuration: .makeClientConfiguration()), resolver: resolver, limits: limits)
            #expect(await Self.refusal("https://model.test:\(server.port)/a.png", by: distrustful) == .certificate)
            #expect(server.heads.isEmpty)
        }
    }

    @Test func `parts of one request share what it may fetch, and the first that fails is told`() async throws {
        try await withServer { server in
            let fetcher = try Self.fetcher(ScriptedResolver([["127.0.0.1"]]), port: server.port) {
                $0.networks = Self.loopback
                $0.bytesOfRequest = 20
            }
            let url = "https://model.test:\(server.port)/a.png"
            #expect(try await fetcher.contents(of: [url]) == [ImageServer.png])
            let reason = await Self.refusal(of: [url, url], by: fetcher)
            #expect(reason == .size(20))
            do throws(MediaFetchFailure) {
                _ = try await fetcher.contents(of: [url, "https://model.test:\(server.port)/none"])
                Issue.record("It was fetched.")
            } catch {
                #expect(error == MediaFetchFailure(at: 1, .status(404)))
            }
        }
    }

    @Test func `more at a time than there may be is refused, and not one more is asked`() async throws {
        try await withServer { server in
            let fetcher = try Self.fetcher(ScriptedResolver([["127.0.0.1"]]), port: server.port) {
                $0.networks = Self.loopback
                $0.parts = 1
                $0.partsAtOnce = 1
            }
            let slow = "https://model.test:\(server.port)/silent"
            let waiting = Task { await Self.refusal(slow, by: fetcher) }
            try await eventually("the first is under way") { server.heads.count == 1 }
            #expect(await Self.refusal("https://model.test:\(server.port)/a.png", by: fetcher) == .busy)
            waiting.cancel()
            _ = await waiting.value
            #expect(await Self.refusal("https://model.test:\(server.port)/a.png", by: fetcher) == nil)
            #expect(server.heads.count == 2)
        }
    }

    private static func refusal(of urls: [String], by fetcher: HTTPSFetcher) async -> MediaFetchFailure.Reason? {
        do throws(MediaFetchFailure) {
            _ = try await fetcher.contents(of: urls)
            return nil
        } catch {
            return error.reason
        }
    }

    private static let loopback = [IPPrefix("127.0.0.0/8")].compactMap { $0 }
}

/// Gives a test a server of images of its own.
func withServer(_ body: (ImageServer) async throws -> Void) async throws {
    let server = try await ImageServer.start()
    do {
        try await body(server)
    } catch {
        try? await server.stop()
        throw error
    }
    try await server.stop()
}
