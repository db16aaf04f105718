public import Domain
public import Privacy

/// What an organization's requests have personal information replaced with. A class, since each request refers to it.
public final class SubstitutionEngine: Sendable {
    let finder: EntityFinder
    let lexicon: Lexicon
    let key: StandInKey
    /// What holds where neither the caller nor the key says.
    let usual: SubstitutionDemand

    public init(finder: EntityFinder, lexicon: Lexicon, key: StandInKey, usual: SubstitutionDemand = .off) {
        self.finder = finder
        self.lexicon = lexicon
        self.key = key
        self.usual = usual
    }
}
