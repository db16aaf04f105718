/// The lists and weights as one block of bytes, in sections that are checked once and then read where they lie.
///
/// All numbers are little-endian. The header is the magic, then version and number of sections (`UInt32` each), then
/// identifier, offset and length of each section (`UInt32` each). Sections begin at multiples of 64 bytes.
package final class DataFile {
    package static let magic: [UInt8] = Array("NIPRIV\r\n".utf8)
    package static let version: UInt32 = 1
    package static let alignment = 64

    package enum Section: UInt32, CaseIterable, Sendable {
        case words = 1
        case phrases = 2
        case weights = 3
        case givenFemale = 16
        case givenMale = 17
        case givenFemaleFrench = 18
        case givenMaleFrench = 19
        case family = 20
        case town = 21
        case street = 22
    }

    private let bytes: UnsafeRawBufferPointer
    private let isOwned: Bool
    private let ranges: [Section: Range<Int>]

    /// - Parameter bytes: must stay valid and unchanged as long as the program runs.
    package init(unowned bytes: UnsafeRawBufferPointer) throws(DataFileError) {
        ranges = try Self.sections(of: bytes)
        self.bytes = bytes
        isOwned = false
    }

    package init(_ source: [UInt8]) throws(DataFileError) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: Self.alignment)
        copy.copyBytes(from: source)
        do {
            ranges = try Self.sections(of: UnsafeRawBufferPointer(copy))
        } catch {
            copy.deallocate()
            throw error
        }
        bytes = UnsafeRawBufferPointer(copy)
        isOwned = true
    }

    deinit {
        if isOwned { bytes.deallocate() }
    }

    package func bytes(of section: Section) throws(DataFileError) -> UnsafeRawBufferPointer {
        guard let range = ranges[section] else { throw .missingSection(section) }
        return UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    private static func sections(
        of bytes: UnsafeRawBufferPointer
    ) throws(DataFileError) -> [Section: Range<Int>] {
        let header = magic.count + 8
        guard bytes.count >= header, bytes.prefix(magic.count).elementsEqual(magic) else { throw .notADataFile }
        guard bytes.number(at: magic.count) == version else { throw .unknownVersion }
        let count = Int(bytes.number(at: magic.count + 4))
        guard count <= 256, header + count * 12 <= bytes.count else { throw .damaged(nil) }
        var ranges: [Section: Range<Int>] = [:]
        for index in 0..<count {
            let entry = header + index * 12
            let offset = Int(bytes.number(at: entry + 4))
            let length = Int(bytes.number(at: entry + 8))
            guard let section = Section(rawValue: bytes.number(at: entry)) else { continue }
            guard offset % alignment == 0, offset <= bytes.count, length <= bytes.count - offset else {
                throw .damaged(section)
            }
            ranges[section] = offset..<offset + length
        }
        return ranges
    }
}

// Nothing changes after the initializer, and the bytes are only ever read.
extension DataFile: @unchecked Sendable {}

/// Why the lists and weights can't be used: a program that was put together wrongly.
package enum DataFileError: Error, Equatable {
    case notADataFile
    case unknownVersion
    case missingSection(DataFile.Section)
    case damaged(DataFile.Section?)
}

extension UnsafeRawBufferPointer {
    /// The little-endian number at an offset; the subscript of the buffer checks nothing in release builds, so callers
    /// compare offsets with `count` first.
    @inline(__always)
    package func number(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
