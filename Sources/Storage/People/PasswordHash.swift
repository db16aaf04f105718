import Crypto
import CryptoExtras
import Domain
import Foundation
import Synchronization

/// What a hash of a password costs whoever makes one (RFC 7914, section 2).
public struct PasswordCost: Sendable {
    let rounds: Int
    let blockSize: Int
    let parallelism: Int

    /// - Parameter rounds: a power of two.
    public init(rounds: Int, blockSize: Int, parallelism: Int) {
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// OWASP Password Storage Cheat Sheet, "scrypt": N=2^14, r=8, p=5, which takes 16 MiB.
    public static let usual = PasswordCost(rounds: 1 << 14, blockSize: 8, parallelism: 5)
}

/// A password's scrypt hash with its salt and cost, as text: `scrypt$16384$8$5$salt$hash`, both in base64.
///
/// The cost stands with each hash, so that it can be raised for new ones.
struct PasswordHash: Sendable {
    let text: String

    private static let length = 32

    init(_ password: Password, _ cost: PasswordCost) throws {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
        let (rounds, blockSize, parallelism) = (cost.rounds, cost.blockSize, cost.parallelism)
        let hash = try Self.derive(password, salt, rounds, blockSize, parallelism)
        text =
            "scrypt$\(rounds)$\(blockSize)$\(parallelism)$\(salt.base64EncodedString())$\(hash.base64EncodedString())"
    }

    init(stored text: String) { self.text = text }

    /// Compares in a time that says nothing about how much is right. False for a text that can't be read.
    func matches(_ password: Password) throws -> Bool {
        let parts = text.split(separator: "$").map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Data(base64Encoded: parts[4]),
            let expected = Data(base64Encoded: parts[5]), expected.count == Self.length
        else { return false }
        let hash = try Self.derive(password, salt, rounds, blockSize, parallelism)
        return zip(hash, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The same password typed on another keyboard may have other bytes (RFC 8265, section 4.2.2).
    private static func derive(
        _ password: Password, _ salt: Data, _ rounds: Int, _ blockSize: Int, _ parallelism: Int
    ) throws -> Data {
        try KDF.Scrypt.deriveKey(
            from: Data(password.text.precomposedStringWithCanonicalMapping.utf8), salt: salt, outputByteCount: length,
            rounds: rounds, blockSize: blockSize, parallelism: parallelism
        ).withUnsafeBytes { Data($0) }
    }
}

/// Where passwords are worked on: two threads at the most, none of them an event loop's, none of the tasks'.
final class PasswordWork: Sendable {
    private let queues = [DispatchQueue(label: "northern.passwords.1"), DispatchQueue(label: "northern.passwords.2")]
    private let turn = Atomic<Int>(0)
    private let cost: PasswordCost
    /// Of a password that nobody has: what is compared where there is no user, so that it takes as long.
    private let absent = Mutex<PasswordHash?>(nil)

    init(_ cost: PasswordCost) { self.cost = cost }

    func hash(_ password: Password) async throws -> PasswordHash {
        try await run { [cost] in try PasswordHash(password, cost) }
    }

    /// - Parameter hash: nil: there is none, which takes as long to find out.
    func matches(_ password: Password, _ hash: PasswordHash?) async throws -> Bool {
        try await run { [self] in
            let compared = try hash ?? absentHash()
            return try compared.matches(password) && hash != nil
        }
    }

    private func absentHash() throws -> PasswordHash {
        if let known = absent.withLock({ $0 }) { return known }
        let made = try PasswordHash(Password(RandomText.base62(count: 43)), cost)
        absent.withLock { $0 = made }
        return made
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let index = turn.add(1, ordering: .relaxed).newValue & 1
        return try await withCheckedThrowingContinuation { continuation in
            queues[index].async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
