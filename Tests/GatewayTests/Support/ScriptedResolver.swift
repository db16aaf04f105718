import NIOCore
import Synchronization
import Upstream

/// Always says the same, and counts how often.
final class CountingResolver: AddressResolver {
    private let answer: [String]
    private let asked = Mutex(0)

    init(_ answer: [String]) { self.answer = answer }

    var count: Int { asked.withLock { $0 } }

    func addresses(of host: String, port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        asked.withLock { $0 += 1 }
        return eventLoop.makeCompletedFuture { try answer.map { try SocketAddress(ipAddress: $0, port: port) } }
    }
}

/// Says what it was told to, answer by answer; the last one stays.
final class ScriptedResolver: AddressResolver {
    private let answers: Mutex<[[String]]>

    init(_ answers: [[String]]) { self.answers = Mutex(answers) }

    func addresses(of host: String, port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
        return eventLoop.makeCompletedFuture { try answer.map { try SocketAddress(ipAddress: $0, port: port) } }
    }
}
