/// The kinds of personal information that are told apart.
public enum EntityType: UInt8, CaseIterable, Sendable {
    /// Of a person.
    case name
    case email
    case phone
    /// Of the United States; also the taxpayer number that looks like it.
    case usSSN
    case canadianSIN
    case creditCard
    case ipAddress
    /// A city, a street, a box or a postal code; never a province or a country.
    case location
    case healthNumber
    case iban
    case dateOfBirth

    /// As it stands in `x-ni-pii`, in records and in the audit log.
    public var name: String {
        switch self {
        case .name: "name"
        case .email: "email"
        case .phone: "phone"
        case .usSSN: "us_ssn"
        case .canadianSIN: "ca_sin"
        case .creditCard: "credit_card"
        case .ipAddress: "ip_address"
        case .location: "location"
        case .healthNumber: "health_number"
        case .iban: "iban"
        case .dateOfBirth: "date_of_birth"
        }
    }
}
