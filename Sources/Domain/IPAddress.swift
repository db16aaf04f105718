/// An address of the Internet Protocol, of version 4 or 6.
public struct IPAddress: Hashable, Sendable {
    public enum Version: Hashable, Sendable {
        case v4, v6

        /// Bits of an address.
        public var width: Int { self == .v4 ? 32 : 128 }
    }

    public let version: Version
    /// The address as a number; version 4 fills the lower 32 bits.
    public let bits: UInt128

    public init(v4 bits: UInt32) {
        version = .v4
        self.bits = UInt128(bits)
    }

    public init(v6 bits: UInt128) {
        version = .v6
        self.bits = bits
    }

    /// Reads `192.0.2.1` or a form of RFC 4291 section 2.2, such as `2001:db8::1`. Nil for anything else: zones, ports,
    /// brackets, and numbers with leading zeros, which some read as octal.
    public init?(_ text: some StringProtocol) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let bits = Self.v6(text) else { return nil }
            self.init(v6: bits)
        } else {
            guard let bits = Self.v4(text) else { return nil }
            self.init(v4: bits)
        }
    }

    /// The address of version 4 that one of version 6 stands for, if it is mapped (RFC 4291 section 2.5.5.2) or for
    /// translation (NAT64, RFC 6052 section 2.1); else the address itself.
    public var unwrapped: IPAddress {
        guard version == .v6, bits >> 32 == 0xFFFF || bits >> 32 == 0x0064_FF9B << 64 else { return self }
        return IPAddress(v4: UInt32(truncatingIfNeeded: bits))
    }
}

extension IPAddress {
    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard 1...3 ~= part.utf8.count, part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt8(part),
                part == "0" || !part.hasPrefix("0")
            else { return nil }
            bits = bits << 8 | UInt32(number)
        }
        return bits
    }

    private static func v6(_ text: some StringProtocol) -> UInt128? {
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = halves.first.flatMap({ groups($0, mayEndInV4: halves.count == 1) }) else { return nil }
        switch halves.count {
        case 1:
            return first.count == 8 ? number(first) : nil
        case 2:
            // What the two colons stand for is at least one group.
            guard let last = groups(halves[1], mayEndInV4: true), first.count + last.count < 8 else { return nil }
            return number(first + Array(repeating: 0, count: 8 - first.count - last.count) + last)
        default: return nil
        }
    }

    private static func groups(_ text: some StringProtocol, mayEndInV4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", maxSplits: 8, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, let bits = v4(part) {
                groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
            } else if 1...4 ~= part.utf8.count, part.utf8.allSatisfy(isHexDigit), let group = UInt16(part, radix: 16) {
                groups.append(group)
            } else {
                return nil
            }
        }
        return groups
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x46 ~= byte || 0x61...0x66 ~= byte
    }

    private static func number(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }
}

extension IPAddress: CustomStringConvertible {
    /// As RFC 5952 writes it: small letters, and the longest run of zeros left out.
    public var description: String {
        guard version == .v6 else {
            return [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: bits >> UInt128($0))) }.joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        guard let zeros = Self.longestRunOfZeros(groups) else { return Self.text(groups[...]) }
        return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest; one zero alone is written.
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 }
            if index + 1 - start > longest.count { longest = start..<index + 1 }
        }
        return longest.count > 1 ? longest : nil
    }
}

/// The addresses that begin with the same bits, such as `192.0.2.0/24`.
public struct IPPrefix: Hashable, Sendable {
    public let network: IPAddress
    /// How many bits are the same.
    public let length: Int

    /// Nil where the length is none, or bits are set behind it.
    public init?(_ network: IPAddress, length: Int) {
        let width = network.version.width
        guard 0...width ~= length, network.bits & ~Self.mask(length, of: width) == 0 else { return nil }
        self.network = network
        self.length = length
    }

    /// Reads `192.0.2.0/24` or `2001:db8::/32` (RFC 4632 section 3.1, RFC 4291 section 2.3); nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let network = IPAddress(parts[0]), 1...3 ~= parts[1].utf8.count,
            parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(parts[1])
        else { return nil }
        self.init(network, length: length)
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.version == network.version
            && address.bits & Self.mask(length, of: address.version.width) == network.bits
    }

    private static func mask(_ length: Int, of width: Int) -> UInt128 {
        // A shift by all bits gives none, as it should for a length of zero.
        (UInt128.max << UInt128(width - length)) & (UInt128.max >> UInt128(128 - width))
    }
}

extension IPPrefix {
    /// Where addresses are that aren't reachable from everywhere: loopback, of a local or shared network, or of one link
    /// (RFC 1918, 6598, 3927, 4193 and 4291).
    public static let local = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "::/127", "fc00::/7", "fe80::/10",
    ].compactMap { IPPrefix($0) }
}

extension IPPrefix: CustomStringConvertible {
    public var description: String { "\(network)/\(length)" }
}
