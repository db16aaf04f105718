package import Providers
package import Wire

/// What goes through a passage, and what the passage learned from it.
package struct PassedStream: Equatable {
    private var out: [UInt8] = []
    private var closing: [UInt8] = []
    private var usage: ChatUsage?
    private var model: String?
    private var pieceCount = 0
    private var isFinished = false
    private var isDone = false
    private var isInsideEvent = false
    private var failure: ChatPassageFailure?
    private var fault: UpstreamFault?

    /// - Parameter unframer: takes the frames off that are around what passes.
    package init(
        of pieces: some Sequence<ArraySlice<UInt8>>, outOf unframer: (any StreamUnframer)? = nil,
        through passage: any ChatStreamPassage
    ) {
        var passage = passage
        let events = UnframedPieces(of: pieces, by: unframer)
        fault = events.fault
        do throws(ChatPassageFailure) {
            for piece in events.pieces {
                try piece.withUnsafeBufferPointer { bytes throws(ChatPassageFailure) in
                    try passage.receive(UnsafeRawBufferPointer(bytes), into: &out)
                }
            }
            passage.end()
            isInsideEvent = passage.isInsideEvent
        } catch {
            failure = error
        }
        closing = passage.closing
        usage = passage.usage
        model = passage.model
        pieceCount = passage.pieceCount
        isFinished = passage.isFinished
        isDone = passage.isDone
    }
}

/// Pieces of a stream without the frames around what is in it.
struct UnframedPieces {
    private(set) var pieces: [ArraySlice<UInt8>] = []
    private(set) var fault: UpstreamFault?

    /// - Parameter unframer: nil where there are no frames.
    init(of pieces: some Sequence<ArraySlice<UInt8>>, by unframer: (any StreamUnframer)?) {
        guard var unframer else {
            self.pieces = Array(pieces)
            return
        }
        var events: [UInt8] = []
        do throws(UpstreamFault) {
            for piece in pieces {
                events = []
                defer { self.pieces.append(events[...]) }
                try piece.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
                    try unframer.receive(UnsafeRawBufferPointer(bytes), into: &events)
                }
            }
            try unframer.end()
        } catch {
            fault = error
        }
    }
}
