/// Strings, section 7 of RFC 8259: where they end.
extension JSONScanner {
    /// Steps over a string, checking all of it. Returns false when it certainly has no escapes.
    @inline(__always)
    mutating func skipString() throws(JSONError) -> Bool {
        try consume(UInt8(ascii: "\""))
        let start = position
        let isShort = isAtQuoteOfShortString()
        if !isShort { try moveToDistantQuote() }
        if hasControlCharacters { try refuseControlCharacters(in: start..<position) }
        position += 1
        return !isShort
    }

    /// Looks at the first bytes of a string: most strings are short and have no escapes.
    @inline(__always)
    private mutating func isAtQuoteOfShortString() -> Bool {
        var position = position
        defer { self.position = position }
        let end = min(position + 64, count - 15)
        while position < end {
            if let found = ByteBlock.quotesAndBackslashes(at: base + position).firstMarked {
                position += found
                return self[position] == UInt8(ascii: "\"")
            }
            position += 16
        }
        return false
    }

    /// The byte before the position is no backslash.
    @inline(never)
    private mutating func moveToDistantQuote() throws(JSONError) {
        let start = position
        do throws(JSONError) { try findClosingQuote() } catch {
            // Where no quote comes at all, that is what is wrong, whatever stands before the end.
            let end = firstOffset(of: UInt8(ascii: "\""), in: start..<count)
            throw end == nil ? JSONError(offset: count, reason: .unexpectedEnd) : error
        }
    }

    private mutating func findClosingQuote() throws(JSONError) {
        skipBlocks(ByteBlock.quotesAndBackslashes)
        while position + 16 <= count {
            // In some texts one escape follows the other.
            if let found = ByteBlock.unusual(at: base + position).firstMarked {
                position += found
                if try stopsAtUnusual() { return }
                continue
            }
            position += 16
            skipBlocks(ByteBlock.unusual)
            guard position + 64 <= count else { continue }
            position += ByteBlock.firstUnusual(from: base + position)
            if try stopsAtUnusual() { return }
        }
        // The last block may have ended between a backslash and its letter.
        if self[position - 1] == UInt8(ascii: "\\") { position -= 1 }
        while try byteAtPosition() != UInt8(ascii: "\"") {
            if self[position] == UInt8(ascii: "\\") { try skipEscape() } else { position += 1 }
        }
    }

    /// Skips 64 bytes at a time while none of them is marked.
    @inline(__always)
    mutating func skipBlocks(_ marks: (UnsafeRawPointer) -> ByteBlock) {
        var position = position
        while position + 64 <= count {
            let place = base + position
            let found = marks(place) | marks(place + 16) | marks(place + 32) | marks(place + 48)
            guard found.isZero else { break }
            position += 64
        }
        self.position = position
    }

    /// Stops at a quote; otherwise moves behind the escapes that stand here, and one byte further.
    private mutating func stopsAtUnusual() throws(JSONError) -> Bool {
        if self[position] == UInt8(ascii: "\"") { return true }
        position -= 1
        while try byteAtPosition() == UInt8(ascii: "\\") { try skipEscape() }
        if self[position] == UInt8(ascii: "\"") { return true }
        position += 1
        return false
    }

    private func refuseControlCharacters(in range: Range<Int>) throws(JSONError) {
        var position = range.lowerBound
        while position + 16 <= range.upperBound, !ByteBlock(at: base + position).hasByte(below: 0x20) { position += 16 }
        while position < range.upperBound {
            if self[position] < 0x20 { throw JSONError(offset: position, reason: .controlCharacter) }
            position += 1
        }
    }
}

extension ByteBlock {
    @inline(__always)
    var quotesAndBackslashes: ByteBlock { equal(to: UInt8(ascii: "\"")) | equal(to: UInt8(ascii: "\\")) }

    @inline(__always)
    fileprivate static func quotesAndBackslashes(at address: UnsafeRawPointer) -> ByteBlock {
        ByteBlock(at: address).quotesAndBackslashes
    }

    /// Marks what can't be stepped over without a closer look: a quote that no backslash escapes, and the letter of an
    /// escape that isn't one of the usual two.
    ///
    /// The byte before the address must be no backslash that is escaped itself.
    @inline(__always)
    static func unusual(at address: UnsafeRawPointer) -> ByteBlock {
        let block = ByteBlock(at: address)
        let isEscaped = ByteBlock(at: address - 1).equal(to: UInt8(ascii: "\\"))
        return block.equal(to: UInt8(ascii: "\"")) ^ (isEscaped & ~block.equal(to: UInt8(ascii: "n")))
    }

    /// Where the first of them is in four blocks that have one.
    @inline(__always)
    static func firstUnusual(from address: UnsafeRawPointer) -> Int {
        firstMarked(
            unusual(at: address), unusual(at: address + 16), unusual(at: address + 32), unusual(at: address + 48))
    }
}
