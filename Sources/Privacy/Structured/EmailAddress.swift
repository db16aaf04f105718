internal import Domain

/// RFC 5321, section 4.1.2, without quoted local parts and address literals; RFC 6531 for other scripts.
extension Scan {
    private static let localLimit = 64
    private static let domainLimit = 253

    func emailAddress(around at: Int) -> Entity? {
        guard let start = startOfLocalPart(endingAt: at), let end = endOfDomain(from: at + 1) else { return nil }
        // "icon@2x.png"
        guard !(text.byte(at + 1).isDigit && text.byte(at + 2) | 0x20 == 0x78 && text.byte(at + 3) == 0x2E) else {
            return nil
        }
        guard !isRemote(start..<at, behind: end), !isPassword(at: start) else { return nil }
        return Entity(.email, at: start..<end, certainty: 250)
    }

    /// nil where nothing of a local part stands, or more than one can hold.
    private func startOfLocalPart(endingAt end: Int) -> Int? {
        var start = end
        while end - start <= Self.localLimit {
            let byte = text.byte(start - 1)
            if Self.isLocal(byte) {
                start -= 1
            } else if byte >= 0x80, let length = letterLength(before: start) {
                start -= length
            } else {
                break
            }
        }
        while start < end, !text.byte(start).isAlphanumeric, text.byte(start) < 0x80,
            text.byte(start) != UInt8(ascii: "_")
        {
            start += 1
        }
        let last = text.byte(end - 1)
        guard start < end, end - start <= Self.localLimit, last != UInt8(ascii: ".") else { return nil }
        return start
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "%"),
            UInt8(ascii: "'"), UInt8(ascii: "~"):
            true
        default: byte.isAlphanumeric
        }
    }

    private func letterLength(before end: Int) -> Int? {
        for length in 2...3 where text.letter(at: end - length)?.length == length && text.byte(end - length) >= 0xC3 {
            return length
        }
        return nil
    }

    /// The end of a domain with at least one dot, whose last label isn't a number.
    private func endOfDomain(from start: Int) -> Int? {
        var (offset, labels, end) = (start, 0, start)
        var (lastLength, lastHasDigit) = (0, false)
        while offset - start <= Self.domainLimit {
            let begin = offset
            var (hasDigit, letters) = (false, 0)
            while offset - start <= Self.domainLimit {
                let byte = text.byte(offset)
                if byte.isDigit {
                    (hasDigit, offset) = (true, offset + 1)
                } else if byte == UInt8(ascii: "-") {
                    offset += 1
                } else if let letter = text.letter(at: offset) {
                    (letters, offset) = (letters + 1, offset + letter.length)
                } else {
                    break
                }
            }
            while offset > begin, text.byte(offset - 1) == UInt8(ascii: "-") { offset -= 1 }
            guard offset > begin, text.byte(begin) != UInt8(ascii: "-") else { break }
            (labels, end, lastLength, lastHasDigit) = (labels + 1, offset, letters, hasDigit)
            guard text.byte(offset) == UInt8(ascii: ".") else { break }
            offset += 1
        }
        return labels >= 2 && lastLength >= 2 && !lastHasDigit ? end : nil
    }

    /// `git@github.com:org/repository`, and the paths of scp.
    private func isRemote(_ local: Range<Int>, behind end: Int) -> Bool {
        let (next, second) = (text.byte(end), text.byte(end + 1))
        if next == UInt8(ascii: ":"), second == UInt8(ascii: "/") || second == UInt8(ascii: "~") { return true }
        let isGit =
            local.count == 3 && text.byte(local.lowerBound) == UInt8(ascii: "g")
            && text.byte(local.lowerBound + 1) == UInt8(ascii: "i")
            && text.byte(local.lowerBound + 2) == UInt8(ascii: "t")
        return isGit && (next == UInt8(ascii: ":") || next == UInt8(ascii: "/"))
    }

    /// `scheme://user:password@host`.
    private func isPassword(at start: Int) -> Bool {
        guard text.byte(start - 1) == UInt8(ascii: ":") else { return false }
        var offset = start - 2
        while start - offset < Self.localLimit {
            let byte = text.byte(offset)
            if byte == UInt8(ascii: "/") { return text.byte(offset - 1) == UInt8(ascii: "/") }
            guard Self.isLocal(byte) else { return false }
            offset -= 1
        }
        return false
    }
}
