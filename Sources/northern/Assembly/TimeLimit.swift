/// It took longer than it may.
struct TimeIsUp: Error {}

/// Gives up on what takes longer than it may. A client's own deadline ends with the head of a reply.
///
/// - Throws: ``TimeIsUp``, or what the work throws.
func within<Value: Sendable>(
    _ mostTime: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: mostTime)
            throw TimeIsUp()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
