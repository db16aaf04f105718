import Domain
import Providers
import Wire

/// Who has answered, and from where, held against what the route says.
extension Exchange {
    /// The head of a reply may name the region.
    mutating func learn(from head: ReplyHead) {
        if 300..<400 ~= head.status { withAttempt { $0.redirected(to: head["location"]) } }
        guard let field = currentBinding?.facts.witness.regionField,
            let region = head[field].flatMap(ReplyWitness.region)
        else { return }
        withAttempt { attempt in
            attempt.observedRegion = region
            let expected = attempt.route.residency.region
            if region != expected.lowercased() { attempt.note(Drift(.region, expected: expected, seen: region)) }
        }
    }

    /// Its body names the model as a rule, and the geography now and then. Both are as good in a reply that broke off.
    mutating func learn(from relay: Relay) {
        guard let binding = currentBinding else { return }
        withAttempt { attempt in
            if let model = relay.model.flatMap(Self.name) { attempt.answered(by: model, binding) }
            if let word = relay.usage?.geography.flatMap(Self.name) { attempt.ran(in: word, binding) }
        }
    }
}

extension Attempt {
    mutating func found(_ finding: AddressFinding?) {
        self.finding = finding
        guard let finding, finding.result == .mismatch else { return }
        note(Drift(.address, expected: route.residency.region, seen: finding.detail))
    }

    /// Only the host is noted: what follows it could be content.
    fileprivate mutating func redirected(to location: String?) {
        let target = location.flatMap { Endpoint(url: String($0.prefix { $0 != "?" && $0 != "#" })) }
        let host = target.map(\.authority).flatMap { $0.utf8.count <= 256 ? $0 : nil }
        note(Drift(.redirect, expected: endpoint.authority, seen: host ?? "elsewhere"))
    }

    fileprivate mutating func answered(by model: String, _ binding: RouteBinding) {
        answeredModel = model
        let names = binding.expectedModels
        guard let expected = names.first, !binding.facts.witness.models.permit(model, as: names) else { return }
        note(Drift(.model, expected: expected, seen: model))
    }

    fileprivate mutating func ran(in word: String, _ binding: RouteBinding) {
        guard let places = binding.facts.witness.places(word) else { return }
        observedGeography = word
        let expected = route.residency.processing
        if !places.isSubset(of: expected) { note(Drift(.geography, expected: expected.description, seen: word)) }
    }

    /// An attempt has one drift of a kind: what is learned last is what was so in the end.
    fileprivate mutating func note(_ drift: Drift) {
        drifts.removeAll { $0.kind == drift.kind }
        drifts.append(drift)
    }
}
