import Configuration
import Domain
import Foundation
import Synchronization
import SystemPackage
import Yams

/// Reads settings: flags over environment variables over the configuration file over defaults.
struct SettingReader {
    private let reader: ConfigReader
    private let environment: [String: String]
    private let files = FilesRead()

    /// - Parameters:
    ///   - file: the YAML file; nil: none.
    ///   - flags: settings from the command line, as `key: value`.
    /// - Throws: ``ConfigurationError``.
    init(file: String?, flags: [String: String], environment: [String: String]) async throws {
        self.environment = environment
        var providers: [any ConfigProvider] = [
            InMemoryProvider(
                name: "flags",
                values: Dictionary(
                    uniqueKeysWithValues: flags.map { key, value in
                        (
                            AbsoluteConfigKey(key.split(separator: ".").map(String.init)),
                            ConfigValue(stringLiteral: value)
                        )
                    })),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "northern"),
        ]
        if let file {
            try Self.checkNames(in: file)
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        try Self.checkNames(of: flags)
        reader = ConfigReader(providers: providers)
    }

    func text(_ setting: Setting) -> String? {
        let value = reader.string(forKey: ConfigKey(setting.key), isSecret: setting.isSecret) ?? number(setting)
        return value.flatMap { $0.isEmpty ? nil : $0 } ?? setting.fallback
    }

    /// YAML reads `8080` as a number and `true` as a flag, which are not texts to the reader.
    private func number(_ setting: Setting) -> String? {
        reader.int(forKey: ConfigKey(setting.key)).map(String.init)
            ?? reader.bool(forKey: ConfigKey(setting.key)).map(String.init)
    }

    /// Several texts with commas or white space between them, or a list of YAML's.
    func list(_ setting: Setting) -> [Substring] {
        let text = text(setting) ?? reader.stringArray(forKey: ConfigKey(setting.key))?.joined(separator: " ")
        return text?.split { $0 == "," || $0.isWhitespace } ?? []
    }

    /// Several texts that may have spaces, with semicolons between them, or a list of YAML's.
    func texts(_ setting: Setting) -> [String] {
        // The text first: of a variable, the reader would make a list at its commas.
        let texts =
            text(setting)?.split(separator: ";").map(String.init)
            ?? reader.stringArray(forKey: ConfigKey(setting.key)) ?? []
        return texts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// - Throws: ``ConfigurationError`` unless the value is a whole number in the range.
    func integer(_ setting: Setting, in range: ClosedRange<Int>) throws -> Int {
        let text = text(setting) ?? ""
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                "'\(setting.key)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    func flag(_ setting: Setting) throws -> Bool {
        switch text(setting)?.lowercased() {
        case "true": return true
        case "false": return false
        default: throw ConfigurationError("'\(setting.key)' must be true or false.")
        }
    }

    /// A setting that tools of the provider's own read from a variable of another name.
    func text(_ setting: Setting, orVariable name: String) -> String? {
        text(setting) ?? environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// One of several words.
    ///
    /// - Throws: ``ConfigurationError`` for any other.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ setting: Setting) throws -> Choice {
        guard let choice = text(setting).flatMap(Choice.init(rawValue:)) else {
            throw ConfigurationError("'\(setting.key)' must be one of \(Choice.words).")
        }
        return choice
    }

    /// A file that a setting names; nil when it can't be read.
    func content(of path: String, most: Int) -> [UInt8]? {
        let bytes = readFile(path, most: most)
        files.note(bytes, of: path)
        return bytes
    }

    /// All that was read so far.
    var reading: ConfigurationReading {
        var reading = ConfigurationReading(files: files.digests)
        for setting in Settings.all {
            reading.settings[setting.key] = text(setting) ?? texts(setting).joinedUnlessEmpty
        }
        return reading
    }

    /// The environment as the tools of a provider read it, with our settings in the place of its variables.
    func environment(with settings: [String: Setting]) -> [String: String] {
        environment.merging(settings.compactMapValues { text($0) }) { _, ours in ours }
    }

    // MARK: Names

    /// A misspelt setting would be overlooked, and its default would reign unseen.
    private static func checkNames(in file: String) throws {
        let content: String
        do { content = try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw ConfigurationError("The configuration file '\(file)' can't be read. Check its path and its rights.")
        }
        let root: Any?
        do { root = try Yams.load(yaml: content) } catch {
            throw ConfigurationError("The configuration file '\(file)' is not YAML: \(whatIsWrong(error))")
        }
        let known = Set(Settings.all.map(\.key))
        let unknown = keys(of: root, under: "").filter { !known.contains($0) }.sorted()
        guard let first = unknown.first else { return }
        throw ConfigurationError(
            "The configuration file '\(file)' has no setting named '\(first)'. 'northern config' lists all settings.")
    }

    private static func checkNames(of flags: [String: String]) throws {
        let known = Set(Settings.all.map(\.key))
        guard let unknown = flags.keys.filter({ !known.contains($0) }).sorted().first else { return }
        throw ConfigurationError("There is no setting named '\(unknown)'. 'northern config' lists all settings.")
    }

    private static func keys(of value: Any?, under prefix: String) -> [String] {
        guard let members = value as? [AnyHashable: Any] else { return prefix.isEmpty ? [] : [prefix] }
        return members.flatMap { key, value in
            keys(of: value, under: prefix.isEmpty ? "\(key)" : "\(prefix).\(key)")
        }
    }
}

extension SettingReader {
    /// The library's own descriptions quote the line, which may have a secret.
    private static func whatIsWrong(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) in line \(mark.line)"
        case .duplicatedKeysInMapping(_, let context): "a setting is there twice, in line \(context.mark.line)"
        default: "it can't be read"
        }
    }
}

/// The files that a configuration names, as they were when they were read.
private final class FilesRead: Sendable {
    private let found = Mutex<[String: String]>([:])

    var digests: [String: String] { found.withLock { $0 } }

    func note(_ bytes: [UInt8]?, of path: String) {
        found.withLock { $0[path] = bytes.map { sha256Text(of: $0) } }
    }
}

extension [String] {
    fileprivate var joinedUnlessEmpty: String? { isEmpty ? nil : joined(separator: ";") }
}

/// A configuration that can't be worked with; the text says what to change.
struct ConfigurationError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    /// What a chosen source of credentials is read from isn't there.
    static func missingSource(_ setting: Setting) -> ConfigurationError {
        ConfigurationError("'\(setting.key)' is missing, which is the chosen source.")
    }
}
