/// The outcomes of the cases, each of which is tried once though two tests want it.
actor CompatibilityOutcomes {
    private var trials: [CompatibilityCase: Task<CompatibilityOutcome, any Error>] = [:]

    func outcome(of tried: CompatibilityCase, through gateway: TestGateway) async throws -> CompatibilityOutcome {
        let trial = trials[tried] ?? Task { try await CompatibilityTrial(tried, through: gateway).outcome() }
        trials[tried] = trial
        return try await trial.value
    }
}
