import Domain
import Testing
import Upstream

/// Flattening is checked against what it stands for: a look at every prefix.
struct LongestPrefixTests {
    @Test(arguments: 1...10)
    func `flattened prefixes answer as a look at every one does`(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let v4 = try (0..<250).map { _ in try Entry(.v4, &random) }
        let v6 = try (0..<250).map { _ in try Entry(.v6, &random) }
        let text = RangeFiles.aws(v4.map { ("\($0.prefix)", $0.region) }, v6: v6.map { ("\($0.prefix)", $0.region) })
        let catalog = try AddressCatalog(text, of: .aws)
        #expect(catalog.count == Set((v4 + v6).map(\.prefix)).count)
        let addresses = (v4 + v6).flatMap { $0.boundaries + [$0.address(&random)] }
        // Among both versions, since a neighbor of version 6 can stand for an address of version 4.
        let wrong = addresses.filter { catalog.owner(of: $0) != naiveOwner(of: $0, among: v4 + v6) }
        #expect(wrong.isEmpty, "such as \(wrong.prefix(3))")
    }

    private func naiveOwner(of address: IPAddress, among entries: [Entry]) -> AddressOwner {
        let address = address.unwrapped
        let holding = entries.filter { $0.prefix.contains(address) }
        guard let longest = holding.max(by: { $0.prefix.length < $1.prefix.length })?.prefix else { return .nobody }
        let regions = Set(holding.filter { $0.prefix == longest }.map(\.region)).sorted()
        if regions.contains("GLOBAL") { return .everywhere(longest) }
        return regions.count == 1 ? .region(regions[0], longest) : .disputed(regions, longest)
    }
}

private struct Entry {
    let prefix: IPPrefix
    let region: String

    init(_ version: IPAddress.Version, _ random: inout SplitMix64) throws {
        let length = random.below(8) == 0 ? [0, 1, version.width][random.below(3)] : random.below(version.width + 1)
        let bits = Entry.bits(version, &random)
        let hostBits = version.width - length
        prefix = try #require(IPPrefix(Entry.address((bits >> hostBits) << hostBits, version), length: length))
        region = ["GLOBAL", "ca-central-1", "ca-west-1", "us-east-1"][random.below(4)]
    }

    /// The first and the last address, and their neighbors outside.
    var boundaries: [IPAddress] {
        let version = prefix.network.version
        let all = UInt128.max >> UInt128(128 - version.width)
        let first = prefix.network.bits
        let last = first | (prefix.length == 0 ? all : all >> UInt128(prefix.length))
        return [first, last, (first &- 1) & all, (last &+ 1) & all].map { Entry.address($0, version) }
    }

    func address(_ random: inout SplitMix64) -> IPAddress {
        Entry.address(Entry.bits(prefix.network.version, &random), prefix.network.version)
    }

    /// Two of three have most bits alike, so that prefixes nest deeply and meet.
    private static func bits(_ version: IPAddress.Version, _ random: inout SplitMix64) -> UInt128 {
        let all = UInt128(random.next()) << 64 | UInt128(random.next())
        let some = random.below(3) == 0 ? all : all & (0x0101_0101 << UInt128(random.below(97)))
        return some & (UInt128.max >> UInt128(128 - version.width))
    }

    private static func address(_ bits: UInt128, _ version: IPAddress.Version) -> IPAddress {
        version == .v4 ? IPAddress(v4: UInt32(bits)) : IPAddress(v6: bits)
    }
}

private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
