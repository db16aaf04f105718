import Providers
import Testing
import Wire

@testable import Fuzzing

/// What the fuzzer relies on: a target that finds nothing because it tries nothing finds nothing either.
@Suite struct FuzzTargetTests {
    @Test func `the bytes of an input make the choices they were made for`() throws {
        let bytes = FuzzInput.bytes(
            choosing: [(2, of: 3), (4, of: 15), (1, of: 2)], lengths: [1, 0, 3], text: [7, 8, 9])
        var input = try #require(bytes.withUnsafeBytes { FuzzInput($0) })
        #expect(input.choose(of: 3) == 2 && input.choose(of: 15) == 4 && input.choose(of: 2) == 1)
        #expect(input.pieces == [[7], [8], [9]])
    }

    @Test func `every provider is among the upstreams that are fuzzed`() {
        #expect(Set(FuzzRoute.all.map(\.provider)) == Set(everyProvider.map { $0.facts.id }))
        #expect(FuzzRoute.all.count == 15)
    }

    @Test func `frames that are made up have right checksums`() throws {
        var decoder = EventStreamDecoder()
        SealedFrames.frames(of: [0, 2, 7, 8, 0, 1, 9]).withUnsafeBytes { decoder.append($0) }
        let first = try #require(try decoder.next())
        #expect(decoder.message(first).payload == [7, 8])
        let second = try #require(try decoder.next())
        #expect(decoder.message(second).payload == [9])
        try decoder.finish()
    }

    @Test func `a line becomes a frame of its kind`() throws {
        var decoder = EventStreamDecoder()
        ReplyFuzzing.frames(of: Array("!throttlingException {}\nchunk hi".utf8)).withUnsafeBytes { decoder.append($0) }
        let exception = try #require(try decoder.next())
        #expect(decoder.header(":exception-type", of: exception) == "throttlingException")
        let chunk = try #require(try decoder.next())
        #expect(decoder.message(chunk).payload == Array(#"{"bytes":"aGk=","p":"abcd"}"#.utf8))
    }
}
