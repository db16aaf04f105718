import Domain

/// The name of a key that signs notes, best a URL without its scheme (C2SP signed-note, section "Format"). A log's is
/// also the origin of its checkpoints.
///
/// Two names are one if their bytes are: what Unicode calls equivalent is another name.
public struct KeyName: Hashable, Sendable {
    public let text: String

    /// Nil for what is empty, longer than 255 bytes, or holds white space, a control character or a plus sign.
    public init?(_ text: String) {
        guard 1...Self.byteLimit ~= text.utf8.count, text.unicodeScalars.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    /// The specification has no limit of its own, but the one for cosignatures of later kinds.
    private static let byteLimit = 255

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return scalar != "+" && !properties.isWhitespace && properties.generalCategory != .control
    }

    public static func == (left: KeyName, right: KeyName) -> Bool { left.text.hasSameBytes(as: right.text) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension KeyName: CustomStringConvertible {
    public var description: String { text }
}
