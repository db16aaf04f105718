/// Everything of a simulator but its sockets.
final class SimulatorCore: Sendable {
    let settings: SimulatorSettings
    let simulation: Simulation
    let ledger: Ledger
    let gates = Gates()

    init(_ settings: SimulatorSettings) {
        self.settings = settings
        simulation = Simulation(settings)
        ledger = Ledger(recordLimit: settings.record)
    }

    func reset() {
        ledger.reset()
        simulation.reset()
        gates.reset()
    }
}
