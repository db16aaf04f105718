import CustodyLog
import Foundation
import Testing
import Wire

@testable import northern

@Suite struct ReceiptCheckTests {
    private static let record: JSON = [
        "id": "0123", "organization": "org_default", "opened_at": "2026-11-27T00:00:00.000000Z", "outcome": "completed",
        "attempts": [["host": "h", "address": "192.0.2.1:443", "status": 200]], "nonce": "my-nonce",
    ]

    private let log: WrittenLog
    private let receipt: ProofFile
    private let keys: [VerifierKey]

    /// A receipt for entry 300 of 600.
    init() throws {
        log = try WrittenLog().grow(by: 300)
        try log.append([Commitment(salt: salt, record: try Self.record.canonical)])
        try log.grow(by: 299)
        receipt = ProofFile(
            receiptFor: try Self.record.canonical, salt: salt, index: 300, proof: try log.inclusion(of: 300),
            checkpoint: try log.checkpoint())
        keys = [log.key.verifierKey]
    }

    /// The record as the custody API gives it.
    private func answer(_ record: JSON = record, index: Int = 300, salt: Salt = salt) -> [UInt8] {
        var object = record.object ?? JSONObject()
        object["log"] = ["index": JSON(index), "salt": .string(salt.hex)]
        return JSON.object(object).bytes()
    }

    @Test func `a receipt in which nothing is wrong is found good`() {
        let check = ReceiptCheck(receipt.bytes, keys: keys)
        #expect(check.findings.status == .good)
        let text = check.findings.text
        #expect(text.contains("is entry 300 of the log 'example.org/log', under its checkpoint of 600 entries"))
        #expect(text.contains("is signed by the key \(log.key.verifierKey.text)"))
        #expect(check.record == Self.record.sortedByKey)
    }

    @Test func `without a key it is told that nobody knows who has signed`() {
        let findings = ReceiptCheck(receipt.bytes, keys: []).findings
        #expect(
            findings.status == .unchecked && findings.text.contains("not checked") && findings.text.contains("--key"))
    }

    @Test func `every byte of it counts`() {
        let good = receipt.bytes
        for place in good.indices {
            var bytes = good
            bytes[place] ^= 1
            if ReceiptCheck(bytes, keys: keys).findings.status != .wrong { Issue.record("byte \(place)") }
        }
        for count in stride(from: 0, to: good.count, by: 7) {
            if ReceiptCheck(Array(good.prefix(count)), keys: keys).findings.status != .wrong {
                Issue.record("cut off at \(count)")
            }
        }
    }

    @Test func `another log's key doesn't do`() throws {
        let others = [try WrittenLog(seed: 8).key.verifierKey, try WrittenLog("example.org/other").key.verifierKey]
        for key in others { #expect(ReceiptCheck(receipt.bytes, keys: [key]).findings.status == .wrong) }
        #expect(ReceiptCheck(receipt.bytes, keys: others + keys).findings.status == .good)
    }

    @Test func `the custody API's record is compared with the receipt's`() throws {
        let same = ReceiptCheck(receipt.bytes, keys: keys, answer: answer())
        #expect(same.findings.status == .good && same.findings.text.contains("is the receipt's"))
        var changed = try #require(Self.record.object)
        changed["outcome"] = "failed"
        let otherSalt = try #require(Salt(bytes: [UInt8](repeating: 1, count: 16)))
        for other in [
            answer(.object(changed)), answer(index: 299), answer(salt: otherSalt), Self.record.bytes(), [],
            Array("{".utf8),
        ] {
            #expect(ReceiptCheck(receipt.bytes, keys: keys, answer: other).findings.status == .wrong)
        }
    }

    @Test func `a receipt without the record takes it from the custody API's answer`() throws {
        let bare = ProofFile(index: 300, proof: receipt.proof, checkpoint: receipt.checkpoint).bytes
        #expect(ReceiptCheck(bare, keys: keys).findings.status == .unchecked)
        #expect(ReceiptCheck(bare, keys: keys, answer: answer()).findings.status == .good)
    }

    @Test func `what the record says is told, and nothing in it moves the cursor`() {
        let text = RecordText(Self.record).lines.joined(separator: "\n")
        #expect(text.contains("Outcome: completed") && text.contains("192.0.2.1:443") && text.contains("my-nonce"))
        let hostile: JSON = ["id": "a\u{1B}[2J", "attempts": [["host": "\u{7}", "drifts": [1, "x"]], "y", .null]]
        #expect(RecordText(hostile).lines.joined().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
}

extension JSON {
    fileprivate var sortedByKey: JSON? { try? JSON(parsing: canonical) }
}
