import Domain
import Wire

/// Who held a request, and where: what a custody record says of it, as far as a picture shows it.
struct CustodyPath: Hashable {
    let id: String
    let outcome: String
    let openedAt: String
    let closedAt: String?
    /// The residency of the route that answered, or was tried last. Nil where there was no route.
    let residency: Residency?
    let attempts: [Attempt]

    struct Residency: Hashable {
        let region: String
        let jurisdiction: Jurisdiction
        let processing: JurisdictionSet
        let storage: JurisdictionSet
        let exposure: JurisdictionSet
        let evidence: EvidenceGrade
        let processingEvidence: EvidenceGrade
    }

    struct Attempt: Hashable {
        let route: String
        let provider: String
        let region: String
        let startedAt: String
        let endedAt: String?
        let status: Int?
        /// Why it failed; nil where it didn't.
        let failure: String?
        /// How well it is known where the endpoint is, where the attempt says more than the route did.
        let evidence: EvidenceGrade?
        let processingEvidence: EvidenceGrade?
        /// In how many things it was found to be another than its route says.
        let drifts: Int

        var place: Place? { Place(region: region) }
    }
}

extension CustodyPath {
    /// Reads the JSON of a custody record. Nil for what isn't one.
    init?(record: JSON) {
        guard let id = record["id"]?.string, let outcome = record["outcome"]?.string,
            let openedAt = record["opened_at"]?.string, let attempts = record["attempts"]?.array
        else { return nil }
        self.id = id
        self.outcome = outcome
        self.openedAt = openedAt
        closedAt = record["closed_at"]?.string
        residency = record["residency"].flatMap(Residency.init)
        self.attempts = attempts.compactMap(Attempt.init)
        guard self.attempts.count == attempts.count else { return nil }
    }
}

extension CustodyPath.Residency {
    fileprivate init?(_ json: JSON) {
        func set(_ name: String) -> JurisdictionSet? { json[name]?.string.flatMap { JurisdictionSet(codes: $0) } }
        guard let region = json["region"]?.string,
            let jurisdiction = json["jurisdiction"]?.string.flatMap({ Jurisdiction($0) }),
            let processing = set("processing"), let storage = set("storage"), let exposure = set("exposure"),
            let evidence = json.grade("evidence"), let processingEvidence = json.grade("processing_evidence")
        else { return nil }
        self.init(
            region: region, jurisdiction: jurisdiction, processing: processing, storage: storage, exposure: exposure,
            evidence: evidence, processingEvidence: processingEvidence)
    }
}

extension CustodyPath.Attempt {
    fileprivate init?(_ json: JSON) {
        guard let route = json["route"]?.string, let provider = json["provider"]?.string,
            let region = json["region"]?.string, let startedAt = json["started_at"]?.string
        else { return nil }
        self.init(
            route: route, provider: provider, region: region, startedAt: startedAt, endedAt: json["ended_at"]?.string,
            status: json["status"]?.int, failure: json["failure"]?.string, evidence: json.grade("evidence"),
            processingEvidence: json.grade("processing_evidence"), drifts: json["drifts"]?.array?.count ?? 0)
    }
}

extension JSON {
    fileprivate func grade(_ name: String) -> EvidenceGrade? {
        self[name]?.string.flatMap { EvidenceGrade(rawValue: $0) }
    }
}
