// MARK: The body for an upstream of the same wire

extension ChatScan {
    /// The body as an upstream gets it: its own name of the model, none of our members, and, for a stream of the chat wire,
    /// usage asked for, since the books need it whether the caller wants it or not. On the Responses wire it says that nothing
    /// is to be stored, since a provider stores responses unless it is told not to.
    ///
    /// `body` must be the text that was scanned.
    public func splice<Edits: SpliceEdits>(
        _ changes: PassageEdits, of body: UnsafeRawBufferPointer, into edits: inout Edits
    ) {
        let tail = tailToCut(changes)
        var position = 0
        let betas = betas(changes)
        if !changes.inserted.isEmpty || !betas.isEmpty {
            edits.keep(0..<start)
            edits.insert(changes.inserted)
            edits.insert(betas)
            position = start
        }
        for index in places.indices {
            guard let edit = edit(of: places[index], at: index, tail: tail, changes) else { continue }
            edits.keep(position..<edit.range.lowerBound)
            edits.insert(edit.replacement)
            position = edit.range.upperBound
            if index == tail?.first { break }
        }
        if wire == .openAIChat, isStreamed, !places.contains(where: { $0.name == .streamOptions }) {
            edits.keep(position..<end - 1)
            edits.insert(Array(#","stream_options":{"include_usage":true}"#.utf8))
            position = end - 1
        }
        if wire == .openAIResponses, !places.contains(where: { $0.name == .store }) {
            edits.keep(position..<end - 1)
            edits.insert(Array(#","store":false"#.utf8))
            position = end - 1
        }
        edits.keep(position..<body.count)
    }

    /// The member that tells what is in trial, with a comma behind it.
    private func betas(_ changes: PassageEdits) -> [UInt8] {
        guard let betas = changes.betas, !betas.isEmpty, !places.contains(where: { $0.name == .anthropicBeta }) else {
            return []
        }
        return [UInt8](expecting: 256) { text in
            text.append("\"anthropic_beta\":[")
            for (index, name) in betas.enumerated() {
                if index > 0 { text.append(",") }
                text.append(json: name)
            }
            text.append("],")
        }
    }

    /// What happens to one of the members; nil when it stays as it is.
    private func edit(
        of place: Place, at index: Int, tail: (first: Int, range: Range<Int>)?, _ changes: PassageEdits
    ) -> (range: Range<Int>, replacement: [UInt8])? {
        if place.name.isCut(by: changes) {
            if let tail, index == tail.first { return (tail.range, []) }
            return (place.member.lowerBound..<(place.nextStart ?? place.member.upperBound), [])
        }
        switch (place.name, changes.model) {
        case (.model, .replaced(let name)): return (place.value, [UInt8](expecting: 128) { $0.append(json: name) })
        case (.store, _): return (place.value, Array("false".utf8))
        case (.streamOptions, _) where isStreamed && !includesUsage: return usageEdit(of: place.value)
        default: return nil
        }
    }

    /// The run of members to cut that ends the object, if there is one: it goes together with the comma before it, where
    /// any other goes with the comma behind it.
    private func tailToCut(_ changes: PassageEdits) -> (first: Int, range: Range<Int>)? {
        guard var first = places.indices.last, places[first].name.isCut(by: changes), places[first].nextStart == nil
        else { return nil }
        let end = places[first].member.upperBound
        while first > 0, places[first - 1].name.isCut(by: changes),
            places[first - 1].nextStart == places[first].member.lowerBound
        {
            first -= 1
        }
        return (first, (places[first].previousEnd ?? places[first].member.lowerBound)..<end)
    }

    /// Sets `include_usage` in the caller's `stream_options`; what else they hold stays as it is.
    private func usageEdit(of options: Range<Int>) -> (range: Range<Int>, replacement: [UInt8]) {
        if let usageFlag { return (usageFlag, Array("true".utf8)) }
        guard hasStreamOptions else { return (options, Array(#"{"include_usage":true}"#.utf8)) }
        let inside = options.lowerBound + 1
        return (inside..<inside, Array(#""include_usage":true,"#.utf8))
    }
}

/// Takes down which parts of a text stay and what is put between them.
public protocol SpliceEdits {
    mutating func keep(_ range: Range<Int>)
    mutating func insert(_ bytes: [UInt8])
}

extension ChatScan.Member {
    /// Whether it doesn't go on to the upstream.
    fileprivate func isCut(by changes: PassageEdits) -> Bool {
        switch self {
        case .allowFallbacks, .piiSubstitution, .privacyTier: true
        case .model: changes.model == .removed
        case .stream: changes.removesStream
        case .anthropicVersion: !changes.inserted.isEmpty
        case .messages, .input, .streamOptions, .anthropicBeta: false
        case .store, .background, .conversation, .prompt, .previousResponse, .encodingFormat: false
        }
    }
}
