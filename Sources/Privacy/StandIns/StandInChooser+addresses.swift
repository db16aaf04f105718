internal import Domain

extension StandInChooser {
    /// An address of the ranges for documentation (RFC 5737, RFC 3849).
    mutating func address(for value: EntityValue) throws(SubstitutionFailure) -> [UInt8] {
        let original = value.key.bytes
        let isLong = original.contains(0x3A)
        let standIn = try found(for: value, "address") { draws, attempt in
            let made = isLong ? Self.longAddress(like: original, attempt, &draws) : Self.address(attempt, &draws)
            return echoes(made, of: original, attempt) ? nil : made
        }
        pairs.add(standIn, for: original, isMentioned: true)
        if isLong { deriveCases(standIn, for: original) }
        return standIn
    }

    private static func address(_ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        let last = 1 + draws.below(254)
        if attempt < 32 {
            let net = ["192.0.2", "198.51.100", "203.0.113"][draws.below(3)]
            return Array("\(net).\(last)".utf8)
        }
        // RFC 2544 has a larger range for measurements, for logs with many addresses.
        return Array("198.\(18 + draws.below(2)).\(draws.below(256)).\(last)".utf8)
    }

    /// The first two groups become 2001:db8, each other one another of the same length; what was left out stays so.
    private static func longAddress(like original: [UInt8], _ attempt: Int, _ draws: inout Draws) -> [UInt8] {
        let zone = original.firstIndex(of: 0x25) ?? original.count
        let isUpper = original[..<zone].contains { $0 &- 0x41 < 6 }
        let groups = original[..<zone].split(separator: 0x3A, omittingEmptySubsequences: false).map(Array.init)
        let kept = groups.first.map { $0.isEmpty ? 1 : 0 } ?? 0
        var made: [[UInt8]] = []
        for (index, group) in groups.enumerated() {
            if group.isEmpty, index >= 2, kept == 0 {
                made.append(group)
            } else if index < 2 {
                made.append(Array((index == 0 ? "2001" : "db8").utf8))
            } else {
                made.append(hexadecimal(min(4, max(attempt > 16 ? 4 : 2, group.count)), &draws))
            }
        }
        // `fe80::1` has but one group before the gap.
        if groups.count > 1, groups[1].isEmpty { made.insert([], at: 2) }
        let address = Array(made.joined(separator: [0x3A]))
        return (isUpper ? address.uppercased() : address) + original[zone...]
    }

    private static func hexadecimal(_ count: Int, _ draws: inout Draws) -> [UInt8] {
        (0..<count).map { draws.element(of: $0 == 0 ? "123456789abcdef" : "0123456789abcdef") }
    }
}
