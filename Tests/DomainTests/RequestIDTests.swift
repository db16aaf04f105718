import Domain
import Testing

@Suite struct RequestIDTests {
    @Test func `later requests have greater ids whatever their random part is`() {
        let start = Timestamp(seconds: 1_795_335_391)
        var last = ""
        for step in 0..<2_000 as Range<Int64> {
            let time = Timestamp(microseconds: start.microseconds + step * 1_000)
            let random: (UInt16, UInt64) = step.isMultiple(of: 2) ? (.max, .max) : (0, 0)
            let id = RequestID(at: time, random: random).hex
            if id <= last { Issue.record("\(id) after \(last)") }
            last = id
        }
    }

    @Test(
        arguments: [
            (0, 0), (.max, .max), (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210), (1, 0), (0, 1), (1 << 63, 1 << 63),
        ] as [(UInt64, UInt64)])
    func `the hex form reads back, in capitals too`(_ high: UInt64, _ low: UInt64) {
        let id = RequestID(high: high, low: low)
        #expect(id.hex.utf8.count == 32 && id.hex == id.hex.lowercased() && "\(id)" == id.hex)
        #expect(RequestID(hex: id.hex) == id && RequestID(hex: id.hex.uppercased()) == id)
    }

    @Test func `the first twelve digits are milliseconds`() {
        let id = RequestID(at: Timestamp(microseconds: 0x0001_9E00_0000_0001 * 1_000 + 999), random: (0xABCD, 0xEF))
        #expect(id.hex == "00019e0000000001abcd00000000000000ef".dropFirst(4))
    }

    @Test(arguments: [
        "", "0", String(repeating: "0", count: 31), String(repeating: "0", count: 33),
        String(repeating: "g", count: 32),
        "+0000000000000000000000000000001", "-0000000000000000000000000000001", "0x000000000000000000000000000001",
        "0000000000000000 000000000000000", "é000000000000000000000000000000", "００００００００００" + "00",
        "0000000000000000000000000000000\n",
    ])
    func `other texts are no id`(_ text: String) {
        #expect(RequestID(hex: text) == nil)
    }
}
