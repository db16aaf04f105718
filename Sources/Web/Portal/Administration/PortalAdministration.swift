import Domain

/// What the pages of the administration show.
public struct PortalAdministration: Sendable {
    let piiAudit: any PIIAuditReader
    let adminAudit: any AdminAuditReader
    let drifts: any DriftReader
    let health: any EndpointHealthReader
    let catalog: any CatalogReader
    let credentials: (any CredentialAdministration)?
    let money: MoneyPorts?
    let usage: (any InstallationUsageReader)?

    /// - Parameters:
    ///   - credentials: nil: none are kept.
    ///   - money: nil: there are no pages for it.
    ///   - usage: nil: no invoice can be held against it.
    public init(
        piiAudit: any PIIAuditReader, adminAudit: any AdminAuditReader, drifts: any DriftReader,
        health: any EndpointHealthReader, catalog: any CatalogReader,
        credentials: (any CredentialAdministration)? = nil, money: MoneyPorts? = nil,
        usage: (any InstallationUsageReader)? = nil
    ) {
        self.piiAudit = piiAudit
        self.adminAudit = adminAudit
        self.drifts = drifts
        self.health = health
        self.catalog = catalog
        self.credentials = credentials
        self.money = money
        self.usage = usage
    }

    /// In the order of the navigation.
    func parts(_ people: any PeopleDirectory) -> [any PortalPart] {
        [
            CredentialsPart(credentials: credentials, people: people),
            PIIAuditPart(audit: piiAudit), AdminAuditPart(audit: adminAudit),
            EndpointsPart(health: health, drifts: drifts),
            DriftPart(drifts: drifts), PricesPart(catalog: catalog),
        ] + (money.map { [RatesPart(rates: $0.rates)] } ?? [])
            + (usage.map { [InvoicePart(usage: $0, catalog: catalog)] } ?? [])
    }
}
