/// Finds all that identifies someone in a text.
public struct EntityFinder: Sendable {
    private let structured = StructuredRecognizer()
    private let names: (any NameFinding)?
    private let allowed: AllowList

    /// - Throws: when the lexicon has no weights that fit.
    public init(lexicon: Lexicon, allowed: AllowList = AllowList()) throws {
        self.init(names: try NameRecognizer(lexicon: lexicon), allowed: allowed)
    }

    /// Without `names`, only what has a form of its own is found.
    package init(names: (any NameFinding)?, allowed: AllowList = AllowList()) {
        self.names = names
        self.allowed = allowed
    }

    /// The spans to replace: ascending, disjoint, whole characters, none that the organization allows.
    ///
    /// - Parameter known: what somebody else has found in the text.
    public func entities(in text: UnsafeBufferPointer<UInt8>, and known: [Entity] = []) -> [Entity] {
        var entities = known
        structured.find(in: text, into: &entities)
        entities = entities.resolvingOverlaps(in: text)
        if let names {
            let structured = entities
            names.find(in: text, around: structured, into: &entities)
            entities = entities.resolvingOverlaps(in: text)
        }
        if !allowed.isEmpty { entities.removeAll { allowed.contains($0.range, of: text) } }
        return entities
    }
}
