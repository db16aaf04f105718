public import Domain
import Privacy
import Providers
import Wire

/// The work of replacing the personal information in a request. It can be done on any thread.
public struct SubstitutionWork: Sendable {
    let engine: SubstitutionEngine
    let scope: [UInt8]
    let demand: SubstitutionDemand
    let wire: ChatWire
    /// Of the caller's key, for the audit log.
    let key: APIKey.ID

    /// - Throws: `pii_protection_unavailable` for what can't be protected.
    public func run(on body: some WholeText, with remote: RemoteFindings) throws(GatewayError) -> SubstitutedRequest {
        try body.withWhole { text throws(GatewayError) in try run(on: text, with: remote) }
    }

    /// What a remote recognizer is to look through.
    public func texts(of body: some WholeText) throws(GatewayError) -> SubstitutionTexts {
        try body.withWhole { text throws(GatewayError) in
            let gatherer = TextGatherer()
            _ = try walk(text, for: gatherer)
            return SubstitutionTexts(texts: gatherer.texts)
        }
    }

    private func run(
        on body: UnsafeRawBufferPointer, with remote: RemoteFindings
    ) throws(GatewayError) -> SubstitutedRequest {
        let collector = EntityCollector(engine, scope: scope, remote)
        let uncovered = try walk(body, for: collector).uncovered
        if let refusal = refusal(of: uncovered) { throw refusal }
        do throws(SubstitutionFailure) { try collector.substitution.choose() } catch { throw .noStandIn }
        let substitution = collector.substitution
        guard !substitution.isEmpty else { return SubstitutedRequest(self, substitution, uncovered) }
        let writer = StandInWriter(substitution, collector.found)
        let new = try walk(body, for: writer).new
        guard let new else { return SubstitutedRequest(self, substitution, uncovered) }
        return SubstitutedRequest(self, substitution, uncovered, body: try scanned(new))
    }

    func refusal(of uncovered: UncoveredContent) -> GatewayError? {
        demand == .required && !uncovered.isEmpty ? .unprotectable(uncovered.names) : nil
    }

    func walk(
        _ body: UnsafeRawBufferPointer, for visitor: any TextVisitor
    ) throws(GatewayError) -> (new: [UInt8]?, uncovered: UncoveredContent) {
        do throws(JSONError) {
            var walk = try TextWalk(request: body, of: wire, for: visitor)
            let new = try walk.run()
            return (new, walk.uncovered)
        } catch {
            throw GatewayError(ChatRequestError.json(error))
        }
    }

    /// Its members stand elsewhere than the caller's do.
    private func scanned(_ body: [UInt8]) throws(GatewayError) -> (bytes: [UInt8], ask: ChatScan) {
        do throws(ChatRequestError) {
            let ask = try body.withUnsafeBytes { text in
                Result { () throws(ChatRequestError) in try ChatScan(text, of: wire) }
            }.get()
            return (body, ask)
        } catch {
            throw GatewayError(error)
        }
    }
}

/// A request whose personal information was replaced. Of the originals it keeps what the reply needs, since it lives as
/// long as a stream does.
public struct SubstitutedRequest: Sendable {
    /// Nil where there is nothing to put back.
    let restoration: Restoration?
    /// Counts, for the caller and the record.
    let summary: SubstitutionSummary
    let ask: ChatScan?
    /// What was replaced, for the audit log; nil where nothing was.
    let audit: [UInt8]?
    /// What leaves in place of the caller's body; nil where that stays as it is.
    public let body: [UInt8]?

    init(
        _ work: SubstitutionWork, _ substitution: Substitution, _ uncovered: UncoveredContent,
        body: (bytes: [UInt8], ask: ChatScan)? = nil
    ) {
        // Here, where the work is done: it takes a hash for each value.
        let entries = substitution.entries
        audit = entries.isEmpty ? nil : entries.auditJSON(key: work.key)
        restoration = substitution.restoration
        summary = SubstitutionSummary(
            demand: work.demand, counts: substitution.counts, uncovered: uncovered.names)
        ask = body?.ask
        self.body = body?.bytes
    }
}

extension SubstitutedRequest {
    /// What an upstream says, as if it had been asked what the caller asks.
    func restored(_ fault: UpstreamFault) -> UpstreamFault {
        restoration.map { fault.saying($0.restore(fault.message)) } ?? fault
    }
}

private final class TextGatherer: TextVisitor {
    private(set) var texts: [[UInt8]] = []

    func visit(_ text: FoundText) -> [UInt8]? {
        texts.append(Array(text.bytes))
        return nil
    }
}

/// Finds the entities of all texts of a request.
final class EntityCollector: TextVisitor {
    private let finder: EntityFinder
    private let remote: RemoteFindings
    private(set) var found: [[Entity]] = []
    var substitution: Substitution
    /// Is told where each one is that was found.
    private let note: ((Entity, FoundText) -> Void)?

    init(
        _ engine: SubstitutionEngine, scope: [UInt8], _ remote: RemoteFindings,
        note: ((Entity, FoundText) -> Void)? = nil
    ) {
        finder = engine.finder
        self.remote = remote
        substitution = Substitution(key: engine.key, scope: scope, lexicon: engine.lexicon)
        self.note = note
    }

    func visit(_ text: FoundText) -> [UInt8]? {
        let known = remote.entities.indices.contains(found.count) ? remote.entities[found.count] : []
        let entities = entities(of: text, and: known)
        for entity in entities { note?(entity, text) }
        substitution.add(text.bytes, entities)
        found.append(entities)
        return nil
    }

    /// A field's name says something about its value, as a word before a number does.
    private func entities(of text: FoundText, and known: [Entity]) -> [Entity] {
        guard let name = text.fieldName, name.utf8.count <= 64 else {
            return finder.entities(in: text.bytes, and: known)
        }
        let whole = Array(name.utf8) + Array(": ".utf8) + Array(text.bytes)
        let start = name.utf8.count + 2
        let moved = known.map { $0.moved(by: start) }
        return whole.withUnsafeBufferPointer { finder.entities(in: $0, and: moved) }.compactMap { entity in
            entity.range.lowerBound >= start ? entity.moved(by: -start) : nil
        }
    }
}

/// Puts stand-ins in their places, text by text in the order in which they were looked through.
private final class StandInWriter: TextVisitor {
    private let substitution: Substitution
    private let found: [[Entity]]
    private var index = 0

    init(_ substitution: Substitution, _ found: [[Entity]]) {
        self.substitution = substitution
        self.found = found
    }

    func visit(_ text: FoundText) -> [UInt8]? {
        defer { index += 1 }
        var new: [UInt8] = []
        return substitution.replace(text.bytes, found.indices.contains(index) ? found[index] : [], into: &new)
            ? new : nil
    }
}

extension Entity {
    fileprivate func moved(by distance: Int) -> Entity {
        Entity(type, at: range.lowerBound + distance..<range.upperBound + distance, certainty: certainty)
    }
}

extension [Substitution.Entry] {
    /// As the audit log has it: stand-ins and digests, never what they are of.
    fileprivate func auditJSON(key: APIKey.ID) -> [UInt8] {
        let entries = map { entry -> JSON in
            [
                "type": .string(entry.type.name), "count": JSON(entry.count), "digest": .string(entry.digest),
                "stand_in": .string(entry.standIn),
            ]
        }
        return JSON.object(["key": .string(key), "entries": .array(entries)]).bytes()
    }
}
