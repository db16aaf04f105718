extension String {
    /// For a part of an address: all but the unreserved characters of RFC 3986, section 2.3.
    var percentEncoded: String { percentEncoded(keeping: "") }

    /// - Parameter others: what stays as it is beside them, in ASCII.
    func percentEncoded(keeping others: String) -> String {
        utf8.reduce(into: "") { text, byte in
            let character = Character(UnicodeScalar(byte))
            if character.isASCII,
                character.isLetter || character.isNumber || "-._~".contains(character) || others.contains(character)
            {
                text.append(character)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
