import Domain
import NIOCore
import Testing
import Wire

@testable import Web

@Suite struct AdminServerTests {
    private let bearer = ["authorization": "Bearer secret-token"]

    // MARK: Health and metrics

    @Test func `it is live at once, and ready when the rest is`() async throws {
        try await withAdminServer { client in
            let (live, ready) = (try await client.get("/health/live"), try await client.get("/health/ready"))
            #expect(live.status == 200 && ready.status == 200 && ready.body == #"{"status":"ready"}"#)
        }
        try await withAdminServer(readiness: .notReady("The keys are not loaded yet")) { client in
            #expect(try await client.get("/health/live").status == 200)
            let reply = try await client.get("/health/ready")
            #expect(reply.status == 503 && reply.body.contains("The keys are not loaded yet"))
        }
    }

    @Test func `metrics are in the text format of Prometheus`() async throws {
        let metrics = [
            Metric(
                name: "northern_requests_total", help: "Requests\nby \\ status", kind: .counter,
                samples: [
                    .init(labels: ["status": "200", "route": "a\"b\\c\nd"], value: 12),
                    .init(labels: ["status": "500"], value: 0.5),
                ]),
            Metric(
                name: "northern_seconds", help: "Time", kind: .histogram,
                samples: [
                    .init(suffix: "_bucket", labels: ["le": "+Inf"], value: .infinity),
                    .init(suffix: "_sum", value: .nan),
                ]),
        ]
        try await withAdminServer(metrics: metrics) { client in
            let reply = try await client.get("/metrics")
            #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                reply.body == #"""
                    # HELP northern_requests_total Requests\nby \\ status
                    # TYPE northern_requests_total counter
                    northern_requests_total{route="a\"b\\c\nd",status="200"} 12
                    northern_requests_total{status="500"} 0.5
                    # HELP northern_seconds Time
                    # TYPE northern_seconds histogram
                    northern_seconds_bucket{le="+Inf"} +Inf
                    northern_seconds_sum NaN

                    """#)
        }
    }

    @Test func `an unknown path is a JSON error`() async throws {
        try await withAdminServer { client in
            let reply = try await client.get("/")
            #expect(reply.status == 404 && reply.body.contains(#""code":"not_found""#))
        }
    }

    // MARK: The token

    @Test func `without the token nothing is told and nothing is done`() async throws {
        let keys = KeyBook()
        try await withAdminServer(keys: keys) { client in
            for (headers, code) in [
                ([:], "missing_admin_token"), (["authorization": "Basic x"], "missing_admin_token"),
                (["authorization": "Bearer"], "missing_admin_token"),
                (["authorization": "Bearer "], "missing_admin_token"),
                (["authorization": "Bearer secret-toke"], "invalid_admin_token"),
                (["authorization": "Bearer secret-token2"], "invalid_admin_token"),
                (["authorization": "Bearer Secret-token"], "invalid_admin_token"),
            ] {
                let reply = try await client.send("POST", "/api/admin/keys", headers, body: #"{"name":"x"}"#)
                #expect(reply.status == 401 && reply.body.contains(#""code":"\#(code)""#), "\(headers)")
                #expect(reply.headers["www-authenticate"] == "Bearer")
            }
        }
        #expect(try await keys.keys().isEmpty)
    }

    @Test func `the right token opens it, whatever the case of the scheme`() async throws {
        try await withAdminServer { client in
            let reply = try await client.get("/api/admin/keys", ["authorization": "bearer  secret-token"])
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: [nil, ""])
    func `without a configured token the admin API is closed to everybody`(token: String?) async throws {
        try await withAdminServer(token: token) { client in
            let reply = try await client.get("/api/admin/keys", ["authorization": "Bearer "])
            #expect(reply.status == 403 && reply.body.contains("admin_api_disabled"))
            #expect(try await client.get("/health/live").status == 200)
        }
    }

    @Test func `the token is never printed`() {
        let token = AdminToken("very-secret")
        #expect(!"\(token as Any)".contains("very") && !String(reflecting: token).contains("very"))
    }

    // MARK: Keys

    @Test func `a key is made as asked, its secret shown once and never listed`() async throws {
        try await withAdminServer { client in
            let reply = try await client.send(
                "POST", "/api/admin/keys", bearer,
                body: #"""
                    {"name": "Ünï \"x\"", "tiers": ["provider_api", "customer_premises"], "routes": ["b", "a"],
                     "allow_fallbacks": false, "environment": "test", "expires_at": "2027-01-31T12:00:00.5+01:00"}
                    """#)
            #expect(reply.status == 201 && reply.headers["cache-control"] == "no-store")
            let key = try JSON(parsing: reply.body)
            #expect(key["secret"] == "ni_test_abcdSECRET" && key["name"]?.string == "Ünï \"x\"")
            #expect(key["tiers"] == ["customer_premises", "provider_api"] && key["routes"] == ["a", "b"])
            #expect(key["allow_fallbacks"] == false && key["expires_at"] == "2027-01-31T11:00:00.500000Z")

            let list = try await client.get("/api/admin/keys", bearer).body
            #expect(list.contains(#""id":"key_1""#) && !list.contains("SECRET"))
        }
    }

    @Test func `a name is all that a key needs`() async throws {
        try await withAdminServer { client in
            let body = #"{"name": "x", "tiers": null, "routes": null, "expires_at": null}"#
            let key = try JSON(parsing: try await client.send("POST", "/api/admin/keys", bearer, body: body).body)
            #expect(key["tiers"]?.array?.count == Tier.allCases.count && key["routes"] == .null)
            #expect(key["allow_fallbacks"] == true && key["commands"] == false && key["expires_at"] == .null)
        }
    }

    @Test func `a key has the limits that were asked for, and money is read to the last digit`() async throws {
        try await withAdminServer { client in
            let body = #"""
                {"name": "x", "requests_per_minute": 100, "tokens_per_minute": 10000,
                 "budget": {"day_usd": 0.1, "month_usd": "12.50"}, "networks": ["203.0.113.0/24"]}
                """#
            let key = try JSON(parsing: try await client.send("POST", "/api/admin/keys", bearer, body: body).body)
            #expect(key["requests_per_minute"] == 100 && key["tokens_per_minute"] == 10_000)
            #expect(key["budget"] == ["day_usd": "0.1", "month_usd": "12.5", "total_usd": .null])
            #expect(key["networks"] == ["203.0.113.0/24"])
        }
    }

    @Test(arguments: [
        (#""requests_per_minute": 0"#, "requests_per_minute"), (#""requests_per_minute": 1.5"#, "requests_per_minute"),
        (#""tokens_per_minute": "5""#, "tokens_per_minute"), (#""budget": 5"#, "budget"),
        (#""budget": {"day": 5}"#, "budget.day"), (#""budget": {"day_usd": -5}"#, "budget.day_usd"),
        (#""budget": {"total_usd": 1e3}"#, "budget.total_usd"), (#""networks": ["10.0.0.1"]"#, "networks"),
        (#""networks": ["10.0.0.1/8"]"#, "networks"), (#""networks": []"#, "networks"),
    ])
    func `a limit that can't be meant makes no key`(member: String, parameter: String) async throws {
        let keys = KeyBook()
        try await withAdminServer(keys: keys) { client in
            let body = #"{"name": "x", \#(member)}"#
            let reply = try await client.send("POST", "/api/admin/keys", bearer, body: body)
            #expect(reply.status == 400 && reply.body.contains(#""param":"\#(parameter)""#), "\(reply.body)")
        }
        #expect(try await keys.keys().isEmpty)
    }

    @Test func `a change leaves what it doesn't name, and null takes away`() async throws {
        try await withAdminServer { client in
            let body = #"""
                {"name": "x", "tiers": ["customer_premises"], "processing": ["CA"], "requests_per_minute": 5,
                 "expires_at": "2027-01-31", "budget": {"day_usd": "1"}}
                """#
            _ = try await client.send("POST", "/api/admin/keys", bearer, body: body)
            let patch = #"{"requests_per_minute": null, "tokens_per_minute": 7, "name": "y"}"#
            let reply = try await client.send("PATCH", "/api/admin/keys/key_1", bearer, body: patch)
            let key = try JSON(parsing: reply.body)
            #expect(reply.status == 200 && key["name"] == "y" && key["requests_per_minute"] == .null)
            #expect(key["tokens_per_minute"] == 7 && key["tiers"] == ["customer_premises"])
            #expect(key["processing"] == ["CA"] && key["budget"]?["day_usd"] == "1" && key["expires_at"] != .null)
            let shown = try JSON(parsing: try await client.get("/api/admin/keys/key_1", bearer).body)
            #expect(shown["last_used_at"]?.string == Timestamp.now.description && shown["name"] == "y")
        }
    }

    @Test(arguments: [
        #"{"id": "key_2"}"#, #"{"organization": "org_b"}"#, #"{"environment": "test"}"#, #"{"tires": []}"#, "[]",
        #"{"revoked_at": null}"#,
    ])
    func `what is no part of a key's policy can't be changed`(patch: String) async throws {
        try await withAdminServer { client in
            _ = try await client.send("POST", "/api/admin/keys", bearer, body: #"{"name": "x"}"#)
            let reply = try await client.send("PATCH", "/api/admin/keys/key_1", bearer, body: patch)
            #expect(reply.status == 400, "\(reply.body)")
        }
    }

    @Test func `a key that is rotated shows its new secret once`() async throws {
        try await withAdminServer { client in
            _ = try await client.send("POST", "/api/admin/keys", bearer, body: #"{"name": "x"}"#)
            let path = "/api/admin/keys/key_1/rotate"
            let usual = try JSON(parsing: try await client.send("POST", path, bearer, body: "").body)
            #expect(usual["secret"] == "ni_live_wxyz86400" && usual["hint"] == "ni_live_wxyz")
            let atOnce = try await client.send("POST", path, bearer, body: #"{"overlap_seconds": 0}"#)
            #expect(try JSON(parsing: atOnce.body)["secret"] == "ni_live_wxyz0")
            for body in [#"{"overlap_seconds": -1}"#, #"{"overlap_seconds": 2592001}"#, #"{"overlap": 5}"#] {
                #expect(try await client.send("POST", path, bearer, body: body).status == 400)
            }
            #expect(try await client.send("POST", "/api/admin/keys/key_9/rotate", bearer, body: "").status == 404)
        }
    }

    @Test func `a key demands of residency what is asked for, and nothing else`() async throws {
        try await withAdminServer { client in
            let body = #"{"name": "x", "processing": ["CA"], "exposure": ["CA", "US"], "evidence": "constrained"}"#
            let key = try JSON(parsing: try await client.send("POST", "/api/admin/keys", bearer, body: body).body)
            #expect(key["processing"] == ["CA"] && key["exposure"] == ["CA", "US"])
            #expect(key["evidence"] == "constrained" && key["egress"] == .null)
        }
    }

    @Test func `a key has the right to commands when that is asked for`() async throws {
        try await withAdminServer { client in
            let body = #"{"name": "x", "commands": true}"#
            let key = try JSON(parsing: try await client.send("POST", "/api/admin/keys", bearer, body: body).body)
            #expect(key["commands"] == true)
        }
    }

    @Test func `a key that was ended stays in the list`() async throws {
        try await withAdminServer { client in
            _ = try await client.send("POST", "/api/admin/keys", bearer, body: #"{"name":"x"}"#)
            let reply = try await client.send("DELETE", "/api/admin/keys/key_1", bearer)
            #expect(reply.status == 200 && reply.body.contains(#""revoked_at":"2026"#))
            #expect(try await client.get("/api/admin/keys", bearer).body.contains(#""revoked_at":"2026"#))
        }
    }

    @Test func `ending a key that doesn't exist says so without repeating the id`() async throws {
        try await withAdminServer { client in
            let reply = try await client.send("DELETE", "/api/admin/keys/ni_live_a_secret_by_mistake", bearer)
            #expect(reply.status == 404 && reply.body.contains("key_not_found") && !reply.body.contains("mistake"))
        }
    }

    @Test(arguments: [
        (#"{}"#, "missing_required_parameter", "name"),
        (#"{"name": 1}"#, "invalid_type", "name"),
        (#"{"name": "  "}"#, "invalid_value", "name"),
        (#"{"name": "a\nb"}"#, "invalid_value", "name"),
        (#"{"name": "x", "tiers": "provider_api"}"#, "invalid_type", "tiers"),
        (#"{"name": "x", "tiers": [1]}"#, "invalid_type", "tiers"),
        (#"{"name": "x", "tiers": []}"#, "invalid_value", "tiers"),
        (#"{"name": "x", "tiers": ["gold"]}"#, "invalid_value", "tiers"),
        (#"{"name": "x", "routes": {}}"#, "invalid_type", "routes"),
        (#"{"name": "x", "routes": [""]}"#, "invalid_value", "routes"),
        (#"{"name": "x", "allow_fallbacks": "no"}"#, "invalid_type", "allow_fallbacks"),
        (#"{"name": "x", "processing": ["Canada"]}"#, "invalid_value", "processing"),
        (#"{"name": "x", "exposure": "CA"}"#, "invalid_type", "exposure"),
        (#"{"name": "x", "evidence": "sworn"}"#, "invalid_value", "evidence"),
        (#"{"name": "x", "egress": true}"#, "invalid_type", "egress"),
        (#"{"name": "x", "commands": "organization"}"#, "invalid_type", "commands"),
        (#"{"name": "x", "environment": "prod"}"#, "invalid_value", "environment"),
        (#"{"name": "x", "environment": true}"#, "invalid_type", "environment"),
        (#"{"name": "x", "expires_at": 17}"#, "invalid_type", "expires_at"),
        (#"{"name": "x", "expires_at": "tomorrow"}"#, "invalid_value", "expires_at"),
        (#"{"name": "x", "expires_at": "2026-11-23"}"#, "invalid_value", "expires_at"),
        (#"{"name": "x", "tier": ["provider_api"]}"#, "unknown_parameter", "tier"),
        (#"[]"#, "invalid_type", "body"),
    ])
    func `a member that is wrong is named`(body: String, code: String, parameter: String) async throws {
        let keys = KeyBook()
        try await withAdminServer(keys: keys) { client in
            let reply = try await client.send("POST", "/api/admin/keys", bearer, body: body)
            #expect(reply.status == 400 && reply.body.contains(#""code":"\#(code)""#), "\(reply.body)")
            #expect(reply.body.contains(#""param":"\#(parameter)""#), "\(reply.body)")
        }
        #expect(try await keys.keys().isEmpty)
    }

    @Test(arguments: ["", "{", #"{"name":"a","name":"b"}"#, "{} {}"])
    func `a body that is not one JSON text is refused`(body: String) async throws {
        try await withAdminServer { client in
            let reply = try await client.send("POST", "/api/admin/keys", bearer, body: body)
            #expect(reply.status == 400 && reply.body.contains(#""code":"invalid_json""#))
        }
    }

    @Test func `a body over 64 KiB is refused`() async throws {
        try await withAdminServer { client in
            let body = #"{"name":""# + String(repeating: "x", count: 70_000) + #""}"#
            let reply = try await client.send("POST", "/api/admin/keys", bearer, body: body)
            #expect(reply.status == 413 && reply.body.contains(#""code":"request_too_large""#))
        }
    }

    @Test(arguments: [
        ("PUT", "/api/admin/keys", "GET and POST"), ("POST", "/api/admin/keys/key_1", "GET, PATCH and DELETE"),
    ])
    func `a method that a path doesn't take is told which it does`(
        method: String, path: String, allowed: String
    ) async throws {
        try await withAdminServer { client in
            let reply = try await client.send(method, path, bearer)
            #expect(reply.status == 405 && reply.body.contains(#""code":"method_not_allowed""#))
            #expect(reply.body.contains("This path takes \(allowed) only."))
            #expect(try await client.send(method, path).status == 401)
        }
    }

    @Test func `what the key store throws stays inside`() async throws {
        try await withAdminServer(keys: KeyBook(isBroken: true)) { client in
            let reply = try await client.get("/api/admin/keys", bearer)
            #expect(reply.status == 500 && reply.body.contains(#""code":"internal_error""#))
            #expect(!reply.body.contains("Broken"))
        }
    }

    // MARK: Mappings

    @Test func `mappings are listed with who made and who ended them, apart from each other`() async throws {
        func moment(_ seconds: Int64) -> RouteMapping.Moment {
            RouteMapping.Moment(time: .now.adding(seconds: seconds), request: RequestID(high: 1, low: UInt64(seconds)))
        }
        func mapping(_ name: String, ended: RouteMapping.Moment?) -> RouteMapping {
            RouteMapping(
                key: "key_1", organization: .default, name: name, route: "a/b-ca", mapped: moment(1), ended: ended)
        }
        let all = [mapping("gpt-4o", ended: nil), mapping("gpt-4", ended: moment(2))]
        try await withAdminServer(mappings: all) { client in
            let reply = try JSON(parsing: try await client.get("/api/admin/mappings", bearer).body)
            #expect(
                reply["mappings"] == [
                    [
                        "key": "key_1", "organization": "org_default", "name": "gpt-4o", "route": "a/b-ca",
                        "mapped_at": "2026-11-23T06:00:01.000000Z", "mapped_by": "00000000000000010000000000000001",
                        "ended_at": nil, "ended_by": nil,
                    ]
                ])
            let ended = reply["ended"]?.array ?? []
            #expect(ended.map { $0["name"] } == ["gpt-4"])
            #expect(ended.first?["ended_at"] == "2026-11-23T06:00:02.000000Z")
            #expect(ended.first?["ended_by"] == "00000000000000010000000000000002")
            #expect(try await client.get("/api/admin/mappings").status == 401)
            #expect(try await client.send("POST", "/api/admin/mappings", bearer).status == 405)
        }
    }

    // MARK: Drift

    private func drift(_ number: UInt64, _ kind: String = "model", list: String? = nil) -> RecordedDrift {
        RecordedDrift(
            request: RequestID(high: 1, low: number), organization: "org_default", kind: kind, expected: "gpt-4.1",
            seen: "gpt-4", route: "openai/gpt-4.1-us", provider: "openai", host: "api.openai.com",
            address: list.map { _ in "192.0.2.1:443" }, list: list, time: "2026-11-23T06:00:01.000000Z",
            wasSent: list == nil)
    }

    @Test func `a drift is listed with all that its record has of it`() async throws {
        try await withAdminServer(drifts: [drift(1), drift(0, "address", list: "aws-1")]) { client in
            let reply = try JSON(parsing: try await client.get("/api/admin/drift", bearer).body)
            #expect(
                reply["drifts"]?.array?.first == [
                    "request": "00000000000000010000000000000001", "organization": "org_default", "kind": "model",
                    "expected": "gpt-4.1", "seen": "gpt-4", "route": "openai/gpt-4.1-us", "provider": "openai",
                    "host": "api.openai.com", "address": nil, "list": nil, "time": "2026-11-23T06:00:01.000000Z",
                    "sent": true,
                ])
            let other = reply["drifts"]?.array?.last
            #expect(other?["address"] == "192.0.2.1:443" && other?["list"] == "aws-1" && other?["sent"] == false)
            #expect(reply["next"] == .null)
            #expect(try await client.get("/api/admin/drift").status == 401)
            #expect(try await client.send("DELETE", "/api/admin/drift", bearer).status == 405)
        }
    }

    @Test func `the audit log of personal information has an entry for each value, of the types that are asked for`()
        async throws
    {
        let values =
            #"[{"type":"name","count":2,"digest":"00","stand_in":"Adela"},{"type":"email","count":1,"#
            + #""digest":"01","stand_in":"a@example.com"}]"#
        let entries = (1...3).reversed().map { number in
            PIIAuditEntry(
                request: Domain.RequestID(high: UInt64(number), low: 0), organization: "default",
                json: Array(#"{"key":"k1","entries":\#(values)}"#.utf8), time: Timestamp(seconds: 0))
        }
        try await withAdminServer(piiAudit: entries) { client in
            let all = try JSON(parsing: try await client.get("/api/admin/pii-audit", bearer).body)
            #expect(all["entries"]?.array?.count == 6 && all["next"] == .null)
            let first = all["entries"]?.array?.first
            #expect(first?["key"] == "k1" && first?["type"] == "name" && first?["count"] == 2)
            #expect(first?["stand_in"] == "Adela" && first?["request"] == .string(entries[0].request.hex))
            let page = try JSON(parsing: try await client.get("/api/admin/pii-audit?type=email&limit=2", bearer).body)
            #expect(page["entries"]?.array?.compactMap { $0["type"] } == ["email", "email"])
            let rest = try JSON(
                parsing: try await client.get(
                    "/api/admin/pii-audit?limit=2&before=\(page["next"]?.string ?? "")", bearer
                ).body)
            #expect(rest["entries"]?.array?.count == 2)
            for query in [
                "type=person", "limit=0", "limit=%2B5", "limit=x", "before=1", "since=now", "until=", "limit=1&limit=2",
                "who=1",
            ] {
                #expect(try await client.get("/api/admin/pii-audit?\(query)", bearer).status == 400, "\(query)")
            }
        }
    }

    @Test func `pages of drifts follow one another by the cursor of each, to the last`() async throws {
        try await withAdminServer(drifts: (0..<5).reversed().map { drift($0) }) { client in
            var path = "/api/admin/drift?limit=2"
            var pages: [Int] = []
            while pages.count < 9 {
                let reply = try JSON(parsing: try await client.get(path, bearer).body)
                pages.append(reply["drifts"]?.array?.count ?? -1)
                guard let next = reply["next"]?.string else { break }
                path = "/api/admin/drift?limit=2&before=\(next)"
            }
            #expect(pages == [2, 2, 1])
        }
    }

    @Test(arguments: [
        ("limit=0", "invalid_value", "limit"), ("limit=1001", "invalid_value", "limit"),
        ("limit=-1", "invalid_value", "limit"), ("limit=", "invalid_value", "limit"),
        ("limit=99999999999999999999", "invalid_value", "limit"), ("before=yesterday", "invalid_value", "before"),
        ("befor=00000000000000010000000000000001", "unknown_parameter", "befor"),
        ("limit=1&limit=2", "repeated_parameter", "limit"),
    ])
    func `what isn't a page of drifts is refused by the parameter's name`(
        query: String, code: String, parameter: String
    ) async throws {
        try await withAdminServer { client in
            let reply = try await client.get("/api/admin/drift?\(query)", bearer)
            let error = try JSON(parsing: reply.body)["error"]
            #expect(reply.status == 400 && error?["code"]?.string == code && error?["param"]?.string == parameter)
        }
    }

    // MARK: Lists of addresses

    @Test func `the lists of addresses are told with their age, their digest and what keeps a newer one back`()
        async throws
    {
        let lists = [
            AddressListStatus(
                publisher: .aws, source: "https://lists.test/aws.json", state: .heldBack, version: "7",
                publishedAt: .now, fetchedAt: .now.adding(seconds: 60), sha256: "ab", heldBackVersion: "8",
                losses: [AddressListStatus.Loss(region: "ca-central-1", before: 10, after: 3)]),
            AddressListStatus(
                publisher: .azure, source: "/azure.json", state: .missing, problem: "It answered with status 404."),
        ]
        try await withAdminServer(addressLists: lists) { client in
            let reply = try JSON(parsing: try await client.get("/api/admin/address-lists", bearer).body)
            #expect(
                reply["address_lists"] == [
                    [
                        "publisher": "aws", "source": "https://lists.test/aws.json", "state": "held_back",
                        "version": "7", "published_at": "2026-11-23T06:00:00.000000Z",
                        "fetched_at": "2026-11-23T06:01:00.000000Z", "sha256": "ab", "held_back_version": "8",
                        "losses": [["region": "ca-central-1", "before": 10, "after": 3]], "problem": nil,
                    ],
                    [
                        "publisher": "azure", "source": "/azure.json", "state": "missing", "version": nil,
                        "published_at": nil, "fetched_at": nil, "sha256": nil, "held_back_version": nil,
                        "losses": [], "problem": "It answered with status 404.",
                    ],
                ])
            #expect(try await client.get("/api/admin/address-lists").status == 401)
            #expect(try await client.send("DELETE", "/api/admin/address-lists", bearer).status == 405)
        }
    }

    // MARK: Running

    @Test func `a request under way is answered before the server ends`() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let server = AdminServer(
            token: nil, people: try House().store, keys: KeyBook(), mappings: FixedMappings(), drifts: FixedDrifts(),
            piiAudit: FixedPIIAudit(),
            addressLists: FixedAddressLists(), adminAudit: StoreAudit(store: try House().store),
            metrics: FixedMetrics(all: []),
            readiness: {
                arrival.yield()
                for await _ in gate { break }
                return .ready
            }, clock: { .now }, logger: .silent)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let running = Task { try await server.run(host: "127.0.0.1", port: 0) { port.yield($0) } }
        let client = HTTPClient(
            address: try .init(ipAddress: "127.0.0.1", port: try #require(await ports.first { _ in true })))
        async let reply = client.get("/health/ready")
        for await _ in arrivals { break }
        running.cancel()
        opener.yield()
        #expect(try await reply.status == 200)
        try await running.value
    }

    @Test func `one that is cancelled before it begins ends all the same`() async throws {
        let server = AdminServer(
            token: nil, people: try House().store, keys: KeyBook(), mappings: FixedMappings(), drifts: FixedDrifts(),
            piiAudit: FixedPIIAudit(),
            addressLists: FixedAddressLists(), adminAudit: StoreAudit(store: try House().store),
            metrics: FixedMetrics(all: []),
            readiness: { .ready }, clock: { .now },
            logger: .silent)
        let running = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await server.run(host: "127.0.0.1", port: 0) { _ in }
        }
        try await running.value
    }

    @Test func `a port that is taken is an error`() async throws {
        try await withAdminServer { client in
            let server = AdminServer(
                token: nil, people: try House().store, keys: KeyBook(), mappings: FixedMappings(),
                drifts: FixedDrifts(),
                piiAudit: FixedPIIAudit(),
                addressLists: FixedAddressLists(), adminAudit: StoreAudit(store: try House().store),
                metrics: FixedMetrics(all: []),
                readiness: { .ready }, clock: { .now },
                logger: .silent)
            await #expect(throws: (any Error).self) {
                try await server.run(host: "127.0.0.1", port: client.address.port ?? 0) { _ in }
            }
        }
    }
}
