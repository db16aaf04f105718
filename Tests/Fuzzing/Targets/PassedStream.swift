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

    package init(of pieces: some Sequence<ArraySlice<UInt8>>, through passage: any ChatStreamPassage) {
        var passage = passage
        do throws(ChatPassageFailure) {
            for piece in pieces {
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
