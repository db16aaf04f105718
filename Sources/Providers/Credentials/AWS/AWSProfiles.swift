public import Wire

/// The profiles of AWS's shared files, `~/.aws/config` and `~/.aws/credentials`.
public struct AWSProfiles: Sendable {
    private var settings: [String: [String: String]] = [:]

    static let name = "AWS profiles"
    private static let mostBytes = 1 << 20

    /// - Parameters: the files' contents, where they are there. What stands in `credentials` goes before what stands in
    ///   `config`.
    public init(config: [UInt8]?, credentials: [UInt8]?) throws(CredentialError) {
        for (file, isConfig) in [(config, true), (credentials, false)] {
            guard let file else { continue }
            guard file.count <= Self.mostBytes, let text = String(validating: file, as: UTF8.self) else {
                let name = isConfig ? "config" : "credentials"
                throw .setting("The shared file '\(name)'", issuer: Self.name, "must be UTF-8 text of up to 1 MiB.")
            }
            read(text, isConfig: isConfig)
        }
    }

    public var names: [String] { settings.keys.sorted() }

    func contains(_ name: String) -> Bool { settings[name] != nil }

    subscript(profile: String, setting: String) -> String? {
        settings[profile]?[setting].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Lines of the form `[section]` and `name = value`. Indented lines belong to the setting above them, which is none of
    /// those that say who we are.
    private mutating func read(_ text: String, isConfig: Bool) {
        var profile: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
            let line = Self.withoutComment(line)
            if line.hasPrefix("[") {
                profile = Self.profile(line, isConfig: isConfig)
                if let profile { settings[profile, default: [:]] = settings[profile] ?? [:] }
                continue
            }
            guard let profile, let equals = line.firstIndex(of: "=") else { continue }
            let name = String(line[..<equals]).trimmed.lowercased()
            settings[profile]?[name] = String(line[line.index(after: equals)...]).trimmed
        }
    }

    /// A comment begins with `#` or `;` behind a blank: keys hold neither blanks nor these.
    private static func withoutComment(_ line: Substring) -> String {
        var previous: Character = "x"
        for index in line.indices {
            if previous.isWhitespace, line[index] == "#" || line[index] == ";" { return String(line[..<index]).trimmed }
            previous = line[index]
        }
        return String(line).trimmed
    }

    /// `config` writes `[profile name]`, and `[default]`; its other sections are no profiles. `credentials` writes `[name]`.
    private static func profile(_ line: String, isConfig: Bool) -> String? {
        guard line.hasSuffix("]") else { return nil }
        let words = line.dropFirst().dropLast().split(whereSeparator: \.isWhitespace).map { String($0) }
        guard isConfig else { return words.count == 1 ? words[0] : nil }
        if words == ["default"] { return "default" }
        return words.count == 2 && words[0] == "profile" ? words[1] : nil
    }
}

extension AWSProfiles: Unprintable {}
