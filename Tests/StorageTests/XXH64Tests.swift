import Testing

@testable import Storage

@Suite struct XXH64Tests {
    private func checksum(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
        bytes.withUnsafeBytes { XXH64.checksum($0, seed: seed) }
    }

    /// The bytes that xxHash's own self-test is made on.
    private let sanity: [UInt8] = {
        var generator: UInt64 = 2_654_435_761
        return (0..<222).map { _ in
            defer { generator &*= 11_400_714_785_074_694_797 }
            return UInt8(generator >> 56)
        }
    }()

    @Test(
        arguments: [
            (0, 0, 0xEF46_DB37_51D8_E999), (0, 2_654_435_761, 0xAC75_FDA2_929B_17EF),
            (1, 0, 0xE934_A84A_DB05_2768), (1, 2_654_435_761, 0x5014_6076_43A9_B4C3), (4, 0, 0x9136_A0DC_A574_57EE),
            (14, 0, 0x8282_DCC4_994E_35C8), (14, 2_654_435_761, 0xC3BD_6BF6_3DEB_6DF0),
            (222, 0, 0xB641_AE8C_B691_C174), (222, 2_654_435_761, 0x20CB_8AB7_AE10_C14A),
        ] as [(Int, UInt64, UInt64)])
    func `the checksum is XXH64, by the vectors of its authors`(length: Int, seed: UInt64, sum: UInt64) {
        #expect(checksum(Array(sanity.prefix(length)), seed: seed) == sum)
    }

    @Test func `texts have the checksums that are known of them`() {
        #expect(checksum(Array("a".utf8)) == 0xD24E_C4F1_A98C_6E5B)
        #expect(checksum(Array("abc".utf8)) == 0x44BC_2CF5_AD77_0999)
        #expect(checksum(Array("Nobody inspects the spammish repetition".utf8)) == 0xFBCE_A83C_8A37_8BF1)
    }

    @Test func `where the bytes are in memory makes no difference`() {
        for length in 0..<100 {
            let sum = checksum(Array(sanity.prefix(length)), seed: 1)
            for shift in 1..<9 {
                let shifted = [UInt8](repeating: 0, count: shift) + sanity.prefix(length)
                #expect(
                    shifted.withUnsafeBytes { XXH64.checksum(UnsafeRawBufferPointer(rebasing: $0[shift...]), seed: 1) }
                        == sum)
            }
        }
    }
}
