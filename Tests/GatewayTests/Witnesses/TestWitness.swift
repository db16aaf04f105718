import Crypto
import CustodyLog
import Foundation
import Synchronization
import Testing

/// A witness as C2SP tlog-witness describes it: it cosigns what goes on from what it has cosigned last. It doesn't look at
/// who has signed a checkpoint.
final class TestWitness: Sendable {
    static let name = "witness.test/w1"
    /// When it signs, in seconds since 1970.
    static let time = 1_795_413_700

    let verifierKey: VerifierKey
    private let key = Curve25519.Signing.PrivateKey()
    private let last: Mutex<TreeHead>

    /// - Parameter last: what it has cosigned before.
    init(last: TreeHead = TreeHead(size: 0, root: .emptyTree)) throws {
        self.last = Mutex(last)
        verifierKey = try VerifierKey(
            name: #require(KeyName(Self.name)), kind: .cosignature, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// The whole answer to a whole request.
    @Sendable
    func answer(to request: [UInt8]) -> [UInt8] {
        do { return try answer(WitnessedRequest(request)) } catch { return Self.http("400 Bad Request") }
    }

    private func answer(_ request: WitnessedRequest) throws -> [UInt8] {
        let checkpoint = try Checkpoint(request.note)
        return try last.withLock { last in
            guard request.earlier == last.size else {
                return Self.http("409 Conflict", ["content-type: text/x.tlog.size"], Array("\(last.size)\n".utf8))
            }
            guard request.proof.proves(last, isPrefixOf: checkpoint.head) else {
                return Self.http(last.size == checkpoint.size ? "409 Conflict" : "422 Unprocessable Entity")
            }
            last = checkpoint.head
            return Self.http("200 OK", [], try lines(over: request.note.text))
        }
    }

    /// Its cosignature of a text.
    func lines(over text: [UInt8]) throws -> [UInt8] {
        let clock = withUnsafeBytes(of: UInt64(Self.time).bigEndian) { Array($0) }
        let id = withUnsafeBytes(of: verifierKey.id.bigEndian) { Array($0) }
        let signature = try key.signature(for: Array("cosignature/v1\ntime \(Self.time)\n".utf8) + text)
        return Array("— \(Self.name) \(Data(id + clock + signature).base64EncodedString())\n".utf8)
    }

    static func http(_ status: String, _ fields: [String] = [], _ body: [UInt8] = []) -> [UInt8] {
        let head = ["HTTP/1.1 \(status)", "content-length: \(body.count)"] + fields
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

/// What a witness is asked.
struct WitnessedRequest {
    let path: String
    let earlier: Int
    let proof: ConsistencyProof
    let note: SignedNote

    init(_ request: [UInt8]) throws {
        let parts = String(decoding: request, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)
        let body = parts[1].split(separator: "\n\n", maxSplits: 1)
        let lines = body[0].split(separator: "\n")
        guard let earlier = Int(lines[0].dropFirst(4)), lines[0].hasPrefix("old ") else { throw Malformed() }
        path = String(parts[0].split(separator: " ")[1])
        self.earlier = earlier
        proof = ConsistencyProof(hashes: lines.dropFirst().compactMap { MerkleHash(base64: String($0)) })
        note = try SignedNote(parsing: Array(body[1].utf8))
        guard proof.hashes.count == lines.count - 1 else { throw Malformed() }
    }

    struct Malformed: Error {}
}
