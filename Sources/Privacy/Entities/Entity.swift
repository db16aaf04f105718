public import Domain

/// A span of a text that identifies someone.
public struct Entity: Hashable, Sendable {
    /// Where it stands, in bytes of the text; always whole UTF-8 characters.
    public var range: Range<Int>
    public var type: EntityType
    /// How much speaks for it, for spans that overlap: 255 where a checksum does.
    public var certainty: UInt8

    public init(_ type: EntityType, at range: Range<Int>, certainty: UInt8) {
        self.range = range
        self.type = type
        self.certainty = certainty
    }
}
