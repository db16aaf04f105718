import Domain
import Gateway
import Storage

/// Keys in the store, brought to the event loops whenever they change.
struct StoredKeys: Sendable {
    let store: Store
    let hasher: KeyHasher
    let server: GatewayServer

    /// Differs from the last time when keys may have changed, by whichever process.
    func changeCounter() throws -> Int { try store.changeCounter() }

    /// Gives each event loop a table of its own.
    func publish() throws {
        for loop in server.loops {
            let table = try store.keyDirectory(hasher: hasher, at: wallClock())
            loop.change { $0.replace(keys: table) }
        }
    }
}
