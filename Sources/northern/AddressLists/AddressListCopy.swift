import Crypto
import Domain
import Foundation
import Glibc

/// The copy of a fetched list in the data directory, which serves from the start on until its source has answered.
///
/// Two files: the list as it came, and a note about it. Each is written whole under another name and then renamed, the
/// note last; a list that isn't the one the note is about doesn't count.
struct AddressListCopy: Sendable {
    let path: String
    private var notePath: String { path + ".note" }

    init(of publisher: AddressPublisher, in dataDirectory: String) {
        path = "\(dataDirectory)/address-lists/\(publisher.rawValue).json"
    }

    /// What is known of a list beside its content.
    struct Note: Codable, Hashable, Sendable {
        let url: String
        let sha256: String
        let etag: String?
        let lastModified: String?
        private var fetchedSecond: UInt32

        init(url: String, sha256: String, etag: String?, lastModified: String?, fetchedAt: Timestamp) {
            self.url = url
            self.sha256 = sha256
            self.etag = etag
            self.lastModified = lastModified
            fetchedSecond = UInt32(clamping: fetchedAt.seconds)
        }

        var fetchedAt: Timestamp { Timestamp(seconds: Int64(fetchedSecond)) }

        /// How old a list is that doesn't say so itself: as the source dates it, or else as old as its last word on it.
        var savedAt: Timestamp {
            lastModified.flatMap { Timestamp(httpDate: $0) }.map { min($0, fetchedAt) } ?? fetchedAt
        }

        /// The same, found to be still what the source has.
        func confirmed(at now: Timestamp) -> Note {
            Note(url: url, sha256: sha256, etag: etag, lastModified: lastModified, fetchedAt: now)
        }

        /// The names in the file. The time is in seconds since 1970.
        private enum CodingKeys: String, CodingKey {
            case url, sha256, etag
            case lastModified = "last_modified"
            case fetchedSecond = "fetched_at"
        }
    }

    /// The list and its note; nil where there is none from this URL, or it isn't whole.
    func read(of url: String) -> (bytes: [UInt8], note: Note)? {
        guard let note = note(of: url), let bytes = readFile(path, most: AddressLists.mostBytes),
            sha256Text(of: bytes) == note.sha256
        else { return nil }
        return (bytes, note)
    }

    func note(of url: String) -> Note? {
        guard let text = readFile(notePath, most: 64 << 10),
            let note = try? JSONDecoder().decode(Note.self, from: Data(text)), note.url == url
        else { return nil }
        return note
    }

    func write(_ bytes: [UInt8], _ note: Note) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try Self.write(Data(bytes), to: path)
        try write(note)
    }

    func write(_ note: Note) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Self.write(try encoder.encode(note), to: notePath)
    }

    private static func write(_ data: Data, to path: String) throws {
        let unfinished = path + ".new"
        let isWritten = FileManager.default.createFile(
            atPath: unfinished, contents: data, attributes: [.posixPermissions: 0o600])
        guard isWritten, rename(unfinished, path) == 0 else {
            throw AddressListFailure("'\(path)' can't be written. Check its rights, and the room on its disk.")
        }
    }
}

/// In hexadecimal digits.
func sha256Text(of bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hex }
