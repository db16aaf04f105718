/// What the server does next with a connection: an answer is a list of these.
enum Step: Hashable, Sendable {
    case wait(milliseconds: Int)
    /// The status line and the header fields. Without a length the body is sent in chunks.
    case head(status: Int, headers: HeaderFields, length: Int?)
    case bytes([UInt8])
    /// Goes on once the gate is open.
    case gate(String)
    /// Keeps the connection open and sends nothing more.
    case stall
    /// Drops the connection with a TCP reset.
    case reset
    /// The proper end of the body.
    case end
}

/// How the bytes of an answer are spread over TCP segments.
enum Segmentation: Sendable {
    case perEvent, perByte, single
}

/// An answer as the server plays it.
struct Performance: Hashable, Sendable {
    var steps: [Step]
    /// What went wrong on purpose, for the counters.
    var faults: [String] = []

    /// A pause between the last piece and the reset. Without it the reset makes the reader's kernel throw away what
    /// the reader has not fetched yet, and it sees fewer pieces than were sent.
    static let pauseBeforeReset = 100

    init(_ reply: Reply, _ timing: Directives.Timing = .init(), fault: String? = nil) {
        steps = Self.waits(timing.beforeStatus)
        steps += [.head(status: reply.status, headers: reply.headers, length: reply.body.count)]
        steps += Self.waits(timing.beforeBody) + [.bytes(reply.body), .end]
        faults = fault.map { [$0] } ?? []
    }

    /// A reply that breaks off in the middle of its body.
    init(cutting reply: Reply, _ timing: Directives.Timing) {
        self.init(reply, timing, fault: "cut")
        let half = Array(reply.body.prefix(reply.body.count / 2))
        steps.removeLast(2)
        steps += [.bytes(half), .wait(milliseconds: Self.pauseBeforeReset), .reset]
    }

    static func waits(_ milliseconds: Int) -> [Step] {
        milliseconds > 0 ? [.wait(milliseconds: milliseconds)] : []
    }

    /// The same bytes, spread otherwise.
    mutating func spread(_ segmentation: Segmentation) {
        switch segmentation {
        case .perEvent: break
        case .perByte: steps = steps.flatMap(Self.singleBytes)
        case .single: steps = Self.joined(steps)
        }
    }

    private static func singleBytes(_ step: Step) -> [Step] {
        guard case .bytes(let bytes) = step else { return [step] }
        return bytes.map { .bytes([$0]) }
    }

    /// All bytes in one step, where the first was; waits come before it.
    private static func joined(_ steps: [Step]) -> [Step] {
        var result: [Step] = []
        var body: [UInt8] = []
        for step in steps {
            if case .bytes(let bytes) = step {
                body += bytes
                continue
            }
            if case .wait = step {
                result.append(step)
                continue
            }
            if case .head = step {
                result.append(step)
                continue
            }
            if !body.isEmpty { result.append(.bytes(body)) }
            body = []
            result.append(step)
        }
        return result
    }
}
