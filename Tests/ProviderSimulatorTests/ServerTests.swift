import NIOCore
import NIOPosix
import ProviderSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct ServerTests {
    @Test func `answers several requests on one connection`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            for word in ["one", "two"] {
                try await connection.send(chatRequest("[[sim:echo]]\(word)"))
                let reply = try await connection.read { $0.hasSuffix("}") }
                #expect(reply.contains(#""content":"\#(word)""#))
            }
            await simulator.isIdle()
            #expect(simulator.stats().completed == 2)
        }
    }

    @Test func `answers requests that were sent before the first answer came`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:echo]]one[[sim:delay 20]]") + chatRequest("[[sim:echo]]two"))
            let replies = try await connection.read { $0.contains("two") }
            #expect(replies.contains("one"))
        }
    }

    @Test func `a whole stream ends properly`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:words 3]]", stream: true))
            let reply = try await connection.read { $0.hasSuffix("0\r\n\r\n") }
            #expect(reply.contains("transfer-encoding: chunked"))
            #expect(reply.contains("data: [DONE]"))
        }
    }

    @Test func `a cut stream ends with a reset`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:words 9]][[sim:cut 2]]", stream: true))
            var seen = ""
            do {
                _ = try await connection.read {
                    seen = $0
                    return false
                }
                Issue.record("the connection ended without a reset")
            } catch let error as IOError {
                #expect(error.errnoCode == ECONNRESET)
            }
            #expect(seen.contains(#""content":" w2""#))
            #expect(!seen.contains(" w3"))
            #expect(simulator.stats().faults == ["cut": 1])
            #expect(simulator.stats().clientAborts == 0)
        }
    }

    @Test func `a stream waits at a closed gate and goes on when it is opened`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:words 3]][[sim:gate 1 half way]]", stream: true))
            let first = try await connection.read { $0.contains("w1") }
            #expect(!first.contains("w2"))
            #expect(simulator.stats().active == 1)
            simulator.open(gate: "half way")
            let rest = try await connection.read { $0.contains("[DONE]") }
            #expect(rest.contains("w3"))
        }
    }

    @Test func `a whole answer waits at a gate before its status line`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:gate held]]hi"))
            while simulator.stats().active == 0 { await Task.yield() }
            #expect(simulator.stats().completed == 0)
            simulator.open(gate: "held")
            #expect(try await connection.read { $0.hasSuffix("}") }.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a gate can be opened over HTTP before the stream comes to it`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(post("/__sim/open?gate=early", ""))
            _ = try await connection.read { $0.hasSuffix("{}") }
            try await connection.send(chatRequest("[[sim:words 3]][[sim:gate 1 early]]", stream: true))
            let reply = try await connection.read { $0.contains("[DONE]") }
            #expect(reply.contains("w3"))
        }
    }

    @Test func `a caller that leaves a stalled stream is counted`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:words 3]][[sim:stall 1]]", stream: true))
            _ = try await connection.read { $0.contains("w1") }
            try await connection.close()
            await simulator.isIdle()
            #expect(simulator.stats().clientAborts == 1)
            #expect(simulator.stats().completed == 0)
        }
    }

    @Test func `a body over the limit is refused and the connection closed`() async throws {
        var settings = SimulatorSettings()
        settings.maximumBodyBytes = 50
        try await withSimulator(settings) { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("more than fifty bytes of a prompt"))
            let reply = try await connection.read()
            #expect(reply.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test(arguments: ["sim%2Fodd%3A1", "sim/odd:1"])
    func `an odd model is found raw and percent-encoded`(model: String) async throws {
        var settings = SimulatorSettings()
        settings.models = .listed(["sim/odd:1"])
        try await withSimulator(settings) { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(get("/v1/models/\(model)"))
            let reply = try await connection.read { $0.hasSuffix("}") }
            #expect(reply.contains(#""id":"sim/odd:1""#))
        }
    }

    @Test func `records a request with its credential as a digest`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("look at me"))
            _ = try await connection.read { $0.hasSuffix("}") }
            let request = try #require(simulator.requests().last)
            #expect(request.path == "/v1/chat/completions")
            // The SHA-256 of "sim".
            let digest = "507a9a8be3d145a86daa9644b28bf42a8dc0720d8baeabdf0406c393692bf082"
            #expect(request.header("authorization") == "Bearer \(digest)")
            #expect(String(decoding: request.body, as: UTF8.self).contains("look at me"))
            #expect(!"\(request)".contains("look at me"))
            await simulator.isIdle()
            simulator.reset()
            #expect(simulator.requests().isEmpty && simulator.stats() == Stats())
        }
    }

    @Test func `a header value out of a prompt cannot end its line`() async throws {
        try await withSimulator { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest(#"[[sim:region a\r\nx-evil: 1]]hi"#))
            let reply = try await connection.read { $0.hasSuffix("}") }
            #expect(reply.contains("x-sim-region: ax-evil: 1\r\n"))
        }
    }

    @Test func `a stream can come byte by byte`() async throws {
        var settings = SimulatorSettings()
        settings.quirks = ["sim-basic": [.tinyWrites]]
        try await withSimulator(settings) { simulator in
            let connection = try await RawConnection.open(to: simulator.port)
            try await connection.send(chatRequest("[[sim:echo]]é", stream: true))
            let reply = try await connection.read { $0.hasSuffix("0\r\n\r\n") }
            #expect(reply.contains("1\r\n{\r\n"))
            #expect(reply.split(separator: "\r\n1\r\n").count > 300)
        }
    }
}
