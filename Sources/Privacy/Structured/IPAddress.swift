internal import Domain

/// RFC 791 and RFC 4291, section 2.2; addresses that name no one host are left.
extension Scan {
    /// Four octets with points, no zeros before them; never part of a longer number with points.
    func ipv4Address() -> Entity? {
        guard chain.count >= 4, chain.isSeparated(1...3, by: .dot), let address = ipv4Value(from: 0) else { return nil }
        let range = chain.start..<chain.groups[3].range.upperBound
        guard text.endsWord(at: range.upperBound), !(chain.count > 4 && chain.groups[4].separator == .dot) else {
            return nil
        }
        guard text.byte(range.upperBound) != UInt8(ascii: "-") || !text.byte(range.upperBound + 1).isLetter else {
            return nil
        }
        guard Self.isHost(address), !isPinned(at: range.lowerBound), !isVersion(address, at: range) else { return nil }
        return Entity(.ipAddress, at: range, certainty: 240)
    }

    /// Where a version of four numbers ends that could be an address as well; nil where there is none.
    func endOfVersion() -> Int? {
        guard chain.count >= 4, chain.isSeparated(1...3, by: .dot), let address = ipv4Value(from: 0) else { return nil }
        let range = chain.start..<chain.groups[3].range.upperBound
        guard text.endsWord(at: range.upperBound), isVersion(address, at: range) else { return nil }
        return range.upperBound
    }

    private func ipv4Value(from first: Int) -> UInt32? {
        var address: UInt32 = 0
        for index in first..<first + 4 {
            let (value, length) = (chain.value(index), chain.groups[index].range.count)
            guard (0...255).contains(value), length == 1 || (length <= 3 && chain.digits(of: index).first != 0) else {
                return nil
            }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    /// Not this network (RFC 1122, section 3.2.1.3), not loopback, not a netmask, not broadcast.
    private static func isHost(_ address: UInt32) -> Bool {
        let isMask = address >= 0xFF00_0000 && (~address & (~address &+ 1)) == 0
        return address >> 24 != 0 && address >> 24 != 127 && !isMask
    }

    /// Whether signs make it a version: `package==1.2.3.4`, `Chrome/120.0.0.0`, but not `http://10.0.0.4`.
    private func isPinned(at start: Int) -> Bool {
        let (before, second) = (text.byte(start - 1), text.byte(start - 2))
        if before == UInt8(ascii: "="),
            [UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "~")].contains(second)
        {
            return true
        }
        if before == UInt8(ascii: "^") || before == UInt8(ascii: "~") { return true }
        return before == UInt8(ascii: "/") && second.isLetter && !context.isNear(.internet, within: 2)
    }

    /// Whether the text says that it is a version, a section or the like.
    private func isVersion(_ address: UInt32, at range: Range<Int>) -> Bool {
        let isOnHost = context.lastButOne?.meaning.contains(.onHost) ?? false
        // Versions seldom have large parts.
        let hasLarge = address & 0x8080_8080 != 0
        if hasLarge {
            // Only "version" and "v" make one of them: what is upgraded may be a host.
            guard let last = context.lastButOne, last.meaning.contains(.topic(.version)) else { return false }
            return text.byte(last.range.lowerBound) | 0x20 == UInt8(ascii: "v")
        }
        if context.isNearest(.version, within: 4, of: [.internet]), !isOnHost { return true }
        return isSmallVersion(address, at: range, isOnHost: isOnHost)
    }

    private func isSmallVersion(_ address: UInt32, at range: Range<Int>, isOnHost: Bool) -> Bool {
        let before = text.byte(range.lowerBound - 1)
        // "1.8.1.5 release": four small numbers are seldom an address where software is spoken of.
        let looksLikeVersion = address & 0xE0E0_E0E0 == 0 && address >> 24 != 10
        let isNamed =
            context.lastButOne.map { $0.meaning.isDisjoint(with: [.onStreet, .beforeAddress, .stopword]) } ?? false
        let isAfterName = isNamed && before == UInt8(ascii: " ")
        if looksLikeVersion, !context.isNear(.internet, within: 8), !isOnHost,
            isAfterName || context.isNear(.version, within: 8)
                || follows(.topic(.version), after: range.upperBound, within: 2)
        {
            return true
        }
        // The number of a heading.
        let isSmall = address & 0xF0F0_F0F0 == 0 && range.count == 7
        let opensLine = range.lowerBound == 0 || before == UInt8(ascii: "\n") || before == UInt8(ascii: "#")
        return isSmall && opensLine && text.space(at: range.upperBound) > 0
            && text.byte(range.upperBound + 1).isUppercase
    }

    /// Eight groups, or fewer around one `::`; the last two may be written as IPv4; the zone belongs to it.
    func ipv6Address(at start: Int) -> Entity? {
        guard startsIPv6(start) else { return nil }
        var address = IPv6Reader()
        let end = address.read(at: start, in: text)
        guard let end, address.isPlausible(inContext: context.isNear(.internet, within: 4)) else { return nil }
        let next = text.byte(end)
        guard text.endsWord(at: end), next != UInt8(ascii: ":"), next != UInt8(ascii: "(") else { return nil }
        return Entity(.ipAddress, at: start..<endOfZone(end), certainty: 240)
    }

    private func startsIPv6(_ start: Int) -> Bool {
        let before = text.byte(start - 1)
        guard !before.isAlphanumeric, before != UInt8(ascii: "_"),
            before != UInt8(ascii: ":") || text.byte(start - 2) != before
        else { return false }
        if text.byte(start) == UInt8(ascii: ":") {
            return text.byte(start + 1) == UInt8(ascii: ":") && !before.isAlphanumeric && before != UInt8(ascii: ">")
        }
        var offset = start
        while offset - start < 5, text.byte(offset).hexadecimal != nil { offset += 1 }
        return (1...4).contains(offset - start) && text.byte(offset) == UInt8(ascii: ":")
    }

    /// RFC 4007, section 11.2.
    private func endOfZone(_ end: Int) -> Int {
        guard text.byte(end) == UInt8(ascii: "%"), text.byte(end + 1).isAlphanumeric else { return end }
        var offset = end + 1
        while offset - end <= 16, text.byte(offset).isAlphanumeric { offset += 1 }
        return offset
    }
}

/// Reads one IPv6 address, of at most 39 bytes.
private struct IPv6Reader {
    private var groups = 0
    private var firstLength = 0
    private var first: UInt16 = 0
    private var last: UInt16 = 0
    private var isCompressed = false
    private var embedsIPv4 = false
    private var allPairs = true
    private var hasDigit = false

