public import Domain

/// Port: what is in force of the configuration, and the way to have it read again.
public protocol ConfigurationPort: Sendable {
    func configuration() async -> ConfigurationStatus

    /// Reads all of it again. It is in force afterwards, or what was in force before still is.
    func reload() async -> ReloadOutcome
}

/// What is in force.
public struct ConfigurationStatus: Sendable {
    public struct Setting: Sendable {
        /// As the file has it, such as `listen.port`.
        public let key: String
        /// Of a secret, what stands for it; nil where nothing is set.
        public let value: String?
        public let isSecret: Bool
        public let isReloadable: Bool

        public init(key: String, value: String?, isSecret: Bool, isReloadable: Bool) {
            self.key = key
            self.value = value
            self.isSecret = isSecret
            self.isReloadable = isReloadable
        }
    }

    /// The last time that somebody wanted it read again.
    public struct LastReload: Sendable {
        public let at: Timestamp
        public let result: ReloadOutcome.Result
        /// Of a refused one.
        public let reason: String?

        public init(at: Timestamp, result: ReloadOutcome.Result, reason: String?) {
            self.at = at
            self.result = result
            self.reason = reason
        }
    }

    /// 1 at a start; one more with each change.
    public let version: Int
    /// SHA-256 of what is in force.
    public let digest: String
    public let since: Timestamp
    public let settings: [Setting]
    /// SHA-256 of the files that were read, by their paths.
    public let files: [String: String]
    public let routes: [Route.ID]
    /// Routes of the catalogue that aren't offered, and why.
    public let leftOut: [(route: Route.ID, reason: String)]
    /// Settings whose value in the file isn't in force, since a restart is needed for it.
    public let waitingForRestart: [String]
    public let lastReload: LastReload?

    public init(
        version: Int, digest: String, since: Timestamp, settings: [Setting], files: [String: String],
        routes: [Route.ID], leftOut: [(route: Route.ID, reason: String)], waitingForRestart: [String],
        lastReload: LastReload?
    ) {
        self.version = version
        self.digest = digest
        self.since = since
        self.settings = settings
        self.files = files
        self.routes = routes
        self.leftOut = leftOut
        self.waitingForRestart = waitingForRestart
        self.lastReload = lastReload
    }
}

/// What came of reading the configuration again.
public struct ReloadOutcome: Sendable {
    public enum Result: String, CaseIterable, Sendable {
        /// Something else is in force now.
        case applied
        /// It says what it said before.
        case unchanged
        /// It can't be worked with: what was in force before still is.
        case refused
    }

    public let result: Result
    /// Why it was refused.
    public let reason: String?
    /// The settings and files that differ from what was in force before.
    public let changed: [String]
    public let status: ConfigurationStatus

    public init(_ result: Result, reason: String? = nil, changed: [String] = [], status: ConfigurationStatus) {
        self.result = result
        self.reason = reason
        self.changed = changed
        self.status = status
    }
}
