/// Frames of an event stream that have right lengths and checksums, whatever is in them.
enum SealedFrames {
    /// Two bytes before each frame's content say how long its headers and its payload are.
    static func frames(of text: [UInt8]) -> [UInt8] {
        var frames: [UInt8] = []
        var rest = text[...]
        while let headerCount = rest.popFirst(), let payloadCount = rest.popFirst() {
            let headers = rest.prefix(Int(headerCount))
            let payload = rest.dropFirst(headers.count).prefix(Int(payloadCount))
            rest = rest.dropFirst(headers.count + payload.count)
            append(headers, payload, to: &frames)
        }
        return frames
    }

    private static func append(_ headers: ArraySlice<UInt8>, _ payload: ArraySlice<UInt8>, to frames: inout [UInt8]) {
        let start = frames.count
        append(UInt32(16 + headers.count + payload.count), to: &frames)
        append(UInt32(headers.count), to: &frames)
        append(checksum(of: frames[start...]), to: &frames)
        frames += headers + payload
        append(checksum(of: frames[start...]), to: &frames)
    }

    private static func append(_ number: UInt32, to frames: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { frames.append(contentsOf: $0) }
    }

    /// CRC-32 bit by bit, as ISO 3309 defines it: something else than what it is there to test.
    private static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~remainder
    }
}
