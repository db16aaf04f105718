public import Domain

/// What a request asks of the substitution of personal information, and what this version does about it.
///
/// The seam of the stage: it stands between the plan and the translation, and decides whether text may leave as it is.
public enum SubstitutionStage {
    public enum Choice: Sendable {
        case off, on
        /// Refuse rather than send unprotected.
        case required
    }

    /// - Throws: `not_implemented_yet` whenever protection was asked for, because passing the text on would break the
    ///   caller's trust without a word.
    public static func check(_ choice: Choice) throws(GatewayError) {
        guard choice == .off else {
            throw .notImplementedYet("The substitution of personal information", parameter: "pii_substitution")
        }
    }
}
