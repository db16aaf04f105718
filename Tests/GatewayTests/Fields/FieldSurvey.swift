import Testing
import Wire

/// What becomes of a field on its way.
enum FieldOutcome: String, Sendable {
    /// Arrived byte for byte.
    case passed
    /// What is asked upstream differs from what is asked without it.
    case honoured
    /// Refused by its name; nothing left.
    case refused
    /// What is asked upstream is the same without it.
    case leftOut = "left out"
    /// Arrived in another form, on the caller's own wire.
    case edited
}

/// What became of every field on every surface, for every upstream.
struct FieldSurvey: Sendable {
    struct Finding: Sendable {
        let surface: FieldSurface
        let upstream: FieldUpstream
        let field: RequestField
        let outcome: FieldOutcome
        /// What is wrong with that.
        let problem: String?
    }

    let findings: [Finding]

    /// Made once, whoever asks first.
    static let shared = Task { () async throws -> FieldSurvey in
        var survey: FieldSurvey?
        try await withEveryUpstream { gateway in
            survey = try await FieldSurvey(gateway)
        }
        return try #require(survey)
    }

    private struct Question {
        let field: RequestField
        let with: FieldProbe
        let without: FieldProbe

        /// Whether each member that the field adds is in a text byte for byte.
        func isWhole(in arrived: String) -> Bool {
            let added = with.body.members.filter { $0.key != "model" && $0.value != without.body[$0.key] }
            return added.allSatisfy { member in
                if arrived.contains(Self.text(member)) { return true }
                // The gateway asks for the usage of streams, in the same object.
                guard member.key == "stream_options", let options = member.value.object else { return false }
                return options.members.allSatisfy { arrived.contains(Self.text($0)) }
            }
        }

        private static func text(_ member: JSONObject.Member) -> String {
            "\(JSON.string(member.key).text()):\(member.value.text())"
        }
    }

    private init(_ gateway: TestGateway) async throws {
        var tags = ProbeTags()
        var questions: [Question] = []
        for surface in FieldSurface.allCases {
            for upstream in surface.upstreams {
                questions += try Self.questions(surface, upstream, &tags)
            }
        }
        let probes = Dictionary(
            (questions.map(\.with) + questions.map(\.without)).map { ($0.tag, $0) },
            uniquingKeysWith: { first, _ in first })
        let results = try await gateway.results(of: Array(probes.values))
        findings = try questions.map { question in
            let result = try #require(results[question.with.tag])
            let without = try #require(results[question.without.tag])
            return Self.finding(question, result, without)
        }
    }

    /// Requests that differ in nothing but one field share the one without it.
    private static func questions(
        _ surface: FieldSurface, _ upstream: FieldUpstream, _ tags: inout ProbeTags
    ) throws -> [Question] {
        var plain: [String: FieldProbe] = [:]
        var questions: [Question] = []
        for field in surface.fields {
            let without = try plain[field.beside] ?? FieldProbe(surface, upstream, [field.beside], tag: tags.next())
            plain[field.beside] = without
            let with = try FieldProbe(surface, upstream, [field.beside, field.members], tag: tags.next())
            questions.append(Question(field: field, with: with, without: without))
        }
        return questions
    }

    private static func finding(_ question: Question, _ result: ProbeResult, _ without: ProbeResult) -> Finding {
        let probe = question.with
        func finding(_ outcome: FieldOutcome, problem: String? = nil) -> Finding {
            Finding(
                surface: probe.surface, upstream: probe.upstream, field: question.field, outcome: outcome,
                problem: problem)
        }
        guard let arrived = result.arrived else {
            // What stands beside it may be what is refused.
            let isItself = without.arrived != nil || result.refusal == nil
            return finding(.refused, problem: isItself ? problem(of: result, question) : nil)
        }
        if probe.passes {
            if question.isWhole(in: arrived) { return finding(.passed) }
            // What the path says needn't stand in the body.
            return finding(result.target == without.target ? .edited : .honoured)
        }
        // The simulator is as strict as OpenAI, other servers of its wire have this.
        let isKnown = probe.upstream == .compatible && question.field.path == "top_k"
        guard result.reply.status == 200 || isKnown else {
            return finding(.honoured, problem: "the upstream refuses what it is sent: \(result.reply.text)")
        }
        return finding(result.asked == without.asked ? .leftOut : .honoured)
    }

    private static func problem(of result: ProbeResult, _ question: Question) -> String? {
        guard let refusal = result.refusal, [400, 501].contains(result.reply.status) else {
            return "answered \(result.reply.status): \(result.reply.text)"
        }
        let isNamed = FieldNames.named(in: refusal.message, refusal.parameter).contains { question.field.isAt($0) }
        // No embeddings at all is about the route.
        return isNamed || question.with.surface == .embeddings ? nil : "not named: \(result.reply.text)"
    }
}

/// The members that an error names.
enum FieldNames {
    /// The parameter, and what stands in quotes.
    static func named(in message: String, _ parameter: String?) -> [String] {
        let quoted = message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        // Anthropic's errors begin with the place.
        let first = message.split(separator: ":").first.map { [String($0)] } ?? []
        return quoted + first + (parameter.map { [$0] } ?? [])
    }
}

extension RequestField {
    /// Whether a place in a request is the field's, is in it, or holds it.
    func isAt(_ place: String) -> Bool {
        let place = place.replacing(/\[\d+\]/, with: "[]")
        return !place.isEmpty && (path.hasPrefix(place) || place.hasPrefix(path))
    }
}
