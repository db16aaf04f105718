import Testing

@testable import Privacy

@Suite struct LetterCaseTests {
    @Test func `the cases of all letters of the first two blocks are those of Unicode`() {
        for value in UInt32(1)...0x24F {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for text in [String(scalar), "a\(scalar)Z", "É\(scalar)\(scalar)é"] {
                #expect(Array(text.utf8).lowercased() == Array(text.lowercased().utf8), "\(value)")
                #expect(Array(text.utf8).uppercased() == Array(text.uppercased().utf8), "\(value)")
            }
        }
    }
}
