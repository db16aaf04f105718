/// A way in which real servers differ, switched on for a model so that a reader's tolerance can be tested.
public enum Quirk: String, CaseIterable, Sendable {
    /// The stream ends without `data: [DONE]`.
    case noDone = "no-done"
    /// Usage rides in the chunk that has the finish reason, not in one of its own.
    case usageInLastChoice = "usage-in-last-choice"
    /// The answer's model is the requested one with `@main` behind it.
    case renamedModel = "renamed-model"
    /// Unknown members beside the known ones.
    case extraFields = "extra-fields"
    /// Text before a tool call in one message.
    case contentBeforeCall = "content-before-call"
    /// A tool call's arguments arrive in one piece.
    case wholeArguments = "whole-args"
    /// Comments (`: ping`) between the events.
    case commentLines = "comment-lines"
    /// Events' lines end in CRLF.
    case crlf
    /// No `content` at all with tool calls, and `content: null` in deltas without text.
    case nullContent = "null-content"
    /// Each byte of the body in a TCP segment of its own.
    case tinyWrites = "tiny-writes"
    /// The whole stream in one segment.
    case oneWrite = "one-write"
    /// A request error is answered with status 500.
    case serverErrorForBadRequest = "500-for-400"
}
