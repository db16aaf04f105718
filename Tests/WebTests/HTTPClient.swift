import NIOCore
import NIOPosix

/// Sends one request on a connection of its own and reads the reply to the connection's end.
struct HTTPClient: Sendable {
    let address: SocketAddress

    struct Reply: Sendable {
        let status: Int
        /// By lower-case name.
        let headers: [String: String]
        let body: String
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await send("GET", path, headers)
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: String = ""
    ) async throws -> Reply {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        let host = headers.keys.contains("host") ? "" : "host: gateway.test\r\n"
        let head = "\(method) \(path) HTTP/1.1\r\n\(host)connection: close\r\n\(lines)"
        return try await channel.executeThenClose { inbound, outbound in
            let request = head + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
            try await outbound.write(ByteBuffer(string: request))
            var reply = ByteBuffer()
            for try await part in inbound { reply.writeImmutableBuffer(part) }
            return try Reply(reading: String(buffer: reply))
        }
    }
}

extension HTTPClient.Reply {
    struct Unreadable: Error {}

    /// Bodies come with their length: none of the replies is chunked.
    init(reading text: String) throws {
        guard let end = text.firstRange(of: "\r\n\r\n") else { throw Unreadable() }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Unreadable()
        }
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]).lowercased(), parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
        }
        self.init(
            status: status, headers: Dictionary(fields, uniquingKeysWith: { $0 + "," + $1 }),
            body: String(text[end.upperBound...]))
    }
}
