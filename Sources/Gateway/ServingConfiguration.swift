public import Domain
public import NIOCore
public import Pipeline
public import Routing
import Synchronization
import Upstream

/// What one event loop serves with, made from a configuration beforehand and for that loop alone.
public struct ServingConfiguration {
    let bindings: [RouteBinding]
    let credentials: [String: CredentialSlot]
    let shelves: [String: CredentialShelf]
    /// Credentials that are fetched, and that are the same as before.
    let kept: Set<String>
    let jurisdiction: Jurisdiction
    let retries: RetryPolicy
    let timeouts: ReplyTimeouts
    let connectTimeout: TimeAmount
    let settings: GatewaySettings

    /// - Parameters:
    ///   - credentials: the slots of the routes, by the credentials' names.
    ///   - shelves: the same routes', by the same names, with nothing stored on them.
    ///   - kept: the names of slots that take what the slot of that name before them has.
    public init(
        bindings: [RouteBinding], credentials: [String: CredentialSlot], shelves: [String: CredentialShelf],
        keeping kept: Set<String>, jurisdiction: Jurisdiction, retries: RetryPolicy, timeouts: ReplyTimeouts,
        connectTimeout: TimeAmount, settings: GatewaySettings
    ) {
        self.bindings = bindings
        self.credentials = credentials
        self.shelves = shelves
        self.kept = kept
        self.jurisdiction = jurisdiction
        self.retries = retries
        self.timeouts = timeouts
        self.connectTimeout = connectTimeout
        self.settings = settings
    }
}

extension LoopState {
    /// Serves with another configuration from now on. Requests that are under way keep the snapshot that they began with.
    func adopt(_ new: ServingConfiguration) {
        for name in new.kept {
            guard let old = credentials[name] else { continue }
            new.credentials[name]?.keep(old)
        }
        credentials = new.credentials
        shelves.replace(shelves: new.shelves)
        snapshot = snapshot.with(
            bindings: new.bindings, jurisdiction: new.jurisdiction, retries: new.retries, timeouts: new.timeouts)
        upstream.replace(connectTimeout: new.connectTimeout)
        settings = new.settings
        forgetWhatWasWorkedOut()
    }
}

extension GatewayServer {
    /// Gives each event loop a configuration of its own. Once it is done, whatever begins is served with it.
    ///
    /// - Parameter make: called for each loop, and on none of them: a large catalogue takes a while.
    /// - Throws: what `make` throws; then nothing has changed.
    public func prepare(
        _ make: () throws -> sending ServingConfiguration
    ) throws -> PreparedConfiguration {
        var parts: [Handover] = []
        for _ in loops { parts.append(Handover(try make())) }
        return PreparedConfiguration(pairs: Array(zip(loops, parts)))
    }
}

/// A configuration that is made for all event loops and that none of them has yet.
public struct PreparedConfiguration: Sendable {
    fileprivate let pairs: [(loop: ServingLoop, part: Handover)]

    /// Puts it in force. It can't fail any more; doing so again changes nothing.
    public func putInForce() async throws {
        for (loop, part) in pairs {
            let state = loop.state
            try await state.eventLoop.submit {
                if let new = part.take() { state.value.adopt(new) }
            }.get()
        }
    }
}

/// Something that one thread makes and another one takes, once.
private final class Handover: Sendable {
    private let value: Mutex<ServingConfiguration?>

    init(_ value: sending ServingConfiguration) { self.value = Mutex(value) }

    func take() -> sending ServingConfiguration? { value.withLock { $0.take() } }
}
