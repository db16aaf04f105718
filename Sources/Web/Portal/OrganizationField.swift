import Domain

extension PeopleDirectory {
    func organizationNames() async throws -> [OrganizationID: String] {
        Dictionary(try await organizations().map { ($0.id, $0.name) }) { first, _ in first }
    }

    /// Chooses one of the installation's organizations: by name, or by id where there are too many for a page.
    ///
    /// - Parameter others: what may be chosen beside them.
    func organizationField(
        _ label: String, among others: [(value: String, label: String)] = [], selected: String,
        _ context: PortalContext
    ) async throws -> PortalForm.Field {
        let all = try await organizations().sorted { ($0.name, $0.id.rawValue) < ($1.name, $1.id.rawValue) }
        guard all.count <= 100 else {
            let hint = context.say("The organization's id.", "L'identifiant de l'organisation.")
            return .optional("organization", label, value: selected, hint: hint)
        }
        return .choice(
            "organization", label, others + all.map { ($0.id.rawValue, $0.name) }, selected: selected)
    }
}
