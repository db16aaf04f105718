import Domain

/// What the pages of the administration show.
public struct PortalAdministration: Sendable {
    let piiAudit: any PIIAuditReader
    let adminAudit: any AdminAuditReader
    let drifts: any DriftReader
    let health: any EndpointHealthReader
    let catalog: any CatalogReader

    public init(
        piiAudit: any PIIAuditReader, adminAudit: any AdminAuditReader, drifts: any DriftReader,
        health: any EndpointHealthReader, catalog: any CatalogReader
    ) {
        self.piiAudit = piiAudit
        self.adminAudit = adminAudit
        self.drifts = drifts
        self.health = health
        self.catalog = catalog
    }

    /// In the order of the navigation.
    var parts: [any PortalPart] {
        [
            PIIAuditPart(audit: piiAudit), AdminAuditPart(audit: adminAudit),
            EndpointsPart(health: health, drifts: drifts),
            DriftPart(drifts: drifts), PricesPart(catalog: catalog),
        ]
    }
}
