import Privacy
import Testing

@Suite struct DataFileTests {
    /// A file with one word and one name in each pool.
    private func smallFile() -> [UInt8] {
        var slots = [UInt8](repeating: 0, count: 16)
        slots[0] = 1
        let list: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0] + Array("Abe".utf8)
        var body: [UInt8] = []
        var header: [UInt8] = []
        let sections = DataFile.Section.allCases
        let start = (16 + sections.count * 12 + 63) / 64 * 64
        for section in sections {
            let bytes = section.rawValue < 16 ? slots : list
            for number in [Int(section.rawValue), start + body.count, bytes.count] { header += little(number) }
            body += bytes + [UInt8](repeating: 0, count: 64 - bytes.count)
        }
        header = DataFile.magic + little(Int(DataFile.version)) + little(sections.count) + header
        return header + [UInt8](repeating: 0, count: start - header.count) + body
    }

    private func little(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(number >> ($0 * 8) & 255) }
    }

    @Test func `reads a file that is whole`() throws {
        let lexicon = try Lexicon(DataFile(smallFile()))
        #expect(lexicon.standIns(.family)[0] == "Abe")
        #expect(Array("Abe".utf8).withUnsafeBufferPointer { lexicon.facts(of: $0) } == [])
    }

    @Test func `a file cut anywhere in its header or sections is refused`() {
        let file = smallFile()
        for count in 0..<(file.count - 64) {
            #expect(throws: DataFileError.self) { try Lexicon(DataFile(Array(file.prefix(count)))) }
        }
    }

    @Test func `a file of another kind or version is refused`() {
        var file = smallFile()
        file[8] = 200
        #expect(throws: DataFileError.unknownVersion) { try DataFile(file) }
        #expect(throws: DataFileError.notADataFile) { try DataFile(Array("not a data file at all".utf8)) }
    }

    @Test func `no single changed byte crashes or hangs a reader`() {
        let file = smallFile()
        for index in file.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var damaged = file
                damaged[index] = value
                guard let lexicon = try? Lexicon(DataFile(damaged)) else { continue }
                for pool in Lexicon.Pool.allCases { _ = lexicon.standIns(pool)[7] }
                for word in ["Abe", "Zoe", "Ottawa"] {
                    _ = Array(word.utf8).withUnsafeBufferPointer { lexicon.facts(of: $0) }
                }
            }
        }
    }
}
