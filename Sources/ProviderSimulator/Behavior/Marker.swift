import Wire

/// An instruction to the simulator inside a user's text: `[[sim:NAME@TURN ARGUMENT]]`.
///
/// It is ordinary text to everything on the way, so it passes through any client, framework or gateway.
struct Marker: Hashable, Sendable {
    let name: String
    let turn: Int?
    let argument: String
}

/// A text taken apart into its markers and what is left without them.
struct MarkedText: Sendable {
    private(set) var markers: [Marker] = []
    private(set) var rest: String

    init(_ text: String) {
        guard text.utf8.count >= 10 else {
            rest = text
            return
        }
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var position = 0
        while let start = bytes.firstIndex(of: Self.opening, from: position) {
            kept.append(contentsOf: bytes[position..<start])
            if let (marker, end) = Self.marker(in: bytes, at: start) {
                markers.append(marker)
                position = end
            } else {
                kept.append(contentsOf: Self.opening)
                position = start + Self.opening.count
            }
        }
        guard position > 0 else {
            rest = text
            return
        }
        kept.append(contentsOf: bytes[position...])
        rest = String(decoding: kept, as: UTF8.self)
    }

    private static let opening = Array("[[sim:".utf8)
    private static let closing = Array("]]".utf8)

    private static func marker(in bytes: [UInt8], at start: Int) -> (Marker, end: Int)? {
        var position = start + opening.count
        let name = bytes[position...].prefix { isNameByte($0) }
        position += name.count
        var turn: Int?
        if position < bytes.count, bytes[position] == UInt8(ascii: "@") {
            let digits = bytes[(position + 1)...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            turn = number
            position += 1 + digits.count
        }
        guard !name.isEmpty, position < bytes.count else { return nil }
        let isSeparated = bytes[position] == UInt8(ascii: " ")
        guard isSeparated || bytes[position] == UInt8(ascii: "]") else { return nil }
        let argumentStart = isSeparated ? position + 1 : position
        let nameText = String(decoding: name, as: UTF8.self)
        guard let end = argumentEnd(in: bytes, from: argumentStart, isCall: nameText == "call") else { return nil }
        let argument = String(decoding: bytes[argumentStart..<end], as: UTF8.self)
        return (Marker(name: nameText, turn: turn, argument: argument), end + closing.count)
    }

    /// The first `]]`, or the last two of a longer run, so that an argument may end in a bracket.
    ///
    /// The arguments of a call are JSON, which may hold `]]` itself: there the first place counts at which it is whole.
    private static func argumentEnd(in bytes: [UInt8], from start: Int, isCall: Bool) -> Int? {
        var first: Int?
        var position = start
        while let found = bytes.firstIndex(of: closing, from: position) {
            var end = found
            while end + 2 < bytes.count, bytes[end + 2] == UInt8(ascii: "]") { end += 1 }
            guard isCall else { return end }
            first = first ?? end
            if ScriptedCall(String(decoding: bytes[start..<end], as: UTF8.self)) != nil { return end }
            position = found + 1
        }
        return first
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// The argument of a `call` marker: a tool's name and its arguments, to be sent exactly so.
struct ScriptedCall: Hashable, Sendable {
    let name: String
    let arguments: String

    init?(_ argument: String) {
        guard let space = argument.firstIndex(of: " ") else { return nil }
        let json = String(argument[argument.index(after: space)...])
        guard let value = try? JSON(parsing: json), value.object != nil else { return nil }
        name = String(argument[..<space])
        arguments = value.text()
    }
}

extension [UInt8] {
    /// Where a short sequence of bytes occurs next.
    func firstIndex(of pattern: [UInt8], from start: Int) -> Int? {
        guard let head = pattern.first, start <= count - pattern.count else { return nil }
        for index in start...(count - pattern.count)
        where self[index] == head && self[index..<index + pattern.count].elementsEqual(pattern) {
            return index
        }
        return nil
    }
}
