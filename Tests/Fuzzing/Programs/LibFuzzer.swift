import Fuzzing

/// What libFuzzer calls, first once and then with each input. The program's name says what is fuzzed.
private nonisolated(unsafe) var target: FuzzTarget?

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> Int32 {
    let name = String(cString: arguments.pointee.pointee).split(separator: "/").last
    target = FuzzTarget.all.first { $0.name[...] == name }
    guard target == nil else { return 0 }
    fatalError("There are \(FuzzTarget.all.map(\.name)), and no other.")
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do { try target?.run(UnsafeRawBufferPointer(start: start, count: count)) } catch { fatalError("\(error)") }
    return 0
}
