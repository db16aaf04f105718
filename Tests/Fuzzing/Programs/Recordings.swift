import Dispatch
import Foundation
import Fuzzing
import RestoredReplies

/// What is done with all recorded exchanges at once, and takes a program that is optimized.
///
///     recordings splits 10000 Tests/ProvidersTests/Fixtures
///     recordings seeds FOLDER Tests/ProvidersTests/Fixtures
@main
enum Recordings {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let command = arguments.first, let fixtures = arguments.last else {
            fatalError("recordings splits COUNT FIXTURES, or recordings seeds FOLDER FIXTURES")
        }
        let exchanges = try RecordedExchange.all(in: URL(filePath: fixtures))
        switch command {
        case "splits": try split(exchanges, Int(CommandLine.arguments[2]) ?? 0)
        default: try Seeds(exchanges).write(to: URL(filePath: CommandLine.arguments[2]))
        }
    }

    private static func split(_ exchanges: [RecordedExchange], _ count: Int) throws {
        let checks = try exchanges.compactMap { exchange in try SplitCheck(exchange).map { (exchange, $0) } }
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: checks.count) { index in
            let (exchange, check) = checks[index]
            do { try check.run(count, seed: UInt64(index)) } catch { failures.add("\(exchange): \(error)") }
        }
        for failure in failures.all { print(failure) }
        let streams = checks.count { exchange, _ in exchange.isStreamed }
        print("\(checks.count) replies, \(streams) of them streams, \(count) splits each, \(failures.all.count) differ")
        if !failures.all.isEmpty || streams == 0 || count == 0 { exit(1) }
        restore(exchanges, count)
    }

    /// The same with stand-ins in the replies, in whose place originals are put; each reply is split in two at every byte,
    /// too.
    private static func restore(_ exchanges: [RecordedExchange], _ count: Int) {
        let failures = Failures()
        let tried = Failures()
        DispatchQueue.concurrentPerform(iterations: exchanges.count) { index in
            do {
                guard let reply = try RestoredReply(exchanges[index], seed: UInt64(index)) else { return }
                tried.add(exchanges[index].name)
                try reply.run(count, everyByte: true, seed: UInt64(index))
            } catch {
                failures.add("\(exchanges[index]): \(error)")
            }
        }
        for failure in failures.all { print(failure) }
        print(
            "\(tried.all.count) restored streams, \(count) splits each and at every byte, \(failures.all.count) differ")
        if !failures.all.isEmpty || tried.all.isEmpty { exit(1) }
    }
}

/// What went wrong, told by several threads.
private final class Failures: @unchecked Sendable {
    // Only touched while the lock is held.
    private var messages: [String] = []
    private let lock = NSLock()

    func add(_ message: String) { lock.withLock { messages.append(message) } }
    var all: [String] { lock.withLock { messages.sorted() } }
}
