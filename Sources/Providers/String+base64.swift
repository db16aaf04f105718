extension String {
    /// Whether it is nothing but the alphabet of RFC 4648, section 4, padded or not, and not empty.
    var isBase64: Bool {
        let characters = utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        guard !characters.isEmpty, utf8.count - characters.count <= 2 else { return false }
        return characters.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
