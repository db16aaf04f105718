public import Domain
import NIOCore
public import Pipeline

/// A request that is over, for whoever tells of it elsewhere.
public struct FinishedRequest: Sendable {
    public let record: CustodyRecord
    /// When a stream has said something for the first time.
    public let firstChunk: Timestamp?
}

/// What waits to be fetched, up to a limit: whatever comes when it is full is lost and counted, and nobody waits for it.
struct TraceBuffer {
    private var requests: [FinishedRequest] = []
    private(set) var dropped = 0

    mutating func add(_ request: FinishedRequest, atMost limit: Int) {
        guard requests.count < limit else {
            dropped += 1
            return
        }
        requests.append(request)
    }

    mutating func take() -> [FinishedRequest] {
        defer { requests = [] }
        return requests
    }
}

extension LoopState {
    /// Nothing, where nothing is traced.
    func trace(_ exchange: borrowing Exchange, firstChunk: Timestamp?) {
        guard let rule = settings.tracing, rule.samples(exchange.id, in: exchange.record.trace) else { return }
        traces.add(FinishedRequest(record: exchange.record, firstChunk: firstChunk), atMost: rule.capacity)
        counters.droppedTraces = traces.dropped
    }
}

extension GatewayServer {
    /// The traced requests that are over, of those that are since the last call.
    public func takeFinishedRequests() async throws -> [FinishedRequest] {
        var all: [FinishedRequest] = []
        for loop in loops {
            let state = loop.state
            all += try await state.eventLoop.submit { state.value.traces.take() }.get()
        }
        return all
    }

    /// What was measured of each route, on all loops together.
    public func measuredRoutes() async throws -> [MeasuredRoute] {
        var all: [MeasuredRoute] = []
        var places: [Route.ID: Int] = [:]
        for loop in loops {
            let state = loop.state
            for measured in try await state.eventLoop.submit({ state.value.snapshot.measuredRoutes }).get() {
                if let place = places[measured.route] {
                    all[place].measures = all[place].measures + measured.measures
                } else {
                    places[measured.route] = all.count
                    all.append(measured)
                }
            }
        }
        return all.sorted { $0.route < $1.route }
    }
}
