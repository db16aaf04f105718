/// Which bytes stand for which others in a request: one to one for all that is put into its texts.
///
/// Besides these it holds forms that a model may make of a stand-in (other case, other separators); they never take the
/// place of one that was put into a text.
struct FormPairs: Sendable {
    /// What is replaced wherever it is mentioned.
    private(set) var standIns: [[UInt8]: [UInt8]] = [:]
    private var originals: [[UInt8]: [UInt8]] = [:]

    /// Whether nothing else has this stand-in.
    func isFree(_ standIn: [UInt8], for original: [UInt8]) -> Bool {
        guard let other = originals[standIn] else { return true }
        return other == original
    }

    /// - Parameter isMentioned: whether it is replaced outside of entities too.
    mutating func add(_ standIn: [UInt8], for original: [UInt8], isMentioned: Bool) {
        originals[standIn] = original
        if isMentioned, standIns[original] == nil { standIns[original] = standIn }
    }

    /// Adds what is no stand-in of an entity, unless it would stand in the way of another pair.
    mutating func derive(_ standIn: [UInt8], for original: [UInt8], isMentioned: Bool = true) {
        guard !standIn.isEmpty, !original.isEmpty, isFree(standIn, for: original) else { return }
        add(standIn, for: original, isMentioned: isMentioned)
    }

    var restoration: Restoration? {
        guard !originals.isEmpty else { return nil }
        var restoration = Restoration()
        for (standIn, original) in originals { restoration.add(standIn, for: original) }
        restoration.compact()
        return restoration
    }
}
