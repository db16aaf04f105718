import Domain
import Testing

@testable import Upstream

struct RefusedFileTests {
    struct Case: Sendable {
        let publisher: AddressPublisher
        let text: String
        let place: String
        let problem: String
    }

    @Test(arguments: awsCases + googleCases + azureCases + oracleCases)
    func `a broken file is refused whole, and the error says where`(refused: Case) throws {
        let error = #expect(throws: AddressCatalogError.self) {
            try AddressCatalog(refused.text, of: refused.publisher)
        }
        #expect(error?.publisher == refused.publisher)
        #expect(error?.place == refused.place)
        #expect(error?.problem == refused.problem)
    }

    @Test(arguments: AddressPublisher.allCases)
    func `bytes that aren't a JSON object are refused for every publisher`(publisher: AddressPublisher) {
        for text in ["", "{", "[]", "null", "{}", "{\"prefixes\": 1, \"prefixes\": 2}", "<html>"] {
            #expect(throws: AddressCatalogError.self) { try AddressCatalog(text, of: publisher) }
        }
        #expect(throws: AddressCatalogError.self) { try AddressCatalog(reading: [0x7B, 0xFF, 0x7D], of: publisher) }
    }

    @Test func `an error quotes nothing of the file`() {
        let intruder = String(repeating: #"\u001b[2J"#, count: 10_000)
        let text = RangeFiles.aws([("192.0.2.0/24", "ca-central-1"), (intruder, intruder)])
        let error = #expect(throws: AddressCatalogError.self) { try AddressCatalog(text, of: .aws) }
        #expect(
            error?.description == """
                the addresses that aws publishes can't be used: prefixes[1].ip_prefix isn't a prefix such as \
                192.0.2.0/24 or 2001:db8::/32
                """)
    }

    @Test func `a file with more prefixes than the limit is refused`() throws {
        let node = try RangeNode(parsing: Array(#"{"a": 1}"#.utf8), of: .aws)
        var listing = PrefixListing(version: "1", publishedAt: nil, limit: 1)
        let prefix = try #require(IPPrefix("192.0.2.0/24"))
        try listing.add(prefix, .everywhere, from: node)
        #expect(throws: node.error("is one prefix more than the 1 that are read")) {
            try listing.add(prefix, .everywhere, from: node)
        }
    }
}

private let notAPrefix = "isn't a prefix such as 192.0.2.0/24 or 2001:db8::/32"
private let notAName = "isn't a region's name: 1 to 64 letters, digits and hyphens"

private func aws(_ text: String, _ place: String, _ problem: String) -> RefusedFileTests.Case {
    RefusedFileTests.Case(publisher: .aws, text: text, place: place, problem: problem)
}

private func google(_ entries: String, _ place: String, _ problem: String) -> RefusedFileTests.Case {
    RefusedFileTests.Case(publisher: .google, text: RangeFiles.google(entries), place: place, problem: problem)
}

private func azure(_ text: String, _ place: String, _ problem: String) -> RefusedFileTests.Case {
    RefusedFileTests.Case(publisher: .azure, text: text, place: place, problem: problem)
}

private func oracle(_ text: String, _ place: String, _ problem: String) -> RefusedFileTests.Case {
    RefusedFileTests.Case(publisher: .oracle, text: text, place: place, problem: problem)
}

