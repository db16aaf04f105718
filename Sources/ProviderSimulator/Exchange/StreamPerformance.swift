extension Performance {
    /// A stream with its pauses and its gates, broken off where a marker asks for it.
    ///
    /// - Parameter replacements: what the dialect sends in place of the rest, where an interruption sends something.
    init(_ stream: StreamedReply, _ directives: Directives, pause: Int, replacements: Replacements) {
        steps = Self.waits(directives.timing.beforeStatus)
        steps.append(.head(status: 200, headers: stream.headers, length: nil))
        steps += Self.waits(directives.timing.beforeBody)
        let interruption = directives.interruption
        let events = interruption.map { Self.kept(stream.events, pieces: $0.pieces) } ?? stream.events[...]
        steps += Self.paced(events, pause: directives.timing.betweenPieces ?? pause, directives.gates)
        guard let interruption else {
            steps.append(.end)
            return
        }
        faults = [interruption.kind.rawValue]
        switch interruption.kind {
        case .cut: steps += [.wait(milliseconds: Self.pauseBeforeReset), .reset]
        case .stall: steps.append(.stall)
        case .end: steps.append(.end)
        case .errorEvent: steps += [.bytes(replacements.errorEvent(events.count)), .end]
        case .garbageEvent: steps += [.bytes(replacements.garbageEvent), .end]
        }
    }

    /// What is sent in place of the rest of a stream.
    struct Replacements {
        let garbageEvent: [UInt8]
        /// - Parameter: how many events came before.
        let errorEvent: (Int) -> [UInt8]
    }

    /// The events up to a number of pieces, and never what closes the answer.
    private static func kept(_ events: [StreamEvent], pieces: Int) -> ArraySlice<StreamEvent> {
        var left = pieces
        let end = events.firstIndex { event in
            if event.place == .closing { return true }
            guard event.place == .piece else { return false }
            left -= 1
            return left < 0
        }
        return events[..<(end ?? events.endIndex)]
    }

    /// The events as steps, with a wait before each piece but the first and the gates after the pieces they name.
    private static func paced(_ events: ArraySlice<StreamEvent>, pause: Int, _ gates: [Directives.Gate]) -> [Step] {
        var steps: [Step] = []
        var pieces = 0
        var closed = gates.sorted { $0.pieces < $1.pieces }[...]
        for event in events {
            let isNext = event.place != .frame
            while isNext, let gate = closed.first, gate.pieces <= pieces || event.place == .closing {
                steps.append(.gate(gate.name))
                closed.removeFirst()
            }
            if event.place == .piece, pieces > 0 { steps += waits(pause) }
            if event.place == .piece { pieces += 1 }
            steps.append(.bytes(event.bytes))
        }
        return steps + closed.map { .gate($0.name) }
    }
}
