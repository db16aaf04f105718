import ServiceLifecycle
import UnixSignals

/// Has the configuration read again whenever the process gets SIGHUP.
struct ReloadSignal: Service {
    let reload: ConfigurationReload

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in signals { _ = await reload.reload() }
        }
        // A service that ends before it is told to would end all others.
        try await gracefulShutdown()
    }
}
