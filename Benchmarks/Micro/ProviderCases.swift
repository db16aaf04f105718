import Domain
import Providers
import Wire

/// What each provider's adapter does: a request of 1 KiB from the inner form to bytes with a credential, and its
/// replies from bytes to events. Then the signature that AWS wants, by itself.
enum ProviderCases {
    static func all() throws -> [Case] { try Upstream.all.flatMap(cases) + [signature()] }

    private static func cases(of upstream: Upstream) throws -> [Case] {
        let replies = try Replies(of: upstream.name)
        return [
            try encode(upstream), try decode("whole", [replies.whole], of: upstream, isStreamed: false),
            try decode("stream, an event", replies.stream, of: upstream, isStreamed: true),
        ]
    }

    private static func chat(isStreamed: Bool) throws -> ChatRequest {
        let body = try Samples.chat(1 << 10, model: "m", isStreamed: isStreamed)
        return try body.withUnsafeBytes { try OpenAIChatCodec().request($0, leavingOut: []) }
    }

    private static func encode(_ upstream: Upstream) throws -> Case {
        let (adapter, chat) = (try upstream.adapter(), try chat(isStreamed: false))
        return Case("\(upstream.name) encode") {
            let request = try adapter.request(for: chat, credential: upstream.credential, at: House.now)
            guard case .bytes(let body) = request.body else { return 0 }
            return request.head.count + body.count
        }
    }

    private static func decode(
        _ what: String, _ pieces: [[UInt8]], of upstream: Upstream, isStreamed: Bool
    ) throws -> Case {
        let (adapter, chat) = (try upstream.adapter(), try chat(isStreamed: isStreamed))
        let textCount = isStreamed ? Replies.pieceCount : 1
        return Case(
            "\(upstream.name) decode \(what)", times: isStreamed ? 10 : 200, per: textCount, gives: textCount
        ) {
            var reader = adapter.reader(for: chat)
            var texts = 0
            var isOver = false
            for piece in pieces {
                // As the pipeline has it: what has come is written at once.
                var events: [ChatEvent] = []
                try piece.withUnsafeBytes { try reader.receive($0, into: &events) }
                count(events, &texts, &isOver)
            }
            var events: [ChatEvent] = []
            try reader.end(into: &events)
            count(events, &texts, &isOver)
            return isOver ? texts : 0
        }
    }

    private static func count(_ events: [ChatEvent], _ texts: inout Int, _ isOver: inout Bool) {
        for event in events {
            switch event {
            case .text: texts += 1
            case .ended: isOver = true
            default: break
            }
        }
    }

    private static func signature() throws -> Case {
        guard case .aws(let keys) = Upstream.bedrock.credential else { throw Trouble("nothing is signed") }
        let signer = SigV4Signer(
            method: "POST", target: "/model/ca.amazon.nova-lite-v1%3A0/converse",
            headers: [("host", "bedrock-runtime.ca-central-1.amazonaws.com"), ("content-type", "application/json")],
            region: "ca-central-1", service: "bedrock")
        let body = [UInt8](repeating: 0x61, count: 1 << 10)
        return Case("SigV4, 1 KiB") {
            let hash = body.withUnsafeBytes { BodyHash(of: $0) }
            return signer.signature(of: hash, with: keys, at: House.now).authorization.utf8.count
        }
    }
}
