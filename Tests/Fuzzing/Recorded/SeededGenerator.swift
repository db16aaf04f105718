/// SplitMix64: the same numbers on each run, so a failure can be met again.
struct SeededGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// From 0 to one less than the bound; the tiny bias is of no matter here.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: (word ^ (word >> 31)) >> 33) % bound
    }
}
