import Testing
import Wire

@Suite struct ByteWriterTests {
    private func text(expecting room: Int, _ write: (inout ByteWriter) -> Void) -> String {
        String(decoding: [UInt8](expecting: room, write), as: UTF8.self)
    }

    @Test(arguments: 0...40) func `what doesn't fit the first time is written whole the second time`(room: Int) {
        let written = text(expecting: room) { writer in
            writer.append("start ")
            writer.append(json: "a\"b\\c\u{1}é")
            writer.append(text: " text ")
            writer.append([UInt8(ascii: "x"), UInt8(ascii: "y")])
            writer.append(UInt8(ascii: "!"))
            writer.append(atMost: 5) { buffer in
                buffer[0] = UInt8(ascii: "?")
                return 1
            }
            writer.append(decimal: -12)
        }
        #expect(written == #"start "a\"b\\c\u0001é" text xy!?-12"#)
    }

    @Test func `nothing that is written stays empty`() {
        #expect(text(expecting: 10) { _ in } == "")
        #expect(text(expecting: 0) { $0.append(text: "") } == "")
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, -1, Int.max, Int.min])
    func `whole numbers are written as the standard library writes them`(number: Int) {
        #expect(text(expecting: 30) { $0.append(decimal: number) } == String(number))
        #expect(text(expecting: 30) { $0.append(decimal: Int128(number)) } == String(number))
        let wide = Int128(number) * 1_000_000_000_000
        #expect(text(expecting: 0) { $0.append(decimal: wide) } == String(wide))
    }

    @Test(arguments: [0, 1, 9, 10, 15, 16, 255, 256, 4_095, 4_096, 0xABCDE, Int.max])
    func `sizes are written in as few hexadecimal digits as they need`(size: Int) {
        #expect(text(expecting: 30) { $0.append(hexadecimal: size) } == String(size, radix: 16))
    }
}
