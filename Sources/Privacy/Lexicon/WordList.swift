/// Words in the order of the data file, made into strings one at a time.
public struct WordList {
    public let count: Int
    private let bytes: UnsafeRawBufferPointer
    private let file: DataFile

    /// The section is the number of words, the offsets of their beginnings and of the end, then their UTF-8 bytes.
    package init(_ section: DataFile.Section, of file: DataFile) throws(DataFileError) {
        let section = (name: section, bytes: try file.bytes(of: section))
        guard section.bytes.count >= 8 else { throw .damaged(section.name) }
        let count = Int(section.bytes.number(at: 0))
        let text = 4 + (count + 1) * 4
        guard count > 0, text <= section.bytes.count else { throw .damaged(section.name) }
        var last = 0
        for index in 0...count {
            let offset = Int(section.bytes.number(at: 4 + index * 4))
            guard offset >= last, offset <= section.bytes.count - text else { throw .damaged(section.name) }
            last = offset
        }
        self.count = count
        bytes = section.bytes
        self.file = file
    }

    /// - Parameter index: any number; it is taken modulo ``count``.
    public subscript(index: Int) -> String {
        let index = Int(UInt(bitPattern: index) % UInt(count))
        let text = 4 + (count + 1) * 4
        let start = text + Int(bytes.number(at: 4 + index * 4))
        let end = text + Int(bytes.number(at: 8 + index * 4))
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

// The pointer is into the file, which is kept and never changes.
extension WordList: @unchecked Sendable {}
