import Domain

/// When a list of addresses is looked for. A value: tell it what came of looking, and it says when to look next.
struct AddressListSchedule: Sendable {
    private let source: AddressListSource
    private var failures = 0
    private(set) var due: Timestamp

    /// A file was read at the start already; what is elsewhere is asked for at once.
    init(_ source: AddressListSource, at now: Timestamp) {
        self.source = source
        switch source {
        case .file: due = now.adding(seconds: Self.minute)
        case .url: due = now
        }
    }

    /// - Parameter chance: from 0 to 1. Up to a tenth of a wait is left out by it, so that many gateways don't ask in the
    ///   same second.
    mutating func looked(successfully isSuccess: Bool, at now: Timestamp, chance: Double) {
        failures = isSuccess ? 0 : failures + 1
        switch source {
        case .file: due = now.adding(seconds: Self.minute)
        case .url:
            let wait = isSuccess ? Self.day : min(Self.minute << min(failures - 1, 6), Self.hour)
            due = now.adding(seconds: wait - Int64(Double(wait / 10) * chance))
        }
    }

    /// Seconds.
    private static let minute: Int64 = 60
    private static let hour: Int64 = 3_600
    private static let day: Int64 = 86_400
}
