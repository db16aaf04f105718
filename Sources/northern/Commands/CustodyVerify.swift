import ArgumentParser
import CustodyLog
import Foundation

extension Custody {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a receipt, or an export, without a network.",
            discussion: """
                A receipt (.tlog-proof) comes from GET /api/usage/custody/ID/receipt, an export from 'northern custody \
                export'. The log's key must come from elsewhere, by a way that you trust: whoever can forge a receipt can \
                name a key, too.

                \(Verify.limits)

                \(CheckStatus.help)
                """)

        @Argument(help: "The receipt or the export.") var file: String
        @Option(name: .customLong("key"), help: "A key of the log, or of a witness, as NAME+ID+BASE64.")
        var keys: [String] = []
        @Option(help: "A file with the record as the custody API gave it, to be compared with the receipt's.")
        var record: String?

        func run() async throws {
            try await checking {
                let keys = try VerifierKey.parse(keys, of: "'--key'")
                guard let bytes = readFile(file, most: ProofFile.byteLimit + 1) else { throw unreadableFile(file) }
                guard bytes.first == UInt8(ascii: "{") else { return try verifyReceipt(bytes, keys) }
                guard record == nil else {
                    throw ConfigurationError(
                        "'--record' is compared with a receipt's record, and '\(file)' is an export.")
                }
                return try verifyExport(keys)
            }
        }

        private func verifyReceipt(_ bytes: [UInt8], _ keys: [VerifierKey]) throws -> CheckStatus {
            let answer = try record.map { path in
                guard let bytes = readFile(path, most: Self.mostRecordBytes) else { throw unreadableFile(path) }
                return bytes
            }
            let check = ReceiptCheck(bytes, keys: keys, answer: answer)
            print("The receipt '\(file)':\n\(check.findings.text)")
            if let record = check.record {
                print(
                    check.findings.status == .wrong
                        ? "\nThe record says, though it isn't proved:" : "\nThe record says:")
                for line in ChangeText(record)?.lines ?? RecordText(record).lines { print("  \(line)") }
            }
            print("\n\(Self.limits)")
            return check.findings.status
        }

        private func verifyExport(_ keys: [VerifierKey]) throws -> CheckStatus {
            var check = ExportCheck(keys: keys)
            try forEachLine(of: file, mostBytes: ExportCheck.mostLineBytes) { check.take($0) }
            check.end()
            print("The export '\(file)':\n\(check.findings.text)\n")
            print("No file can show that the gateway has left no record of the period out.\n\n\(Self.limits)")
            return check.findings.status
        }

        private static let mostRecordBytes = 1 << 20

        /// What nobody should take for shown.
        private static let limits = """
            What is in the log can't be changed afterwards without being found out. That doesn't show
              - that the provider has kept to its word on where it ran the model, what it kept, and whom it gave it to;
              - that the gateway's clock was right: a record is older than a witness's signature over a checkpoint that \
            covers it, and other times are the operator's word;
              - that there was no other request, which is not on record;
              - more than the operator's claim, where evidence is of a lower grade than observed_network.
            """
    }
}
