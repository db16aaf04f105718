/// Why bytes are not the event stream that was expected. None can be recovered from: where the next frame starts is then
/// unknown.
public enum EventStreamError: String, Error, Sendable {
    case preludeChecksum = "the checksum of a frame's lengths is wrong"
    case messageChecksum = "a frame's checksum is wrong"
    case frameTooShort = "a frame is shorter than its own lengths"
    case headersTooLong = "a frame has more than 128 KiB of headers"
    case payloadTooLong = "a frame has more than 24 MiB of payload"
    case headerCut = "a header runs past the end of the headers"
    case unknownHeaderType = "a header's value is of an unknown type"
    case headerNotUTF8 = "a header is not UTF-8"
    case repeatedHeader = "a header occurs twice"
    case truncated = "the stream ended inside a frame"
}

extension EventStreamError: CustomStringConvertible {
    public var description: String { rawValue }
}
