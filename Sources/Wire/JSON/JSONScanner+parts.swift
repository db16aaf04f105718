/// Strings of which only a part is at hand.
extension JSONScanner {
    /// For a part of a text. That it is UTF-8, and has no control characters, is checked elsewhere.
    init(part bytes: UnsafeRawBufferPointer, at position: Int) {
        base = bytes.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
        count = bytes.count
        maximumDepth = 0
        hasControlCharacters = false
        self.position = position
    }

    /// Moves over letters of ASCII that are no quotes and no backslashes. It may stop before the first other byte.
    mutating func skipPlain() { skipBlocks(ByteBlock.unlikePlainText) }

    /// The longest escape is that of a surrogate pair.
    static var longestEscape: Int { 12 }

    /// Moves on in a string, whose end may not be there yet. Returns true at its closing quote. Otherwise it stops at the
    /// end, or, fewer than ``longestEscape`` bytes before it, at an escape or a letter that may be cut off.
    ///
    /// The position must be none inside an escape or a letter.
    mutating func moveToQuoteOrCut() throws(JSONError) -> Bool {
        let start = position
        while position + 16 <= count {
            switch self[position] {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): try skipEscape()
            default:
                position += 1
                skipUsual()
            }
        }
        while position < count {
            switch self[position] {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard position + Self.longestEscape <= count else { return false }
                try skipEscape()
            default: position += 1
            }
        }
        position -= bytes(in: start..<position).bytesOfCutLetter
        return false
    }

    /// Moves to the next quote or escape, or close to the end. The byte before the position is no backslash.
    @inline(__always)
    private mutating func skipUsual() {
        skipBlocks(ByteBlock.unusual)
        if position + 64 <= count {
            position += ByteBlock.firstUnusual(from: base + position)
        } else {
            while position + 16 <= count {
                if let found = ByteBlock.unusual(at: base + position).firstMarked {
                    position += found
                    break
                }
                position += 16
            }
        }
        // What is unusual about an escape is its letter.
        if self[position - 1] == UInt8(ascii: "\\") { position -= 1 }
    }
}

extension ByteBlock {
    /// Marks quotes, backslashes, control characters and what isn't ASCII.
    @inline(__always)
    fileprivate static func unlikePlainText(at address: UnsafeRawPointer) -> ByteBlock {
        let block = ByteBlock(at: address)
        // As signed numbers, what isn't ASCII is below zero.
        return block.isBelow(signed: 0x20) | block.quotesAndBackslashes
    }
}

extension UnsafeRawBufferPointer {
    /// How many bytes there are of a letter that the end cuts off.
    fileprivate var bytesOfCutLetter: Int {
        for length in 1...3 where length <= count {
            let byte = self[count - length]
            if byte < 0x80 { return 0 }
            guard byte >= 0xC0 else { continue }
            return length < (byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2) ? length : 0
        }
        return 0
    }
}
