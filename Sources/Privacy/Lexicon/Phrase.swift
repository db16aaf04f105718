/// Several words in a row as one key: `Saint-Jean-sur-Richelieu`, `saint jean sur richelieu` and `St. John’s` as people
/// write them, without case, accents, hyphens, apostrophes and full stops.
package struct Phrase {
    package private(set) var hash = WordHash()
    private var endsWithSpace = true

    package init() {}

    @inline(__always)
    package mutating func append(_ scalar: UInt32) {
        switch scalar {
        case 0x2D, 0x20, 0x2010...0x2014, 0xA0:
            if !endsWithSpace { hash.append(0x20) }
            endsWithSpace = true
        case 0x27, 0x2E, 0x2019, 0x2BC, 0x300...0x36F:
            break
        default:
            endsWithSpace = false
            let lower = Letters.lowercase(scalar)
            let plain = Letters.withoutAccent(lower)
            if plain.0 == 0 { return hash.append(scalar: lower) }
            hash.append(plain.0)
            if plain.1 != 0 { hash.append(plain.1) }
        }
    }
}
