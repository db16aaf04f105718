/// The offset of the first byte that is not UTF-8 (RFC 3629, section 4), or nil.
///
/// Written for long texts that are ASCII but for a letter here and there, as prompts in French are: it steps over ASCII 8
/// bytes at a time. `UTF8Span` took several times as long for them.
func firstInvalidUTF8(in bytes: UnsafeRawBufferPointer) -> Int? {
    let highBits: UInt64 = 0x8080_8080_8080_8080
    let count = bytes.count
    var position = 0
    while position < count {
        if position + 8 <= count {
            let found = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian & highBits
            guard found != 0 else {
                position += 8
                continue
            }
            position += found.trailingZeroBitCount / 8
        } else if bytes[position] < 0x80 {
            position += 1
            continue
        }
        // Two bytes, which is nearly every letter that isn't ASCII in French, without a call.
        if 0xC2...0xDF ~= bytes[position], position + 1 < count, bytes[position + 1] & 0xC0 == 0x80 {
            position += 2
            continue
        }
        guard let length = sequenceLength(in: bytes, at: position) else { return position }
        position += length
    }
    return nil
}

/// The length of the sequence of several bytes that begins at a position; nil when it is none.
private func sequenceLength(in bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
    // The second byte is what rules out overlong forms, surrogates and what lies beyond U+10FFFF.
    let length: Int
    let second: ClosedRange<UInt8>
    switch bytes[position] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
    for index in position + 2..<position + length where bytes[index] & 0xC0 != 0x80 { return nil }
    return length
}
