import Privacy

/// A text with its names and places, made from one template or several.
struct Example {
    enum Label { case person, place, structured, region }

    private(set) var scalars: [UInt32] = []
    private(set) var spans: [(range: Range<Int>, label: Label)] = []

    mutating func append(_ text: String, _ label: Label? = nil) {
        let start = scalars.count
        scalars += text.unicodeScalars.map(\.value)
        if let label, scalars.count > start { spans.append((start..<scalars.count, label)) }
    }

    /// Letter by letter, so that spans stay where they are.
    mutating func change(_ letter: (UInt32) -> UInt32) {
        for index in scalars.indices { scalars[index] = letter(scalars[index]) }
    }

    static func uppercase(_ scalar: UInt32) -> UInt32 {
        guard let upper = Unicode.Scalar(scalar)?.properties.uppercaseMapping.unicodeScalars, upper.count == 1 else {
            return scalar
        }
        return upper.first?.value ?? scalar
    }

    static func withoutAccent(_ scalar: UInt32) -> UInt32 {
        let lower = Letters.lowercase(scalar)
        let plain = Letters.withoutAccent(lower)
        guard scalar > 0x7F, Letters.isLetter(scalar), plain.0 != 0, plain.1 == 0 else { return scalar }
        return lower == scalar ? UInt32(plain.0) : UInt32(plain.0) & 0xDF
    }

    /// UTF-8, and the spans in bytes.
    func encoded() -> (bytes: [UInt8], spans: [(range: Range<Int>, label: Label)]) {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        for scalar in scalars {
            offsets.append(bytes.count)
            if let scalar = Unicode.Scalar(scalar) { bytes += Array(String(scalar).utf8) }
        }
        offsets.append(bytes.count)
        return (bytes, spans.map { (offsets[$0.range.lowerBound]..<offsets[$0.range.upperBound], $0.label) })
    }
}
