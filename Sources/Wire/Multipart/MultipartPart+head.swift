extension MultipartPart {
    /// Reads a part's header fields, each with the line end before it. Those that mean nothing here are read over.
    ///
    /// Nil for a head that isn't in UTF-8 (RFC 7578, section 5.1), has a field twice or a line that is none, or doesn't
    /// say `form-data` with a name (section 4.2).
    init?(head: UnsafeRawBufferPointer) {
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        var disposition: String?
        var mediaType: String?
        // As bytes: CR and LF are one character of a string.
        for line in text.utf8.split(separator: 0x0D).map({ $0.drop { $0 == 0x0A } }) {
            guard let colon = line.firstIndex(of: 0x3A) else { return nil }
            let value = String(line[line.index(after: colon)...].drop { $0 == 0x20 || $0 == 0x09 }) ?? ""
            switch String(line[..<colon])?.lowercased() {
            case "content-disposition":
                guard disposition == nil else { return nil }
                disposition = value
            case "content-type":
                guard mediaType == nil else { return nil }
                mediaType = value
            default: break
            }
        }
        guard let disposition = disposition.flatMap(HeaderParameters.init),
            disposition.value.lowercased() == "form-data", let name = disposition["name"]
        else { return nil }
        self.init(name: name, fileName: disposition["filename"], mediaType: mediaType)
    }
}
