import Domain

/// The regions of a cloud, and whose law applies in each.
///
/// A region that isn't listed is nobody's: what a route says of it stays a declaration.
struct CloudRegions: Sendable {
    private let countries: [String: Jurisdiction]

    /// - Parameter regions: by the ISO 3166-1 code of their country, as words of one text.
    init(_ regions: KeyValuePairs<String, String>) {
        let pairs = regions.flatMap { country, names in
            names.split(separator: " ").compactMap { name in Jurisdiction(country).map { (String(name), $0) } }
        }
        countries = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    func jurisdiction(of region: String) -> Jurisdiction? { countries[region] }

    /// Those of all regions whose names begin so.
    func jurisdictions(ofRegionsBeginning prefix: String) -> JurisdictionSet {
        JurisdictionSet(countries.filter { $0.key.hasPrefix(prefix) }.values)
    }
}

extension CloudRegions {
    /// AWS General Reference, "AWS service endpoints", November 2026.
    static let aws = CloudRegions([
        "AE": "me-central-1", "AU": "ap-southeast-2 ap-southeast-4", "BH": "me-south-1", "BR": "sa-east-1",
        "CA": "ca-central-1 ca-west-1", "CH": "eu-central-2", "CN": "cn-north-1 cn-northwest-1",
        "DE": "eu-central-1 eusc-de-east-1", "ES": "eu-south-2", "FR": "eu-west-3", "GB": "eu-west-2",
        "HK": "ap-east-1", "ID": "ap-southeast-3", "IE": "eu-west-1", "IL": "il-central-1",
        "IN": "ap-south-1 ap-south-2", "IT": "eu-south-1", "JP": "ap-northeast-1 ap-northeast-3",
        "KR": "ap-northeast-2", "MX": "mx-central-1", "MY": "ap-southeast-5", "NZ": "ap-southeast-6",
        "SE": "eu-north-1", "SG": "ap-southeast-1", "TH": "ap-southeast-7", "TW": "ap-east-2",
        "US": "us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1", "ZA": "af-south-1",
    ])

    /// Google Cloud, "Global locations", November 2026. A multi-region is written as the countries that it may be.
    static let google = CloudRegions([
        "AU": "australia-southeast1 australia-southeast2", "BE": "europe-west1", "BR": "southamerica-east1",
        "CA": "northamerica-northeast1 northamerica-northeast2", "CH": "europe-west6", "CL": "southamerica-west1",
        "DE": "europe-west3 europe-west10", "ES": "europe-southwest1", "FI": "europe-north1", "FR": "europe-west9",
        "GB": "europe-west2", "HK": "asia-east2", "ID": "asia-southeast2", "IL": "me-west1",
        "IN": "asia-south1 asia-south2", "IT": "europe-west8 europe-west12", "JP": "asia-northeast1 asia-northeast2",
        "KR": "asia-northeast3", "MX": "northamerica-south1", "NL": "europe-west4", "PL": "europe-central2",
        "QA": "me-central1", "SA": "me-central2", "SE": "europe-north2", "SG": "asia-southeast1",
        "TH": "asia-southeast3", "TW": "asia-east1",
        "US": "us us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4",
        "ZA": "africa-south1",
    ])

    /// Microsoft, "Azure regions list", November 2026.
    static let azure = CloudRegions([
        "AE": "uaecentral uaenorth", "AT": "austriaeast",
        "AU": "australiacentral australiacentral2 australiaeast australiasoutheast", "BE": "belgiumcentral",
        "BR": "brazilsouth brazilsoutheast", "CA": "canadacentral canadaeast", "CH": "switzerlandnorth switzerlandwest",
        "CL": "chilecentral", "DE": "germanynorth germanywestcentral", "ES": "spaincentral",
        "FR": "francecentral francesouth", "GB": "uksouth ukwest", "HK": "eastasia", "ID": "indonesiacentral",
        "IE": "northeurope", "IL": "israelcentral", "IN": "centralindia southindia westindia", "IT": "italynorth",
        "JP": "japaneast japanwest", "KR": "koreacentral koreasouth", "MX": "mexicocentral", "MY": "malaysiawest",
        "NL": "westeurope", "NO": "norwayeast norwaywest", "NZ": "newzealandnorth", "PL": "polandcentral",
        "QA": "qatarcentral", "SE": "swedencentral swedensouth", "SG": "southeastasia",
        "US": "centralus eastus eastus2 northcentralus southcentralus westcentralus westus westus2 westus3",
        "ZA": "southafricanorth southafricawest",
    ])
}

extension Endpoint {
    /// What stands between two parts of the host's name; nil for a host of another form.
    func hostPart(between prefix: String, and suffix: String) -> String? {
        guard host.hasPrefix(prefix), host.hasSuffix(suffix), host.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        return String(host.dropFirst(prefix.count).dropLast(suffix.count))
    }
}