    /// The offset behind the address, or nil.
    mutating func read(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var offset = start
        if text.byte(offset) == UInt8(ascii: ":") {
            (isCompressed, offset) = (true, offset + 2)
        }
        while groups < 8 {
            guard let end = group(at: offset, in: text) else { break }
            offset = end
            if embedsIPv4 { break }
            guard groups < 8, text.byte(offset) == UInt8(ascii: ":") else { break }
            if text.byte(offset + 1) == UInt8(ascii: ":") {
                guard !isCompressed else { return nil }
                (isCompressed, offset) = (true, offset + 2)
            } else if text.byte(offset + 1).hexadecimal != nil {
                offset += 1
            } else {
                break
            }
        }
        return isCompressed ? (groups < 8 ? offset : nil) : (groups == 8 ? offset : nil)
    }

    private mutating func group(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var (offset, value) = (start, UInt16(0))
        while offset - start < 4, let digit = text.byte(offset).hexadecimal {
            value = value << 4 | digit
            if digit < 10 { hasDigit = true }
            offset += 1
        }
        guard offset > start else { return nil }
        if text.byte(offset) == UInt8(ascii: "."), groups > 0 || isCompressed, let end = Self.ipv4(at: start, in: text)
        {
            embedsIPv4 = true
            groups += 2
            return end
        }
        if groups == 0, !isCompressed { (firstLength, first) = (offset - start, value) }
        if offset - start != 2 { allPairs = false }
        (groups, last) = (groups + 1, value)
        return offset
    }

    private static func ipv4(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var offset = start
        for index in 0..<4 {
            var (value, begin) = (0, offset)
            while offset - begin < 3, text.byte(offset).isDigit {
                value = value * 10 + Int(text.byte(offset) &- 0x30)
                offset += 1
            }
            guard offset > begin, value < 256 else { return nil }
            if index < 3 {
                guard text.byte(offset) == UInt8(ascii: ".") else { return nil }
                offset += 1
            }
            begin = offset
        }
        return offset
    }

    /// Not `::`, `::1`, a MAC address, or the scope of a name in a program.
    func isPlausible(inContext: Bool) -> Bool {
        guard groups > 0, !allPairs || isCompressed else { return false }
        guard isCompressed else { return true }
        guard hasDigit || inContext || groups > 3 else { return false }
        if firstLength == 0 { return embedsIPv4 || groups >= 2 || (inContext && last > 1) }
        return inContext || firstLength == 4 && first >= 0x0100 || (first == 0x64 && groups > 1)
    }
}