private let awsCases = [
    aws(RangeFiles.aws([]), "prefixes", "is empty"),
    aws(#"{"syncToken": "1", "prefixes": {}}"#, "prefixes", "isn't a list"),
    aws(#"{"syncToken": "1"}"#, "", "has no member 'prefixes'"),
    aws(#"{"prefixes": []}"#, "", "has no member 'syncToken'"),
    aws(#"{"syncToken": 1, "prefixes": []}"#, "syncToken", "isn't a text"),
    aws(#"{"syncToken": "99999999999999"}"#, "syncToken", "isn't a number of at most 11 digits, as a text"),
    aws(#"{"syncToken": "-1"}"#, "syncToken", "isn't a number of at most 11 digits, as a text"),
    aws(#"{"syncToken": "1", "prefixes": [7]}"#, "prefixes[0]", "isn't an object"),
    aws(#"{"syncToken": "1", "prefixes": [{}]}"#, "prefixes[0]", "has no member 'ip_prefix'"),
    aws(
        #"{"syncToken": "1", "prefixes": [{"ip_prefix": "192.0.2.0/24", "region": "us-east-1"}]}"#, "prefixes[0]",
        "has no member 'network_border_group'"),
    aws(
        RangeFiles.aws([("192.0.2.0/24", "us-east-1"), ("2001:db8::/32", "us-east-1")]), "prefixes[1].ip_prefix",
        "isn't of IP version 4, as all that stand there are"),
    aws(
        RangeFiles.aws([("192.0.2.0/24", "us-east-1")], v6: [("192.0.2.0/24", "us-east-1")]),
        "ipv6_prefixes[0].ipv6_prefix", "isn't of IP version 6, as all that stand there are"),
    aws(
        RangeFiles.aws([("192.0.2.1/24", "us-east-1")]), "prefixes[0].ip_prefix",
        "has bits set behind its length of 24"),
    aws(RangeFiles.aws([("192.0.2.0", "us-east-1")]), "prefixes[0].ip_prefix", notAPrefix),
    aws(RangeFiles.aws([("192.0.2.0/33", "us-east-1")]), "prefixes[0].ip_prefix", notAPrefix),
    aws(RangeFiles.aws([("192.0.2.0/24", "")]), "prefixes[0].region", notAName),
    aws(RangeFiles.aws([("192.0.2.0/24", "us east")]), "prefixes[0].region", notAName),
    aws(
        RangeFiles.aws([("192.0.2.0/24", String(repeating: "a", count: 65))]), "prefixes[0].region", notAName),
]

private let googleCases = [
    google("", "prefixes", "is empty"),
    google(
        #"{"scope": "us-east1"}"#, "prefixes[0]", "doesn't have one of the members 'ipv4Prefix' and 'ipv6Prefix'"),
    google(
        #"{"ipv4Prefix": "192.0.2.0/24", "ipv6Prefix": "2001:db8::/32"}"#, "prefixes[0]",
        "doesn't have one of the members 'ipv4Prefix' and 'ipv6Prefix'"),
    google(
        #"{"ipv4Prefix": "2001:db8::/32"}"#, "prefixes[0].ipv4Prefix",
        "isn't of IP version 4, as all that stand there are"),
    google(#"{"ipv4Prefix": "192.0.2.0/24", "scope": null}"#, "prefixes[0].scope", "isn't a text"),
    google(
        #"{"ipv6Prefix": "2001:db8::1/32"}"#, "prefixes[0].ipv6Prefix", "has bits set behind its length of 32"),
]

private let azureCases = [
    azure(RangeFiles.azure([]), "values", "is empty"),
    azure(#"{"changeNumber": 1.5, "values": []}"#, "changeNumber", "isn't a whole number"),
    azure(
        RangeFiles.azure([("AzureCloud.canadaeast", "canadaeast", [])]), "values[0].properties.addressPrefixes",
        "is empty"),
    azure(
        RangeFiles.azure([("AzureCloud.canadaeast", "canadaeast", ["192.0.2.0/24", "192.0.2.0/23x"])]),
        "values[0].properties.addressPrefixes[1]", notAPrefix),
    azure(
        RangeFiles.azure([("AzureCloud.canadaeast", "canada/east", ["192.0.2.0/24"])]),
        "values[0].properties.region", notAName),
    azure(#"{"changeNumber": 1, "values": [{"name": "AzureCloud"}]}"#, "values[0]", "has no member 'properties'"),
]

private let oracleCases = [
    oracle(RangeFiles.oracle(""), "regions", "is empty"),
    oracle(
        RangeFiles.oracle("", updated: "yesterday"), "last_updated_timestamp",
        "isn't a time such as 2026-11-22T08:16:31.204985"),
    oracle(
        RangeFiles.oracle("", updated: "2026-02-30T08:16:31"), "last_updated_timestamp",
        "isn't a time such as 2026-11-22T08:16:31.204985"),
    oracle(
        RangeFiles.oracle(#"{"region": "ca-montreal-1", "cidrs": []}"#), "regions[0].cidrs", "is empty"),
    oracle(
        RangeFiles.oracle(#"{"region": "ca-montreal-1", "cidrs": [{"cidr": "192.0.2.9/29"}]}"#),
        "regions[0].cidrs[0].cidr", "has bits set behind its length of 29"),
]
