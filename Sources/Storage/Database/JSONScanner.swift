import Foundation

/// Goes through JSON, and finds where its parts are (RFC 8259).
struct JSONScanner {
    private let bytes: [UInt8]
    private var index = 0

    /// As deep as a part may be in others.
    private static let depthLimit = 200

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of an object that is all there is; nil for anything else.
    mutating func wholeObject() -> [(name: String, value: Range<Int>)]? {
        var members: [(String, Range<Int>)] = []
        skipSpace()
        guard object(depth: 0, { members.append(($0, $1)) }) else { return nil }
        skipSpace()
        return index == bytes.count ? members : nil
    }

    /// The elements of a list that is all there is; nil for anything else.
    mutating func wholeList() -> [Range<Int>]? {
        var elements: [Range<Int>] = []
        skipSpace()
        guard list(depth: 0, { elements.append($0) }) else { return nil }
        skipSpace()
        return index == bytes.count ? elements : nil
    }

    static func text(_ literal: ArraySlice<UInt8>) -> String? {
        guard literal.first == UInt8(ascii: "\""), literal.count >= 2 else { return nil }
        let content = literal.dropFirst().dropLast()
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        return try? JSONDecoder().decode(String.self, from: Data(literal))
    }

    static func quoted(_ text: String) -> [UInt8] {
        (try? Array(JSONEncoder().encode(text))) ?? Array("\"\"".utf8)
    }

    // MARK: Parts

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func object(depth: Int, _ found: (String, Range<Int>) -> Void) -> Bool {
        guard takes("{") else { return false }
        skipSpace()
        if takes("}") { return true }
        repeat {
            skipSpace()
            let start = index
            guard string(), let name = depth == 0 ? Self.text(bytes[start..<index]) : "" else { return false }
            skipSpace()
            guard takes(":"), let range = value(depth: depth + 1) else { return false }
            found(name, range)
        } while takes(",")
        return takes("}")
    }

    private mutating func list(depth: Int, _ found: (Range<Int>) -> Void) -> Bool {
        guard takes("[") else { return false }
        skipSpace()
        if takes("]") { return true }
        repeat {
            guard let range = value(depth: depth + 1) else { return false }
            found(range)
        } while takes(",")
        return takes("]")
    }

    /// With the space around it, which isn't in the range.
    private mutating func value(depth: Int) -> Range<Int>? {
        guard depth < Self.depthLimit else { return nil }
        skipSpace()
        let start = index
        let isWhole =
            switch next {
            case UInt8(ascii: "{"): object(depth: depth) { _, _ in }
            case UInt8(ascii: "["): list(depth: depth) { _ in }
            case UInt8(ascii: "\""): string()
            case UInt8(ascii: "t"): word("true")
            case UInt8(ascii: "f"): word("false")
            case UInt8(ascii: "n"): word("null")
            default: number()
            }
        guard isWhole else { return nil }
        let range = start..<index
        skipSpace()
        return range
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let isThere = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
        if isThere { index += word.utf8CodeUnitCount }
        return isThere
    }

    private mutating func string() -> Bool {
        guard takes("\"") else { return false }
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape() else { return false }
            case 0..<0x20: return false
            default: continue
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte = next else { return false }
        index += 1
        guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
        let digits = bytes[index...].prefix(4)
        index += digits.count
        return digits.count == 4 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    private mutating func number() -> Bool {
        _ = takes("-")
        if !takes("0") { guard digits() else { return false } }
        if takes(".") { guard digits() else { return false } }
        if takes("e") || takes("E") {
            _ = takes("+") || takes("-")
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { index += 1 }
        return index > start
    }
}
