import Testing

@testable import Wire

@Suite struct HTTP1OctetsTests {
    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let digits = "0123456789"

    @Test func `a byte is of the classes that the standards name`() {
        let tokens = Set("\(Self.letters)\(Self.digits)!#$%&'*+-.^_`|~".utf8)
        let hosts = Set("\(Self.letters)\(Self.digits)-._~!$&'()*+,;=%:[]".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(HTTP1Octet.isToken(byte) == tokens.contains(byte))
            #expect(HTTP1Octet.isHost(byte) == hosts.contains(byte))
            #expect(HTTP1Octet.hexadecimal(byte) == Character(UnicodeScalar(byte)).hexDigitValue)
        }
    }

    @Test func `eight bytes at a time are seen as one at a time`() {
        for offset in 0..<24 {
            for byte in UInt8.min...UInt8.max {
                var text = Array("abcdefgh-jklmnopqrstuvwx".utf8)
                text[offset] = byte
                text.withUnsafeBytes { bytes in
                    for start in 0...bytes.count {
                        #expect(bytes.endOfToken(from: start) == first(bytes, start) { !HTTP1Octet.isToken($0) })
                        #expect(
                            bytes.endOfText(from: start)
                                == first(bytes, start) { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F })
                        #expect(
                            bytes.isTarget(start..<bytes.count)
                                == bytes[start...].allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") })
                    }
                }
            }
        }
    }

    @Test func `nothing is read of what is empty`() {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(empty.endOfToken(from: 0) == 0 && empty.endOfText(from: 0) == 0 && empty.isTarget(0..<0))
        #expect(empty.equals(lowercase: "") && !empty.equals(lowercase: "x"))
    }

    private func first(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ isEnd: (UInt8) -> Bool) -> Int {
        bytes[start...].firstIndex(where: isEnd) ?? bytes.count
    }
}
