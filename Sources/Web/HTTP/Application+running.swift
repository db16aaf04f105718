import Hummingbird
import Logging
import ServiceLifecycle

extension Application {
    /// Runs until the task is cancelled. Requests under way then have a few seconds to finish.
    func runUntilCancelled() async throws {
        var configuration = ServiceGroupConfiguration(services: [self], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        let group = ServiceGroup(configuration: configuration)
        // In a task of its own: a cancelled one would break off in the middle of requests.
        let running = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await running.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}
