import Wire

/// What a form holds must not depend on how its bytes are cut, and must be what stands between the boundaries.
enum MultipartFuzzing {
    static func run(_ bytes: UnsafeRawBufferPointer) throws {
        guard var input = FuzzInput(bytes) else { return }
        let limits =
            input.choose(of: 2) == 0 ? MultipartReader.Limits() : MultipartReader.Limits(parts: 3, head: 64)
        let boundary = ["b", "-", "--b", "ab"][input.choose(of: 4)]
        let read = { (pieces: [ArraySlice<UInt8>]) in FormTranscript(of: pieces, boundary, limits) }
        let whole = read([input.text[...]])
        try check(read(input.pieces.map { $0[...] }) == whole, "The parts depend on where the form is cut.")
        try whole.check(against: input.text, boundary)
        _ = MultipartReader(contentType: String(decoding: input.text, as: UTF8.self), limits: limits)
    }
}

/// The parts of a form, and how reading it ended.
private struct FormTranscript: Equatable {
    private struct Part: Equatable {
        let head: MultipartPart
        var bytes: [UInt8] = []
        var isOver = false
    }

    private var parts: [Part] = []
    private var error: MultipartError?

    init(of pieces: [ArraySlice<UInt8>], _ boundary: String, _ limits: MultipartReader.Limits) {
        guard var reader = MultipartReader(boundary: Array(boundary.utf8), limits: limits) else { return }
        do throws(MultipartFailure<Never>) {
            for piece in pieces {
                try piece.withUnsafeBufferPointer { bytes throws(MultipartFailure<Never>) in
                    try reader.receive(UnsafeRawBufferPointer(bytes)) { (event: MultipartEvent) throws(Never) in
                        take(event)
                    }
                }
            }
            do throws(MultipartError) { try reader.end() } catch { self.error = error }
        } catch {
            if case .form(let error) = error { self.error = error }
        }
    }

    private mutating func take(_ event: MultipartEvent) {
        switch event {
        case .part(let head): parts.append(Part(head: head))
        case .data(let more): parts[parts.count - 1].bytes += more
        case .end: parts[parts.count - 1].isOver = true
        }
    }

    /// Each whole part stands in the form with a blank line before it and a boundary behind it, and has no boundary in it.
    func check(against text: [UInt8], _ boundary: String) throws {
        let delimiter = Array("\r\n--\(boundary)".utf8)
        var position = 0
        for part in parts where part.isOver {
            try Fuzzing.check(!part.bytes.contains(delimiter), "A part has a boundary in it.")
            let place = text[position...].firstRange(of: Array("\r\n\r\n".utf8) + part.bytes + delimiter)
            guard let place else { throw Disagreement("A part isn't what stands between two boundaries.") }
            position = place.upperBound
        }
        try Fuzzing.check(parts.dropLast().allSatisfy(\.isOver), "A part begins before the last one is over.")
        try Fuzzing.check(error != nil || parts.last?.isOver != false, "A form ends within a part.")
    }
}
