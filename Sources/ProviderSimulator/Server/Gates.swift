import Synchronization

/// Places in streams that are passed only once somebody opens them.
final class Gates: Sendable {
    private let state = Mutex(State())

    private struct State {
        var open: Set<String> = []
        var waiting: [String: [@Sendable () -> Void]] = [:]
    }

    /// Goes on as soon as the gate is open, maybe at once and on another thread.
    func pass(_ name: String, _ goOn: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            guard !state.open.contains(name) else { return true }
            state.waiting[name, default: []].append(goOn)
            return false
        }
        if isOpen { goOn() }
    }

    /// Lets everybody through, those who come later too.
    func open(_ name: String) {
        let waiting = state.withLock { state in
            state.open.insert(name)
            return state.waiting.removeValue(forKey: name) ?? []
        }
        for goOn in waiting { goOn() }
    }

    /// Closes all gates. Who waits at one goes on waiting.
    func reset() {
        state.withLock { $0.open = [] }
    }
}
