import Foundation
import Testing
import Wire

@Suite struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try JSON(parsing: text).canonical, as: UTF8.self)
    }

    // MARK: RFC 8785's own examples

    @Test func `the sample of section 3.2.2 comes out byte for byte`() throws {
        let sample = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50,
                          2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected = """
            7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65
            72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 65 2b 33 30 2c 34 2e 35 2c 30 2e 30
            30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c
            22 5c 5c 5c 5c 5c 22 2f 22 7d
            """
        let bytes = expected.split { " \n".contains($0) }.map { UInt8($0, radix: 16) }
        #expect(try JSON(parsing: sample).canonical == bytes)
    }

    @Test func `members are in the order of section 3.2.3`() throws {
        let sample = #"""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """#
        let members = try #require(try JSON(parsing: try canonical(sample)).object).members
        #expect(
            members.map(\.value.string) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"), (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0x41B3_DE43_5555_5555, "333333333.3333333"), (0x41B3_DE43_5555_5556, "333333333.3333334"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"), (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func `a double is written as in appendix B`(bits: UInt64, text: String) throws {
        #expect(String(decoding: try JSON(Double(bitPattern: bits)).canonical, as: UTF8.self) == text)
        #expect(try canonical(text) == text)
    }

    // MARK: Numbers

    @Test(arguments: [
        ("-0", "0"), ("-0.0e-7", "0"), ("0e99999999999999999999", "0"), ("100", "100"), ("1.0", "1"), ("1e2", "100"),
        ("12300e-2", "123"), ("-1.5E+1", "-15"), ("1e20", "100000000000000000000"), ("123e19", "1.23e+21"),
        ("0.00001", "0.00001"), ("1.5e-7", "1.5e-7"), ("0.1", "0.1"), ("0.10000000000000001", "0.1"),
        ("9007199254740994", "9007199254740994"),
        ("9007199254740993e3", "9007199254740993000"), ("0.0000000000000000000000000000012", "1.2e-30"),
    ])
    func `a number is written in the one way there is for its double`(written: String, expected: String) throws {
        #expect(try canonical(written) == expected)
    }

    @Test(arguments: [
        "9007199254740993", "-9007199254740993", "295147905179352825856", "9007199254740993.0",
        "1e309", "-1e400", "1e-400", "1e99999999999999999999", "1e-9223372036854775808", "0.100000000000000001",
        "3.14159265358979323846",
    ])
    func `a number that would become another one is refused`(text: String) throws {
        #expect(throws: CanonicalFormError.self) { try canonical(text) }
        #expect(throws: CanonicalFormError.self) { try canonical(#"{"a":[{"b":\#(text)}]}"#) }
    }

    @Test func `the error tells the number, and of a very long one its beginning`() throws {
        let error = #expect(throws: CanonicalFormError.self) { try canonical("9007199254740993") }
        #expect(error?.number == "9007199254740993")
        let long = #expect(throws: CanonicalFormError.self) { try canonical(String(repeating: "7", count: 10_000)) }
        #expect(long?.number == String(repeating: "7", count: 40) + "…")
    }

    // MARK: Strings

    @Test func `escapes are the shortest, and only where there must be one`() throws {
        #expect(
            try canonical(#""\u0008\u0009\u000A\u000B\u000C\u000D\u001F\u0022\u005C\u002F\u007F\u2028\u00e9""#)
                == "\"\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7F}\u{2028}\u{E9}\"")
    }

    @Test func `letters stay as they are composed`() throws {
        #expect(try JSON(parsing: #"{"A\u030a":"\u00c5"}"#).canonical == Array("{\"A\u{30A}\":\"\u{C5}\"}".utf8))
    }

    // MARK: Properties

    @Test func `what is canonical stays as it is`() throws {
        var generator = JSONTextGenerator(seed: 8785)
        var count = 0
        for _ in 0..<3_000 {
            guard let value = try? JSON(parsing: generator.text()), let bytes = try? value.canonical else { continue }
            count += 1
            if try JSON(parsing: bytes).canonical != bytes { Issue.record("\(value.text())") }
        }
        #expect(count > 1_000)
    }

    @Test func `every double that is written comes back as itself`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            let bytes = try JSON(double).canonical
            let read = try JSON(parsing: bytes)
            if try read.double != double || read.canonical != bytes { Issue.record("\(double.bitPattern)") }
        }
    }

    @Test func `the order of members doesn't depend on how they came`() throws {
        let keys = [
            "", "a", "b", "ab", "\u{E000}", "\u{FFFD}", "\u{10000}", "\u{1F600}", "é", "e\u{301}", "Z", "1", "10",
        ]
        let expected = [
            "", "1", "10", "Z", "a", "ab", "b", "e\u{301}", "é", "\u{10000}", "\u{1F600}", "\u{E000}", "\u{FFFD}",
        ]
        for _ in 0..<50 {
            var object = JSONObject()
            for key in keys.shuffled() { object[key] = .null }
            let members = try #require(try JSON(parsing: JSON.object(object).canonical).object).members
            #expect(members.map { Array($0.key.utf8) } == expected.map { Array($0.utf8) })
        }
    }
}
