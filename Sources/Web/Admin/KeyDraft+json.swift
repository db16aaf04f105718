import Domain
import Wire

extension KeyDraft {
    private static let members = [
        "name", "tiers", "routes", "allow_fallbacks", "commands", "environment", "expires_at",
        "pii_substitution", "processing", "exposure", "evidence", "egress", "requests_per_minute", "tokens_per_minute",
        "budget", "networks", "organization",
    ]

    /// Reads what a caller wants the key to be.
    ///
    /// A member that isn't known is refused: a misspelt `tiers` would make a key that may do more than was meant.
    init(_ body: JSON, at now: Timestamp) throws(AdminError) {
        let object = try body.object(knowing: Self.members)
        let tiers = try Self.tiers(object["tiers"])
        let routes = try Self.texts(object["routes"], "routes").map(Set.init)
        let allowsFallbacks = try Self.flag(object["allow_fallbacks"], "allow_fallbacks") ?? true
        let allowsCommands = try Self.flag(object["commands"], "commands") ?? false
        self.init(
            name: try Self.name(object["name"]),
            policy: KeyPolicy(
                tiers: tiers, routes: routes, allowsFallbacks: allowsFallbacks, allowsCommands: allowsCommands,
                substitution: try Self.substitution(object["pii_substitution"]), residency: try Self.residency(object),
                limits: try KeyLimits(object), sourceNetworks: try Self.networks(object["networks"])),
            environment: try Self.choice(object["environment"], "environment") ?? .live,
            expiresAt: try Self.expiry(object["expires_at"], after: now),
            organization: try Self.organization(object["organization"]))
    }

    /// As callers write it: true, false or "required".
    private static func substitution(_ value: JSON?) throws(AdminError) -> SubstitutionDemand? {
        switch value {
        case nil, .null?: return nil
        case .bool(let flag)?: return flag ? .on : .off
        case .string("required")?: return .required
        default: throw wrongType("pii_substitution", .flagOrRequired)
        }
    }

    private static func organization(_ value: JSON?) throws(AdminError) -> OrganizationID? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else { throw wrongType("organization", .string) }
        return OrganizationID(rawValue: text)
    }

    static func name(_ value: JSON?) throws(AdminError) -> String {
        guard let value else { throw .gateway(.missingParameter("name")) }
        guard let text = value.string else { throw wrongType("name", .string) }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard text.contains(where: { !$0.isWhitespace }), text.count <= 100, isPrintable else {
            throw .gateway(.invalidValue("name", "'name' must have 1 to 100 characters and no line breaks."))
        }
        return text
    }

    /// Every tier where none is named, as on the command line.
    private static func tiers(_ value: JSON?) throws(AdminError) -> Set<Tier> {
        guard let names = try texts(value, "tiers") else { return Set(Tier.allCases) }
        var tiers: Set<Tier> = []
        for name in names {
            guard let tier = Tier(rawValue: name) else {
                throw .gateway(.invalidValue("tiers", "'tiers' may hold \(listed(Tier.allCases)) only."))
            }
            tiers.insert(tier)
        }
        return tiers
    }

    /// Nil for a member that is missing or null.
    private static func texts(_ value: JSON?, _ name: String) throws(AdminError) -> [String]? {
        guard let value, !value.isNull else { return nil }
        guard let elements = value.array else { throw wrongType(name, .strings) }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count else {
            throw wrongType(name, .strings)
        }
        guard !texts.isEmpty, texts.allSatisfy({ 1...500 ~= $0.utf8.count }) else {
            throw .gateway(
                .invalidValue(name, "'\(name)' must not be empty. Leave it out to allow every one there is."))
        }
        return texts
    }

    private static func flag(_ value: JSON?, _ name: String) throws(AdminError) -> Bool? {
        guard let value, !value.isNull else { return nil }
        guard let flag = value.bool else { throw wrongType(name, .flag) }
        return flag
    }

    private static func residency(_ object: JSONObject) throws(AdminError) -> ResidencyDemand {
        ResidencyDemand(
            processing: try places(object["processing"], "processing"),
            exposure: try places(object["exposure"], "exposure"),
            evidence: try choice(object["evidence"], "evidence"), egress: try choice(object["egress"], "egress"))
    }

    private static func places(_ value: JSON?, _ name: String) throws(AdminError) -> JurisdictionSet? {
        guard let codes = try texts(value, name) else { return nil }
        let places = codes.compactMap { Jurisdiction($0) }
        guard places.count == codes.count else {
            throw .gateway(
                .invalidValue(name, "'\(name)' may hold countries' codes of two capital letters, or '*', only."))
        }
        return JurisdictionSet(places)
    }

    private static func networks(_ value: JSON?) throws(AdminError) -> Set<IPPrefix>? {
        guard let texts = try texts(value, "networks") else { return nil }
        let networks = texts.compactMap { IPPrefix($0) }
        guard networks.count == texts.count else {
            throw .gateway(
                .invalidValue(
                    "networks", "'networks' may hold networks only, such as 203.0.113.0/24 or 2001:db8::/32.",
                    "'networks' ne peut contenir que des réseaux, comme 203.0.113.0/24 ou 2001:db8::/32."))
        }
        return Set(networks)
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: JSON?, _ name: String
    ) throws(AdminError) -> Choice? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else { throw wrongType(name, .string) }
        guard let choice = Choice(rawValue: text) else {
            throw .gateway(.invalidValue(name, "'\(name)' must be \(listed(Array(Choice.allCases)))."))
        }
        return choice
    }

    private static func expiry(_ value: JSON?, after now: Timestamp) throws(AdminError) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else { throw wrongType("expires_at", .string) }
        guard let time = Timestamp(dayOrTime: text) else {
            throw .gateway(
                .invalidValue(
                    "expires_at", "'expires_at' must be a day or a time, such as 2027-01-31 or 2027-01-31T12:00:00Z."))
        }
        guard time > now else {
            throw .gateway(.invalidValue("expires_at", "'expires_at' is in the past. Choose a later time."))
        }
        return time
    }

    static func wrongType(_ name: String, _ expected: ExpectedForm) -> AdminError {
        .gateway(.invalidType(name, expected: expected.rawValue, french: expected.french))
    }

    private static func listed(_ values: [some RawRepresentable<String>]) -> String {
        values.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
