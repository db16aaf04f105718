/// What the markers of the last user message ask for, or those of the texts to embed, understood.
struct Directives: Sendable {
    var wholeAnswer: WholeAnswer?
    var text: TextAnswer?
    var tools: [String] = []
    var calls: [ScriptedCall] = []
    var thinking: String?
    var servedModel: String?
    var region: String?
    var geography: String?
    var usage = UsageOverride()
    /// Embeddings come as arrays of numbers, whatever was asked for, as from servers that know no other form.
    var hasPlainVectors = false
    var failure: Failure?
    /// What is said where something fails, in place of the simulator's own words.
    var complaint: String?
    var timing = Timing()
    var interruption: Interruption?
    var gates: [Gate] = []
    /// Characters a stream piece; nil: words.
    var pieceLength: Int?

    enum WholeAnswer: Sendable {
        case echoRequest, refuse, filter, empty
    }

    enum TextAnswer: Hashable, Sendable {
        case echo, spell, hash, count
        case words(Int)
    }

    /// A request that gets no answer, or something that is none.
    enum Failure: Hashable, Sendable {
        case status(Int, retryAfter: String?)
        /// The first requests that carry a name fail, later ones succeed.
        case firstTimes(Int, name: String, status: Int, retryAfter: String?)
        case contextLength, garbage, html, headersOnly
    }

    /// Waits, in milliseconds.
    struct Timing: Hashable, Sendable {
        var beforeStatus = 0
        var beforeBody = 0
        var betweenPieces: Int?
    }

    /// How a stream ends too early, and after how many pieces.
    struct Interruption: Hashable, Sendable {
        enum Kind: String, Sendable {
            case cut, stall, end
            case errorEvent = "error-event"
            case garbageEvent = "garbage-event"
        }
        let kind: Kind
        let pieces: Int
    }

    /// A place in a stream that is passed only once somebody opens it, so that tests need no timing.
    struct Gate: Hashable, Sendable {
        let pieces: Int
        let name: String
    }

    /// Counters that a marker fixes, by the names it uses.
    struct UsageOverride: Hashable, Sendable {
        var input, output, cacheRead, cacheWrite, reasoning: Int?
    }
}

extension Directives {
    init(_ markers: [Marker]) {
        self.init()
        for marker in markers { apply(marker) }
    }

    private mutating func apply(_ marker: Marker) {
        let words = marker.argument.split(separator: " ").map(String.init)
        switch marker.name {
        case "echo-request": wholeAnswer = .echoRequest
        case "refuse": wholeAnswer = .refuse
        case "filter": wholeAnswer = .filter
        case "empty": wholeAnswer = .empty
        case "echo": text = .echo
        case "spell": text = .spell
        case "hash": text = .hash
        case "count": text = .count
        case "words": text = .words(number(words.first, upTo: 100_000))
        case "tools": tools = marker.argument.split(separator: ",").map { trimmed(String($0)) }
        case "call": ScriptedCall(marker.argument).map { calls.append($0) }
        case "think": thinking = marker.argument
        case "drift": servedModel = marker.argument
        case "region": region = marker.argument
        case "geo": geography = marker.argument
        case "usage": usage = UsageOverride(words)
        case "plain-vectors": hasPlainVectors = true
        case "chunk": pieceLength = max(1, number(words.first))
        default: applyFault(marker, words)
        }
    }

    private mutating func applyFault(_ marker: Marker, _ words: [String]) {
        switch marker.name {
        case "status": failure = .status(status(words.first), retryAfter: words.count > 2 ? words[2] : nil)
        case "fail-times" where words.count >= 3:
            failure = .firstTimes(
                number(words[0]), name: words[2], status: status(words[1]), retryAfter: words.count > 3 ? words[3] : nil
            )
        case "complaint": complaint = marker.argument
        case "context-length": failure = .contextLength
        case "garbage": failure = .garbage
        case "html": failure = .html
        case "headers-only": failure = .headersOnly
        case "slow-headers": timing.beforeStatus = number(words.first, upTo: 600_000)
        case "delay": timing.beforeBody = number(words.first, upTo: 600_000)
        case "tpot": timing.betweenPieces = number(words.first, upTo: 600_000)
        case "gate":
            let pieces = words.first.flatMap { Int($0) }
            let name = pieces == nil ? marker.argument : words.dropFirst().joined(separator: " ")
            gates.append(Gate(pieces: max(0, pieces ?? 0), name: name))
        default:
            guard let kind = Interruption.Kind(rawValue: marker.name) else { return }
            interruption = Interruption(kind: kind, pieces: number(words.first))
        }
    }

    private func number(_ word: String?, upTo limit: Int = .max) -> Int {
        min(limit, max(0, word.flatMap { Int($0) } ?? 0))
    }

    private func status(_ word: String?) -> Int {
        let status = number(word)
        return 200...599 ~= status ? status : 500
    }
}

extension Directives.UsageOverride {
    /// Reads `in=N out=N cache-read=N cache-write=N reasoning=N`, each optional.
    init(_ words: [String]) {
        self.init()
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let count = Int(parts[1]), 0...1_000_000_000_000 ~= count else { continue }
            switch parts[0] {
            case "in": input = count
            case "out": output = count
            case "cache-read": cacheRead = count
            case "cache-write": cacheWrite = count
            case "reasoning": reasoning = count
            default: break
            }
        }
    }
}
