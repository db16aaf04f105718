import Privacy

/// Puts sections one behind the other as ``DataFile`` reads them.
struct DataFileWriter {
    private var sections: [(DataFile.Section, [UInt8])] = []

    mutating func add(_ section: DataFile.Section, _ bytes: [UInt8]) {
        sections.append((section, bytes))
    }

    /// As ``WordList`` reads it.
    mutating func add(_ section: DataFile.Section, words: [String]) {
        var offsets: [UInt32] = [0]
        var text: [UInt8] = []
        for word in words {
            text += Array(word.utf8)
            offsets.append(UInt32(text.count))
        }
        add(section, UInt32(words.count).littleEndianBytes + offsets.flatMap(\.littleEndianBytes) + text)
    }

    func bytes() -> [UInt8] {
        var header = DataFile.magic + DataFile.version.littleEndianBytes + UInt32(sections.count).littleEndianBytes
        var body: [UInt8] = []
        let start = Self.aligned(header.count + sections.count * 12)
        for (section, bytes) in sections {
            for number in [section.rawValue, UInt32(start + body.count), UInt32(bytes.count)] {
                header += number.littleEndianBytes
            }
            body += bytes
            body += [UInt8](repeating: 0, count: Self.aligned(body.count) - body.count)
        }
        return header + [UInt8](repeating: 0, count: start - header.count) + body
    }

    private static func aligned(_ count: Int) -> Int {
        (count + DataFile.alignment - 1) / DataFile.alignment * DataFile.alignment
    }
}
