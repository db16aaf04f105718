import Foundation
import TestSupport
import Testing
import Wire

/// Nothing that a caller asks is dropped without a word.
@Suite struct FieldTests {
    @Test func `every documented field passes, is honoured, is refused by name, or is left out for a reason we give`()
        async throws
    {
        let section = try FieldPage.leftOutSection
        for finding in try await FieldSurvey.shared.value.findings {
            let place = "\(finding.surface) → \(finding.upstream): \(finding.field.name)"
            if let problem = finding.problem { Issue.record("\(place): \(problem)") }
            guard finding.outcome == .leftOut || finding.outcome == .edited else { continue }
            guard let reason = finding.reason else {
                Issue.record("\(place): \(finding.outcome) without a reason")
                continue
            }
            let isTold = reason == .inReply || section.contains("`\(finding.field.path)`")
            #expect(isTold, "\(place) isn't in docs/provider-parameters.md")
        }
    }

    @Test func `the page on fields says what becomes of them`() async throws {
        let page = FieldPage(survey: try await FieldSurvey.shared.value).text
        if ProcessInfo.processInfo.environment["NORTHERN_WRITE_TABLES"] == "1" {
            try page.write(to: FieldPage.file, atomically: true, encoding: .utf8)
        }
        let isSame = (try? String(contentsOf: FieldPage.file, encoding: .utf8)) == page
        #expect(isSame, "docs/fields.md isn't what the gateway does. \(FieldPage.command) rewrites it.")
    }

    @Test(arguments: FieldSurface.allCases)
    func `a member that nobody knows passes byte for byte, or is refused by its name`(
        surface: FieldSurface
    ) async throws {
        let asked = try await FieldSurvey.shared.value.findings.filter { $0.surface == surface && $0.isSentWhole }
        for seed in 0..<UInt64(Self.rounds) {
            var chance = SeededGenerator(seed: 2026 + seed)
            try await withEveryUpstream { gateway in
                try await Self.addUnknownMembers(to: asked, gateway, &chance)
            }
        }
    }

    /// More of them find more; one is enough to see that nothing was forgotten lately.
    private static var rounds: Int {
        ProcessInfo.processInfo.environment["NORTHERN_FIELD_ROUNDS"].flatMap { Int($0) } ?? 1
    }

    private static func addUnknownMembers(
        to asked: [FieldSurvey.Finding], _ gateway: TestGateway, _ chance: inout SeededGenerator
    ) async throws {
        var tags = ProbeTags()
        var unknown: [(member: UnknownMember, probe: FieldProbe, field: RequestField)] = []
        for finding in asked {
            let member = UnknownMember(using: &chance)
            let tag = tags.next()
            let members = [finding.field.beside, finding.field.members]
            let body = try finding.surface.body(finding.upstream.route, members, tag: tag)
            let changed = member.added(to: body, using: &chance)
            unknown.append((member, FieldProbe(finding.surface, finding.upstream, changed, tag: tag), finding.field))
        }
        let results = try await gateway.results(of: unknown.map(\.probe))
        for (member, probe, field) in unknown {
            let fate = try #require(results[probe.tag]).fate(of: member, passes: probe.passes)
            let place = "\(probe.surface) → \(probe.upstream): \(field.name)"
            if let fate { Issue.record("\(place): \(JSON.object(probe.body).text()): \(member.key) \(fate)") }
        }
    }

    @Test(arguments: FieldSurface.allCases)
    func `the gateway's own members arrive nowhere`(surface: FieldSurface) async throws {
        try await withEveryUpstream { gateway in
            var tags = ProbeTags()
            let own =
                #""allow_fallbacks": false, "pii_substitution": false, "privacy_tier": "managed_canadian_cloud""#
            let probes = try surface.upstreams.flatMap { upstream in
                try ["", own].map { try FieldProbe(surface, upstream, [$0], tag: tags.next()) }
            }
            let results = try await gateway.results(of: probes)
            for index in stride(from: 0, to: probes.count, by: 2) {
                let (without, with) = (results[probes[index].tag], results[probes[index + 1].tag])
                #expect(with?.asked == without?.asked && with?.reply.status == without?.reply.status)
                #expect(with?.asked != nil || surface == .embeddings)
            }
        }
    }

    @Test func `a member that says nothing is as good as absent`() async throws {
        try await withEveryUpstream { gateway in
            var tags = ProbeTags()
            let probes = try FieldUpstream.allCases.flatMap { upstream in
                try ["null", "[]", "{}"].map {
                    try FieldProbe(.chat, upstream, [#""zz_nothing": \#($0)"#], tag: tags.next())
                }
            }
            let results = try await gateway.results(of: probes)
            for probe in probes {
                let result = try #require(results[probe.tag])
                #expect(result.arrived?.contains("zz_nothing") == probe.passes)
            }
        }
    }
}

extension FieldSurvey.Finding {
    /// Whether all of the field is said upstream. A tool that may not be called isn't, where the provider has no other way
    /// to keep the model from it.
    fileprivate var isSentWhole: Bool {
        guard !["tool_choice: none", "tool_choice: allowed_tools"].contains(field.name) else { return false }
        return outcome == .passed || outcome == .honoured
    }
}

extension ProbeResult {
    /// What is wrong with what became of a member that nobody knows; nil where it arrived as it was, or was refused by
    /// the gateway by its name.
    fileprivate func fate(of member: UnknownMember, passes: Bool) -> String? {
        if let arrived {
            // Where a translation has room for anything, such as in a schema, it may be within a text.
            let form = passes ? "\(JSON.string(member.key).text()):\(member.value.text())" : member.key
            return arrived.contains(form) ? nil : "was dropped"
        }
        guard reply.status == 400, let refusal else { return "was answered with \(reply.status): \(reply.text)" }
        let isNamed = FieldNames.named(in: refusal.message, refusal.parameter).contains { $0.hasSuffix(member.key) }
        return isNamed ? nil : "isn't named: \(reply.text)"
    }
}
