import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Web
import Wire

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the running gateway read its settings, catalogue and credentials again.",
        discussion: """
            The gateway is the one of the data directory that the configuration names, and you are its user or root. It \
            reads the files that it was started with. All of it takes the place of what is in force, or nothing does.

            Printed is what has changed, and what waits for a restart. It ends with 0 where the configuration is in force, \
            1 where it was refused, 2 where the gateway can't be looked for, 3 where none answers.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "text or json") var format: OutputFormat = .text

    func run() async throws {
        try await checking {
            let socket = try CommandSocket.path(in: try await options.dataDirectory())
            guard let (status, body) = await Self.reply(over: socket) else {
                complain(ReloadTrouble.unreachable(socket))
                return .unreachable
            }
            guard status == 200 else {
                complain(ReloadTrouble.refused(body["error"]?["message"]?.string ?? "It answered with \(status)."))
                return .wrong
            }
            print(format == .json ? body.text() : Self.text(of: body))
            return .good
        }
    }

    /// Nil where nobody answers.
    private static func reply(over socket: String) async -> (status: UInt, body: JSON)? {
        guard let url = URL(httpURLWithSocketPath: socket, uri: CommandServer.reloadPath) else { return nil }
        // What has to be fetched before it is in force has its own limits.
        let configuration = HTTPClient.Configuration.direct(connect: .seconds(5), read: .seconds(120))
        return try? await HTTPClient.withHTTPClient(configuration: configuration) { client in
            var request = HTTPClientRequest(url: url.absoluteString)
            request.method = .POST
            let response = try await client.execute(request, timeout: .seconds(180))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return (response.status.code, try JSON(parsing: bytes.readableBytesView))
        }
    }

    private static func text(of body: JSON) -> String {
        let isSame = body["result"]?.string == "unchanged"
        var lines = [
            (isSame ? "The configuration says what is in force already" : "Another configuration is in force")
                + ": version \(body["version"]?.int ?? 0), \(body["routes"]?.int ?? 0) routes."
        ]
        lines += list(body["changed"]).map { "Changed: \($0)" }
        lines += list(body["restart_needed"]).map { "Needs a restart: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func list(_ value: JSON?) -> [String] { value?.array?.compactMap(\.string) ?? [] }
}

private enum ReloadTrouble: Error, CustomStringConvertible {
    case unreachable(String)
    case refused(String)

    var description: String {
        switch self {
        case .unreachable(let socket):
            "No gateway answers at '\(socket)'. Start it with 'northern serve', or give the '--config' that it was started "
                + "with, as its user."
        case .refused(let message): message
        }
    }
}
