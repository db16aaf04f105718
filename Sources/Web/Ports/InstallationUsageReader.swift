public import Domain

/// Port: what all organizations together have used.
public protocol InstallationUsageReader: Sendable {
    /// By day and route, with every request that was closed before the call.
    func usageOfEverybody(on days: ClosedRange<CalendarDate>) async throws -> [UsageRow]
}
