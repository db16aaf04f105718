import Wire

/// The endpoints under `/__sim/`, for those who test against a simulator in another process.
struct Inspection {
    let simulator: SimulatorCore

    /// Nil when the call is not for inspection.
    func reply(to call: Call) -> Reply? {
        switch (call.method, call.path) {
        case ("GET", "/__sim/stats"): return .json(simulator.ledger.stats.json)
        case ("GET", "/__sim/requests"):
            let last = call.parameter("last").flatMap { Int($0) } ?? .max
            return .json(.array(simulator.ledger.requests.suffix(max(0, last)).map(\.json)))
        case ("POST", "/__sim/reset"):
            simulator.reset()
            return .json([:])
        case ("POST", "/__sim/open"):
            guard let gate = call.parameter("gate") else { return .json(["error": "Name the gate."], status: 400) }
            simulator.gates.open(gate)
            return .json([:])
        default: return nil
        }
    }
}

extension Stats {
    fileprivate var json: JSON {
        var kinds = JSONObject()
        for (kind, count) in faults.sorted(by: { $0.key < $1.key }) { kinds[kind] = JSON(count) }
        return [
            "requests": JSON(requests), "active": JSON(active), "max_active": JSON(maxActive),
            "completed": JSON(completed), "client_aborts": JSON(clientAborts), "faults": .object(kinds),
        ]
    }
}

extension RecordedRequest {
    fileprivate var json: JSON {
        var fields = JSONObject()
        for header in headers {
            let before = fields[header.name]?.string.map { $0 + ", " } ?? ""
            fields[header.name] = .string(before + header.value)
        }
        return [
            "method": .string(method), "path": .string(path), "query": .string(query), "headers": .object(fields),
            "body": .string(String(decoding: body, as: UTF8.self)),
        ]
    }
}
