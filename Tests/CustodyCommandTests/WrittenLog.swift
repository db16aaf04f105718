import AsyncHTTPClient
import CustodyLog
import Foundation

@testable import northern

/// A log as its operator would publish it: static files in a directory that goes away with this.
final class WrittenLog {
    let path: String
    let key: SigningKey
    let origin: String
    private(set) var edge = LogEdge()
    private(set) var entries: [Commitment] = []

    init(_ origin: String = "example.org/log", seed: UInt8 = 7) throws {
        path = temporaryPath("log")
        self.origin = origin
        key = try SigningKey(name: try name(origin), seed: [UInt8](repeating: seed, count: 32))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Adds entries, and publishes a checkpoint of all.
    @discardableResult
    func grow(by count: Int, _ content: String = "record") throws -> WrittenLog {
        try append((0..<count).map { commitment("\(content) \(edge.size + $0)") })
        return self
    }

    func append(_ commitments: [Commitment]) throws {
        for commitment in commitments {
            for tile in edge.append(commitment) { try write(tile) }
            entries.append(commitment)
        }
        for tile in edge.openTiles() { try write(tile) }
        try publish()
    }

    /// Signs a checkpoint.
    func publish(size: Int? = nil, root: MerkleHash? = nil, with keys: [SigningKey]? = nil) throws {
        try write(checkpoint(size: size, root: root, with: keys).bytes, to: "checkpoint")
    }

    func checkpoint(
        size: Int? = nil, root: MerkleHash? = nil, with keys: [SigningKey]? = nil
    ) throws -> SignedNote {
        let checkpoint = Checkpoint(origin: try name(origin), size: size ?? edge.size, root: root ?? edge.root)
        return try checkpoint.signed(by: keys ?? [key])
    }

    /// The proof that an entry is in the log as it is now.
    func inclusion(of index: Int) throws -> InclusionProof {
        var prover = TreeProver(size: edge.size) { id in
            guard let tile = LogTile(id, body: try self.bytes(of: id.path)) else { throw TileIncomplete(id: id) }
            return tile.bytes
        }
        return try prover.inclusion(of: index)
    }

    func write(_ tile: LogTile) throws { try write(tile.body, to: tile.id.path) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func change(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try bytes(of: name)
        change(&bytes)
        try write(bytes, to: name)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }
}

/// What an auditor keeps, in a directory that goes away with this.
final class Auditor {
    let path = temporaryPath("state")

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func look(
        at log: WrittenLog, in place: String? = nil, keys: [VerifierKey]? = nil, looksAtAll: Bool = false
    ) async throws -> LogWatch.Sight {
        let watch = LogWatch(
            place: try logPlace(place ?? log.path), copy: try LogCopy(at: path),
            keys: keys ?? [log.key.verifierKey])
        return try await watch.look(looksAtAll: looksAtAll)
    }

    /// What is found wrong; nil where nothing is.
    func fault(of log: WrittenLog, keys: [VerifierKey]? = nil, looksAtAll: Bool = false) async throws -> String? {
        do {
            try await look(at: log, keys: keys, looksAtAll: looksAtAll)
            return nil
        } catch let finding as LogFinding {
            return finding.fault.description
        }
    }

    func files() throws -> Set<String> {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return Set(
            names.filter { name in
                var isDirectory = ObjCBool(false)
                _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isDirectory)
                return !isDirectory.boolValue && name != ".lock"
            })
    }
}

func temporaryPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.path + "/northern-\(name)-\(UUID().uuidString)"
}

func commitment(_ text: String) -> Commitment {
    Commitment(salt: salt, record: Array(text.utf8))
}

let salt = Salt(bytes: [UInt8](0..<16)) ?? { preconditionFailure("16 bytes are a salt") }()

/// - Throws: where it isn't a name.
func name(_ text: String) throws -> KeyName {
    guard let name = KeyName(text) else { throw ConfigurationError("'\(text)' is no name.") }
    return name
}

/// - Throws: ``ConfigurationError`` for what can't be one.
func logPlace(_ text: String) throws -> LogAddress { try LogAddress(text, .shared) }
