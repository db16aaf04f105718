import ArgumentParser
import Domain
import Foundation

/// Where a command's configuration comes from.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file (YAML). 'northern config' lists what it may hold.")
    var config: String?

    @Option(name: .long, help: "A setting that wins over the file and the environment, such as listen.port=9000.")
    var set: [String] = []

    func load() async throws -> GatewayConfiguration { try await source().load() }

    /// Where the gateway keeps its data, whether or not the rest can be worked with.
    ///
    /// - Throws: ``ConfigurationError``.
    func dataDirectory() async throws -> String {
        let source = try source()
        let reader = try await SettingReader(file: source.file, flags: source.flags, environment: source.environment)
        return reader.text(Settings.dataDirectory) ?? ""
    }

    /// - Throws: ``ConfigurationError``.
    func source() throws -> ConfigurationSource {
        var flags: [String: String] = [:]
        for text in set {
            guard let equals = text.firstIndex(of: "=") else {
                throw ConfigurationError("'--set \(text)' has no '='. Write it as '--set listen.port=9000'.")
            }
            flags[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return ConfigurationSource(file: config, flags: flags, environment: ProcessInfo.processInfo.environment)
    }
}

/// Where a configuration is read from, at a start and again whenever somebody asks for it.
struct ConfigurationSource: Sendable {
    let file: String?
    let flags: [String: String]
    let environment: [String: String]

    /// - Throws: ``ConfigurationError``.
    func load() async throws -> GatewayConfiguration {
        try GatewayConfiguration(await SettingReader(file: file, flags: flags, environment: environment))
    }
}

/// Ends a command with a sentence in place of a stack of types.
func explaining<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as ExitCode {
        throw error
    } catch let error as CleanExit {
        throw error
    } catch {
        FileHandle.standardError.write(Data("northern: \(error)\n".utf8))
        throw ExitCode.failure
    }
}

/// Writes a file so that nobody sees half of it.
func writeWhole(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
}
