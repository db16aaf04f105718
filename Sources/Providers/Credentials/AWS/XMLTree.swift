/// An element of a small XML document.
///
/// Reads only what AWS's query services write: elements and text. Document types, comments, instructions and text beside
/// elements are refused, because where there are none there is nothing that two readers could understand differently.
struct XMLTree {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLTree] = []

    /// The one child of a name; nil also where there are several.
    subscript(name: String) -> XMLTree? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found[0] : nil
    }

    init(parsing bytes: [UInt8]) throws(XMLError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        var parser = XMLParser(Array(text.utf8))
        self = try parser.document()
    }

    fileprivate init(name: String) { self.name = name }
    fileprivate mutating func append(_ child: XMLTree) { children.append(child) }
    fileprivate mutating func set(_ text: String) { self.text = text }
}

enum XMLError: Error, Hashable {
    case notUTF8
    case unexpectedEnd
    case unexpectedByte(at: Int)
    case tooDeep
    case badReference(at: Int)
    case mixedContent(at: Int)
}

private struct XMLParser {
    private let bytes: [UInt8]
    private var position = 0

    private static let mostDepth = 16

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(XMLError) -> XMLTree {
        skipBlanks()
        if take("<?xml") {
            while !take("?>") { _ = try next() }
            skipBlanks()
        }
        let root = try element(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw .unexpectedByte(at: position) }
        return root
    }

    // MARK: Elements

    private mutating func element(depth: Int) throws(XMLError) -> XMLTree {
        guard depth < Self.mostDepth else { throw .tooDeep }
        try expect("<")
        var element = XMLTree(name: try name())
        try skipAttributes()
        if take("/>") { return element }
        try expect(">")
        var text: [UInt8] = []
        while !take("</") {
            if peek == UInt8(ascii: "<") {
                element.append(try self.element(depth: depth + 1))
            } else {
                try appendCharacter(to: &text)
            }
        }
        guard try name() == element.name else { throw .unexpectedByte(at: position) }
        skipBlanks()
        try expect(">")
        let content = String(decoding: text, as: UTF8.self)
        if element.children.isEmpty {
            element.set(content)
        } else if !content.allSatisfy(\.isWhitespace) {
            throw .mixedContent(at: position)
        }
        return element
    }

    private mutating func skipAttributes() throws(XMLError) {
        while skipBlanks(), let byte = peek, byte != UInt8(ascii: ">"), byte != UInt8(ascii: "/") {
            _ = try name()
            try expect("=")
            let quote = try next()
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw .unexpectedByte(at: position - 1)
            }
            while true {
                let byte = try next()
                if byte == quote { break }
                if byte == UInt8(ascii: "<") { throw .unexpectedByte(at: position - 1) }
            }
        }
    }

    private mutating func name() throws(XMLError) -> String {
        let start = position
        while let byte = peek, Self.isName(byte, isFirst: position == start) { position += 1 }
        guard position > start else { throw peek == nil ? .unexpectedEnd : .unexpectedByte(at: position) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): !isFirst
        default: false
        }
    }

    // MARK: Text

    private mutating func appendCharacter(to text: inout [UInt8]) throws(XMLError) {
        let byte = try next()
        switch byte {
        case UInt8(ascii: "&"): text.append(contentsOf: String(try reference()).utf8)
        case 0x09, 0x0A, 0x0D, 0x20...: text.append(byte)
        default: throw .unexpectedByte(at: position - 1)
        }
    }

    /// What stands behind `&`.
    private mutating func reference() throws(XMLError) -> Unicode.Scalar {
        let start = position
        while try next() != UInt8(ascii: ";") {
            if position - start > 10 { throw .badReference(at: start) }
        }
        let word = String(decoding: bytes[start..<position - 1], as: UTF8.self)
        switch word {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        let digits = word.hasPrefix("#x") ? word.dropFirst(2) : word.dropFirst(1)
        guard word.hasPrefix("#"), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let number = UInt32(digits, radix: word.hasPrefix("#x") ? 16 : 10), let scalar = Unicode.Scalar(number),
            number >= 0x20 || [0x09, 0x0A, 0x0D].contains(number)
        else { throw .badReference(at: start) }
        return scalar
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() throws(XMLError) -> UInt8 {
        guard let byte = peek else { throw .unexpectedEnd }
        position += 1
        return byte
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func expect(_ text: StaticString) throws(XMLError) {
        guard take(text) else { throw position < bytes.count ? .unexpectedByte(at: position) : .unexpectedEnd }
    }

    @discardableResult private mutating func skipBlanks() -> Bool {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
        return true
    }
}
