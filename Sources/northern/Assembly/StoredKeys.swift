import Domain
import Gateway
import Storage
import Synchronization

/// Keys in the store, brought to the event loops whenever they change.
final class StoredKeys: Sendable {
    let store: Store
    private let ledger: Ledger
    let hasher: KeyHasher
    private let server: GatewayServer
    /// Whoever has read the keys hands them on before others read them: otherwise older keys could arrive last, and
    /// one that was revoked would be in force again.
    private let oneAtATime = Mutex(())

    init(store: Store, ledger: Ledger, hasher: KeyHasher, server: GatewayServer) {
        self.store = store
        self.ledger = ledger
        self.hasher = hasher
        self.server = server
    }

    /// Differs from the last time when keys may have changed, by whichever process.
    func changeCounter() throws -> Int { try store.changeCounter() }

    /// Gives each event loop a table of its own.
    func publish() throws {
        try oneAtATime.withLock { _ in
            let keys = try store.readKeys(hasher: hasher, at: wallClock())
            try ledger.fillAllLimits(at: wallClock())
            for loop in server.loops {
                let table = keys.table()
                loop.change { $0.replace(keys: table) }
            }
        }
    }
}
