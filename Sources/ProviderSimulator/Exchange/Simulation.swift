import Synchronization

/// What all requests of a simulator share: its settings, and what it remembers.
final class Simulation: Sendable {
    let settings: SimulatorSettings
    let tokens: TokenIssuer
    private let failures = Mutex<[String: Int]>([:])

    init(_ settings: SimulatorSettings) {
        self.settings = settings
        tokens = TokenIssuer(lifetime: settings.tokenLifetime, now: settings.now)
    }

    func requireModel(_ model: String) throws(Refusal) {
        guard settings.models.contains(model) else { throw .unknownModel(model) }
    }

    /// Whether something is the credential that is demanded, where one is.
    func isKey(_ text: String) -> Bool { settings.key.isEmpty || text == settings.key }

    /// Whether a request is among the first that carry a name. Counts it.
    func isAmongFirst(_ count: Int, named name: String) -> Bool {
        failures.withLock { failures in
            let seen = failures[name, default: 0]
            failures[name] = seen + 1
            return seen < count
        }
    }

    /// Forgets the names that were counted.
    func reset() {
        failures.withLock { $0 = [:] }
    }
}
