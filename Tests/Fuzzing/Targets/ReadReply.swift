package import Providers
package import Wire

/// What a reader makes of a reply that comes in pieces.
package struct ReadReply: Equatable {
    package private(set) var events: [ChatEvent] = []
    package private(set) var fault: UpstreamFault?

    package init(of pieces: some Sequence<ArraySlice<UInt8>>, by reader: any ReplyReader) {
        var reader = reader
        do throws(UpstreamFault) {
            for piece in pieces {
                try piece.withUnsafeBufferPointer { bytes throws(UpstreamFault) in
                    try reader.receive(UnsafeRawBufferPointer(bytes), into: &events)
                }
            }
            try reader.end(into: &events)
        } catch {
            fault = error
        }
    }
}

extension ChatCodec {
    /// The events as a stream of this wire; broken off where there is a fault.
    func stream(of reply: ReadReply, for chat: ChatRequest) -> [UInt8] {
        var writer = streamWriter(RequestFuzzing.identity, for: chat)
        var bytes: [UInt8] = []
        for event in reply.events { writer.write(event, to: &bytes) }
        guard let fault = reply.fault else { return bytes + Array("\(streamEnd)".utf8) }
        writer.fail(
            ChatReplyError(
                status: fault.status, message: fault.message, code: fault.cause.rawValue, parameter: nil, id: "1"),
            to: &bytes)
        return bytes
    }
}
