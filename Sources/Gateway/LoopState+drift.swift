import Domain
import Logging

extension LoopState {
    /// Counts and logs in what the upstreams of a request were other than their routes say.
    func report(_ attempts: [Attempt], of id: RequestID) {
        for index in attempts.indices where !attempts[index].hasNothingRare {
            for drift in attempts[index].drifts {
                counters.drifts[drift.kind, default: 0] += 1
                warn(of: drift, in: attempts[index], id)
            }
            if attempts[index].refusedAddress != nil, attempts[index].finding?.result == .stale {
                warnOfStaleList(in: attempts[index], id)
            }
        }
    }

    private func warn(of drift: Drift, in attempt: Attempt, _ id: RequestID) {
        // What an upstream has said stays in the record: a log is no place for words of a reply.
        let details = drift.kind == .address ? attempt.addressMetadata : ["expected": "\(drift.expected)"]
        warn("\(drift.kind.sentence)", drift.kind.rawValue, about: attempt, id, details)
    }

    private func warnOfStaleList(in attempt: Attempt, _ id: RequestID) {
        let sentence: Logger.Message = "Nothing was sent, since no list says whose an address is"
        warn(sentence, "stale", about: attempt, id, attempt.addressMetadata)
    }

    private func warn(
        _ message: Logger.Message, _ kind: String, about attempt: Attempt, _ id: RequestID, _ details: Logger.Metadata
    ) {
        guard let leftOut = warnings.next(of: kind, for: attempt.route.id, at: clock()) else { return }
        var metadata = details
        metadata["id"] = "\(id)"
        metadata["route"] = "\(attempt.route.id)"
        if leftOut > 0 { metadata["left_out"] = "\(leftOut)" }
        logger.warning(message, metadata: metadata)
    }
}

extension Attempt {
    fileprivate var addressMetadata: Logger.Metadata {
        [
            "address": "\(address ?? refusedAddress ?? "none")", "found": "\(finding?.detail ?? "nothing")",
            "list": "\(finding?.list ?? "none")",
        ]
    }
}

extension Drift.Kind {
    fileprivate var sentence: String {
        switch self {
        case .address: "An endpoint has an address that isn't its region's"
        case .model: "Another model has answered than the route says"
        case .region: "Another region has answered than the route says"
        case .geography: "A model may have run where the route doesn't say"
        case .redirect: "An endpoint wants requests to be sent elsewhere, and they aren't"
        }
    }
}
