import CustodyLog
import Foundation
import Testing
import Wire

@testable import northern

@Suite struct ExportCheckTests {
    /// An export of some records of a log that has others too.
    fileprivate struct Exported {
        let log: WrittenLog
        var lines: [JSONObject]
        /// What stands behind them.
        var rest: [String] = []

        init(_ log: WrittenLog) throws {
            self.log = log
            let records = (0..<40).map { Self.record($0) }
            try log.append(try records.map { Commitment(salt: salt, record: try $0.canonical) })
            lines = [try Self.checkpoint(log)]
            for index in [3, 9, 39] { lines.append(try Self.line(index, records[index], log)) }
        }

        static func record(_ number: Int) -> JSON {
            [
                "id": .string("\(number)"), "opened_at": .string("2026-11-27T00:00:\(10 + number).000000Z"),
                "status": 200,
            ]
        }

        static func checkpoint(_ log: WrittenLog) throws -> JSONObject {
            ["checkpoint": .string(String(decoding: try log.checkpoint().bytes, as: UTF8.self))]
        }

        static func line(_ index: Int, _ record: JSON, _ log: WrittenLog) throws -> JSONObject {
            let proof = try log.inclusion(of: index).hashes.map { JSON.string($0.base64) }
            return ["index": JSON(index), "proof": .array(proof), "record": record, "salt": .string(salt.hex)]
        }

        func check(keys: [VerifierKey]? = nil) -> CheckFindings {
            var check = ExportCheck(keys: keys ?? [log.key.verifierKey])
            for line in lines { check.take(JSON.object(line).bytes()) }
            for line in rest { check.take(Array(line.utf8)) }
            check.end()
            return check.findings
        }
    }

    @Test func `an export in which nothing is wrong is found good`() throws {
        let exported = try Exported(WrittenLog())
        let findings = exported.check()
        #expect(findings.status == .good)
        #expect(findings.text.contains("3 records are entries of the log, from entry 3 to entry 39"))
        #expect(findings.text.contains("from 2026-11-27T00:00:13.000000Z to 2026-11-27T00:00:49.000000Z"))
    }

    @Test func `a part as the gateway gives it is good at the end, and says that it goes on before that`() throws {
        var exported = try Exported(WrittenLog())
        exported.rest = [#"{"next":null}"#]
        #expect(exported.check().status == .good)
        exported.rest = [#"{"next":"01a21b624bf15e41ab8dcdb168065391"}"#]
        let findings = exported.check()
        #expect(findings.status == .unchecked && findings.text.contains("a part of an export"))
    }

    @Test func `members in another order are the same record`() throws {
        var exported = try Exported(WrittenLog())
        exported.lines[1]["record"] = try JSON(
            parsing: #"{"status": 2e2, "opened_at":"2026-11-27T00:00:13.000000Z", "id":"\u0033"}"#)
        #expect(exported.check().status == .good)
    }

    @Test func `without a key it can't be told who has signed`() throws {
        let findings = try Exported(WrittenLog()).check(keys: [])
        #expect(findings.status == .unchecked && findings.text.contains("--key"))
    }

    enum Damage: CaseIterable {
        case record, salt, index, proof, missingProof, inexactNumber, noCheckpoint, twice, noJSON, checkpoint

        fileprivate func apply(to exported: inout Exported) {
            switch self {
            case .record: exported.lines[2]["record"] = Exported.record(10)
            case .salt: exported.lines[2]["salt"] = .string(String(repeating: "0", count: 32))
            case .index: exported.lines[2]["index"] = 10
            case .proof: exported.lines[2]["proof"] = exported.lines[1]["proof"]
            case .missingProof: exported.lines[2]["proof"] = nil
            case .inexactNumber: exported.lines[2]["record"] = ["id": 9_007_199_254_740_993]
            case .noCheckpoint: exported.lines.removeFirst()
            case .twice: exported.lines.append(exported.lines[2])
            case .noJSON: exported.rest = ["x"]
            case .checkpoint: exported.lines[0]["checkpoint"] = "example.org/log\n40\nAAAA\n"
            }
        }
    }

    @Test(arguments: Damage.allCases) func `what was changed is found, and its line is told`(_ damage: Damage) throws {
        var exported = try Exported(WrittenLog())
        damage.apply(to: &exported)
        let findings = exported.check()
        #expect(findings.status == .wrong && findings.text.contains("Line "))
    }

    @Test func `a checkpoint of another's is found`() throws {
        let exported = try Exported(WrittenLog())
        #expect(exported.check(keys: [try WrittenLog(seed: 9).key.verifierKey]).status == .wrong)
    }

    @Test func `two histories in one file are found, though each is proved`() throws {
        var exported = try Exported(WrittenLog())
        let other = try WrittenLog()
        try other.append((0..<40).map { commitment("forged \($0)") })
        exported.lines.append(try Exported.checkpoint(other))
        #expect(exported.check().text.contains("two histories"))
    }

    @Test func `another log's checkpoint doesn't belong into it`() throws {
        var exported = try Exported(WrittenLog())
        let other = try WrittenLog("example.org/other").grow(by: 3)
        exported.lines.append(try Exported.checkpoint(other))
        let keys = [exported.log.key.verifierKey, other.key.verifierKey]
        #expect(exported.check(keys: keys).text.contains("of another log"))
    }

    @Test func `several pages of a log that has grown are one export`() throws {
        var exported = try Exported(WrittenLog())
        let record = Exported.record(1)
        try exported.log.append([Commitment(salt: salt, record: try record.canonical)])
        exported.lines += [try Exported.checkpoint(exported.log), try Exported.line(40, record, exported.log)]
        let findings = exported.check()
        #expect(
            findings.status == .good && findings.text.contains("4 records") && findings.text.contains("2 checkpoints"))
    }

    @Test func `of very many wrong lines the first are told`() throws {
        var exported = try Exported(WrittenLog())
        exported.lines = []
        exported.rest = [String](repeating: "x", count: 50)
        let findings = exported.check().findings
        #expect(findings.count == 21 && findings.last?.sentence.contains("30 more lines") == true)
    }

    @Test func `an export without records says that it has none`() throws {
        var exported = try Exported(WrittenLog())
        exported.lines.removeSubrange(1...)
        #expect(exported.check().status == .unchecked)
    }
}
