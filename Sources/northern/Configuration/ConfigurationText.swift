import Domain
import Storage

/// What a configuration says, in a form that can be shown, compared and put on record.
struct ConfigurationText: Sendable {
    /// What is set, by the settings' keys: defaults too. Of a secret, what stands for it.
    var settings: [String: String] = [:]
    /// SHA-256 of the files that were read for it, by their paths: catalogues and credentials.
    var files: [String: String] = [:]

    /// SHA-256 of all of it.
    var digest: String { sha256Text(of: value.canonical) }

    private var value: AuditValue {
        ["settings": Self.members(settings), "files": Self.members(files)]
    }

    private static func members(_ texts: [String: String]) -> AuditValue { .members(texts.mapValues { .text($0) }) }

    /// The keys of the settings, and the files, that differ.
    func changes(to other: ConfigurationText) -> [String] {
        Self.differing(settings, other.settings) + Self.differing(files, other.files)
    }

    /// What an entry of the admin audit has of it: its digest, and whatever is different in the other one.
    func audited(comparedWith other: ConfigurationText) -> AuditValue {
        let keys = Set(Self.differing(settings, other.settings))
        let names = Set(Self.differing(files, other.files))
        return [
            "digest": .text(digest), "settings": Self.members(settings.filter { keys.contains($0.key) }),
            "files": Self.members(files.filter { names.contains($0.key) }),
        ]
    }

    private static func differing(_ left: [String: String], _ right: [String: String]) -> [String] {
        Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
    }
}

/// What was read for a configuration, as it was read: secrets as they are. It is never printed.
struct ConfigurationReading: Sendable, CustomStringConvertible, CustomReflectable {
    var settings: [String: String] = [:]
    var files: [String: String] = [:]

    var description: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// - Parameters:
    ///   - started: what the gateway was started with. Settings that a reload doesn't change are as they were then.
    ///   - digest: what stands for a secret.
    func text(
        startedWith started: ConfigurationReading, catalogs: [CatalogSource], digest: (String) throws -> String
    ) rethrows -> ConfigurationText {
        var text = ConfigurationText(files: files)
        for setting in Settings.all {
            let value = (setting.isReloadable ? self : started).settings[setting.key]
            guard let value else { continue }
            text.settings[setting.key] = try setting.isSecret || value.hasPassword ? digest(value) : value
        }
        for catalog in catalogs { text.files[catalog.name] = sha256Text(of: Array(catalog.text.utf8)) }
        return text
    }

    /// Settings that are other than at the start, and that a reload doesn't change.
    func waitingForRestart(since started: ConfigurationReading) -> [String] {
        Settings.all.filter { !$0.isReloadable && settings[$0.key] != started.settings[$0.key] }.map(\.key)
    }
}

extension String {
    /// Whether it has a URL with somebody's name and password (RFC 3986, section 3.2.1).
    fileprivate var hasPassword: Bool {
        guard let scheme = firstRange(of: "://") else { return false }
        return self[scheme.upperBound...].prefix { $0 != "/" }.contains("@")
    }
}
