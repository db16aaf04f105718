import ArgumentParser
import Domain
import Pipeline
import Storage

extension Custody {
    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys that the log's checkpoints are signed with, in the form that verifiers take.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await explaining {
                let identity = try await LocalLog(options).identity()
                for key in identity.keys {
                    let end = key.notAfter.map { "until \($0)" } ?? "in force"
                    print("\(key.verifierKey)  from \(key.notBefore)  \(end)")
                }
            }
        }
    }

    struct RotateKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have another key sign from the next checkpoint on.",
            discussion: """
                The key so far signs beside it for a while, so that whoever knows only that one has the time to take the \
                new one from a checkpoint that both have signed. A gateway that is running signs with it within a second \
                or two. The new secret is a file 'custody-log-key-N.secret' in the data directory: back it up.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "For how many days the key so far goes on signing; 0: it stops now.") var overlapDays = 30

        func validate() throws {
            guard 0...3_650 ~= overlapDays else {
                throw ValidationError("'--overlap-days' must be a number from 0 to 3650.")
            }
        }

        func run() async throws {
            try await explaining {
                let log = try await LocalLog(options)
                try log.rotateKey(overlap: overlapDays, at: wallClock())
                let key = try log.identity().keys.last?.verifierKey ?? ""
                print(
                    "\(key)\n\nThis key signs from now on. Give it to whoever checks the log, and back up its secret.")
            }
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the log as files that any web server or object store can carry.",
            discussion: """
                Files that are there already aren't written again, but for the checkpoint, which is written last: so a copy \
                that is brought up to date is whole at any moment. Serve the directory as '…/log/', and keep the tiles for \
                ever.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The directory.") var directory: String

        func run() async throws {
            try await explaining {
                let copy = try await PublishedCopy(log: LocalLog(options), copy: LogCopy(at: directory))
                print("\(try copy.bringUpToDate()) files written to '\(directory)'.")
            }
        }
    }

    struct Digest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell the digest that a record would have of a body, to compare it with.",
            discussion: """
                The digest is HMAC-SHA256 of the body, byte by byte as it went over the wire, under a key of the \
                organization's. With '--show-key' the key is printed in place of it, for an auditor who computes it \
                without us: 'openssl dgst -sha256 -mac HMAC -macopt hexkey:KEY FILE'. Whoever has the key can find out \
                short bodies by trying them.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The file with the body.") var file: String?
        @Option(help: "The organization.") var organization = OrganizationID.default.rawValue
        @Flag(help: "Print the organization's key, in hex digits.") var showKey = false

        func validate() throws {
            guard showKey != (file != nil) else { throw ValidationError("Name a file, or say '--show-key'.") }
        }

        func run() async throws {
            try await explaining {
                let configuration = try await options.load()
                let keys = try ContentKeys(directory: configuration.dataDirectory)
                let organization = OrganizationID(rawValue: organization)
                guard let file else { return print(keys.bytes(of: organization).hex) }
                let key = keys.key(of: organization)
                print("\(try key.digest(ofFile: file))  key \(key.fingerprint)")
            }
        }
    }
}

extension LocalLog {
    /// The log of the configured data directory.
    init(_ options: ConfigurationOptions) async throws {
        let configuration = try await options.load()
        self.init(store: try Store(configuration), directory: configuration.dataDirectory)
    }
}
