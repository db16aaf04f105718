import Domain

/// One line under a note: who signed it, and the signature.
public struct NoteSignature: Hashable, Sendable {
    public let name: KeyName
    /// Tells a key from others of the same name; it is no proof of anything.
    public let keyID: UInt32
    /// What the signature is, and how it is checked, depends on the kind of the key.
    public let bytes: [UInt8]

    init(name: KeyName, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// Reads a line without its newline; nil for any other form than ``line`` has.
    init?(line: ArraySlice<UInt8>) {
        guard line.starts(with: Self.dash), let space = line.dropFirst(Self.dash.count).firstIndex(of: Self.space),
            let text = String(validating: line[..<space].dropFirst(Self.dash.count), as: UTF8.self),
            let name = KeyName(text),
            let content = Base64.decoded(line[(space + 1)...]), content.count > Self.keyIDCount
        else { return nil }
        let keyID = content.prefix(Self.keyIDCount).reduce(0) { $0 << 8 | UInt32($1) }
        self.init(name: name, keyID: keyID, bytes: Array(content.dropFirst(Self.keyIDCount)))
    }

    /// The key's id as eight lower-case hex digits.
    public var keyIDText: String { keyID.bigEndianBytes.hex }

    /// As it stands under a note, with its newline: `— example.org/log 3J8KEQ…=`.
    public var line: String { "— \(name.text) \(Base64.encoded(keyID.bigEndianBytes + bytes))\n" }

    private static let dash = Array("— ".utf8)
    private static let space = UInt8(ascii: " ")
    private static let keyIDCount = 4
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
