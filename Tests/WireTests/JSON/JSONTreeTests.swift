import Testing
import Wire

@Suite struct JSONTreeTests {
    @Test func `members keep their order and numbers their digits`() throws {
        let text = #"{"z":1.50,"a":1e3,"m":-0,"big":123456789012345678901234567890,"":[]}"#
        #expect(try JSON(parsing: text).text() == text)
    }

    @Test(arguments: [#"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"[{"b":{"c":0,"c":0}}]"#])
    func `a repeated key is refused however it is written`(_ text: String) throws {
        let error = try #require(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error.reason == .repeatedKey)
    }

    @Test func `the offset of a repeated key is that of its second name`() throws {
        let error = try #require(throws: JSONError.self) { try JSON(parsing: #"{"a":1, "a":2}"#) }
        #expect(error.offset == 9)
    }

    @Test func `the same key in two objects is not repeated`() throws {
        #expect(try JSON(parsing: #"{"a":{"a":1},"b":{"a":2}}"#)["b"]?["a"] == 2)
    }

    @Test(arguments: [15, 16, 17, 18, 300])
    func `a repeated key is found in objects of every size`(count: Int) throws {
        let members = (0..<count).map { "\"k\($0)\":\($0)" }
        #expect(try JSON(parsing: "{\(members.joined(separator: ","))}").object?.members.count == count)
        for repeated in [0, count / 2, count - 1] {
            let text = "{\((members + ["\"k\(repeated)\":0"]).joined(separator: ","))}"
            let error = try #require(throws: JSONError.self) { try JSON(parsing: text) }
            #expect(error.reason == .repeatedKey)
        }
    }

    @Test(arguments: [0, 20])
    func `keys that only look alike are two`(others: Int) throws {
        let members =
            (0..<others).map { "\"k\($0)\":0" } + ["\"\u{E9}\":1", "\"e\u{301}\":2", #""\u212a":3"#, #""K":4"#]
        let object = try #require(try JSON(parsing: "{\(members.joined(separator: ","))}").object)
        #expect(object.members.count == others + 4)
        #expect(object["\u{E9}"] == 1 && object["e\u{301}"] == 2 && object["\u{212A}"] == 3 && object["K"] == 4)
    }

    @Test func `setting a key leaves one that only looks alike as it is`() {
        var object: JSONObject = ["\u{E9}": 1]
        object["e\u{301}"] = 2
        object["\u{E9}"] = nil
        #expect(object.members.map(\.value) == [2])
    }

    @Test func `values are equal when their bytes are`() {
        #expect(JSON("\u{E9}") == JSON("\u{E9}") && JSON("\u{E9}") != JSON("e\u{301}"))
        #expect(["\u{E9}": [1]] as JSON == ["\u{E9}": [1]] && ["\u{E9}": [1]] as JSON != ["e\u{301}": [1]])
    }

    @Test func `ten thousand keys are not compared each with each`() throws {
        let text = "{" + (0..<10_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try JSON(parsing: text).object?.members.count == 10_000)
    }

    @Test(
        arguments: [
            ("7", 7), ("4096.0", 4096), ("1e3", 1000), ("-0.0", 0), ("1.5", nil), ("1e400", nil),
            ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("1e19", nil), ("\"7\"", nil),
        ] as [(String, Int?)])
    func `a whole number is an integer however it is written, if it fits`(_ text: String, _ value: Int?) throws {
        #expect(try JSON(parsing: text).int == value)
    }

    @Test func `looking into a value of another kind finds nothing`() throws {
        let value = try JSON(parsing: #"{"a":"1","b":null}"#)
        #expect(value["a"]?.int == nil && value["a"]?.bool == nil && value["a"]?["x"] == nil && value["c"] == nil)
        #expect(value["b"]?.isNull == true && value.array == nil && value.string == nil)
    }

    @Test func `setting a member replaces it in its place and setting nil takes it out`() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = "two"
        object["a"] = nil
        object["d"] = nil
        object["e"] = [nil, true]
        #expect(JSON.object(object).text() == #"{"b":"two","c":3,"e":[null,true]}"#)
    }

    @Test(arguments: [
        (0.1, "0.1"), (3, "3"), (-0.0, "-0"), (1e21, "1e+21"), (.leastNonzeroMagnitude, "5e-324"), (.infinity, "null"),
        (.nan, "null"),
    ])
    func `a double is written so that it reads back the same`(_ number: Double, _ text: String) throws {
        #expect(JSON(number).text() == text)
        if number.isFinite { #expect(try JSON(parsing: text).double == number) }
    }

    @Test func `an error names the byte and the reason in words`() {
        #expect(
            JSONError(offset: 3, reason: .trailingBytes).description
                == "something after the end of the value, at byte 3")
    }
}
