/// What became of one line of a file that was imported.
struct ImportNote: Hashable, Sendable {
    enum Outcome: String, Sendable {
        case taken
        /// It is taken, and doesn't quite do the same here.
        case differs
        case leftOut = "left out"
    }

    /// From 1.
    let line: Int
    /// Where it stands, such as `model_list[0].litellm_params.rpm`.
    let subject: String
    let outcome: Outcome
    /// What it has become, or why it hasn't. Never a value that may be a secret.
    let remark: String
}

extension ImportNote: CustomStringConvertible {
    var description: String { "line \(line): \(outcome.rawValue): \(subject): \(remark)." }
}
