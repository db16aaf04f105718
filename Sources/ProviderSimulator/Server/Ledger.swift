import Synchronization

/// Counts what happens and keeps the last requests.
final class Ledger: Sendable {
    private let recordLimit: Int
    private let state = Mutex(State())

    private struct State {
        var stats = Stats()
        var requests: [RecordedRequest] = []
        /// Grows with every reset: what began before it is not counted any more.
        var age = 0
    }

    /// Stands for a request that is being answered.
    struct Ticket: Sendable {
        fileprivate let age: Int
    }

    enum Ending: Sendable {
        case completed
        case clientAbort
        /// Dropped on purpose.
        case broken
    }

    init(recordLimit: Int) { self.recordLimit = recordLimit }

    func begin(_ call: Call) -> Ticket {
        let request = recordLimit > 0 ? RecordedRequest(call) : nil
        return state.withLock { state in
            state.stats.requests += 1
            state.stats.active += 1
            state.stats.maxActive = max(state.stats.maxActive, state.stats.active)
            if let request {
                if state.requests.count >= recordLimit { state.requests.removeFirst() }
                state.requests.append(request)
            }
            return Ticket(age: state.age)
        }
    }

    func count(faults: [String], _ ticket: Ticket) {
        state.withLock { state in
            guard ticket.age == state.age else { return }
            for fault in faults { state.stats.faults[fault, default: 0] += 1 }
        }
    }

    func end(_ ticket: Ticket, _ ending: Ending) {
        state.withLock { state in
            guard ticket.age == state.age else { return }
            state.stats.active -= 1
            switch ending {
            case .completed: state.stats.completed += 1
            case .clientAbort: state.stats.clientAborts += 1
            case .broken: break
            }
        }
    }

    var stats: Stats { state.withLock { $0.stats } }
    var requests: [RecordedRequest] { state.withLock { $0.requests } }

    func reset() {
        state.withLock { state in
            state.stats = Stats()
            state.requests = []
            state.age += 1
        }
    }
}

/// What a simulator has done since it started, or since the last reset.
public struct Stats: Hashable, Sendable {
    public internal(set) var requests = 0
    /// Requests that are being answered now.
    public internal(set) var active = 0
    public internal(set) var maxActive = 0
    /// Answers sent to their end, errors included.
    public internal(set) var completed = 0
    /// Answers whose caller left before their end: the proof that a gateway cancels what its own caller gave up.
    public internal(set) var clientAborts = 0
    /// What went wrong on purpose, by kind: `cut`, `stall`, `status`, …
    public internal(set) var faults: [String: Int] = [:]

    public init() {}
}

/// A request as it arrived, without its credentials.
public struct RecordedRequest: Hashable, Sendable {
    public struct Header: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    public let method: String
    /// As sent, without the query.
    public let path: String
    public let query: String
    /// Names in lower case. A credential is replaced by its SHA-256 in hexadecimal; the scheme before it stays.
    public let headers: [Header]
    public let body: [UInt8]

    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension RecordedRequest {
    private static let credentials: Set<String> = [
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token",
        "x-aws-ec2-metadata-token", "cookie",
    ]

    init(_ call: Call) {
        method = call.method
        path = call.path
        query = call.query
        body = call.body
        headers = call.headers.fields.map { field in
            let name = field.name.lowercased()
            return Header(name: name, value: Self.credentials.contains(name) ? Self.hidden(field.value) : field.value)
        }
    }

    private static func hidden(_ value: String) -> String {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return digest(of: Array(value.utf8)) }
        return "\(parts[0]) \(digest(of: Array(parts[1].utf8)))"
    }
}

extension RecordedRequest: CustomStringConvertible {
    /// Says nothing of what was asked.
    public var description: String { "\(method) \(path), \(body.count) bytes" }
}
