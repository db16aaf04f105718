import Domain
import Testing
import Upstream

struct PublisherFileTests {
    @Test func `AWS's file says when it was published, and its token is its version`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.aws([("192.0.2.0/24", "ca-central-1")], v6: [("2001:db8::/32", "ca-west-1")]), of: .aws)
        #expect(catalog.publisher == .aws)
        #expect(catalog.version == "1795335391")
        #expect(catalog.publishedAt?.description == "2026-11-22T08:16:31.000000Z")
        #expect(catalog.count == 2)
        #expect(try catalog.owner(of: "2001:db8::1") == .region("ca-west-1", "2001:db8::/32"))
    }

    @Test func `Google's cloud file has scopes, and the token counts milliseconds`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.google(
                """
                {"ipv4Prefix": "192.0.2.0/24", "service": "Google Cloud", "scope": "northamerica-northeast1"},
                {"ipv6Prefix": "2001:db8::/44", "service": "Google Cloud", "scope": "northamerica-northeast2"},
                {"ipv4Prefix": "198.51.100.0/24", "service": "Google Cloud", "scope": "global"}
                """), of: .google)
        #expect(catalog.version == "1795335391000")
        #expect(catalog.publishedAt?.description == "2026-11-22T08:16:31.000000Z")
        #expect(catalog.count == 3)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("northamerica-northeast1", "192.0.2.0/24"))
        #expect(try catalog.owner(of: "2001:db8::1") == .region("northamerica-northeast2", "2001:db8::/44"))
        #expect(try catalog.owner(of: "198.51.100.1") == .everywhere("198.51.100.0/24"))
    }

    @Test func `Google's other file proves no region`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.google(#"{"ipv4Prefix": "192.0.2.0/24"}, {"ipv6Prefix": "2001:db8::/32"}"#), of: .google)
        #expect(try catalog.owner(of: "192.0.2.1") == .everywhere("192.0.2.0/24"))
        #expect(try catalog.owner(of: "2001:db8::1") == .everywhere("2001:db8::/32"))
    }

    @Test(arguments: [
        ("199.36.153.10", "199.36.153.8/30"), ("199.36.153.4", "199.36.153.4/30"),
        ("2600:2d00:2:2000::1", "2600:2d00:2:2000::/56"), ("2600:2d00:2:1000::1", "2600:2d00:2:1000::/56"),
    ])
    func `private access to Google proves no region, though the file doesn't list it`(
        address: String, prefix: String
    ) throws {
        let text = #"{"ipv4Prefix": "199.36.0.0/16", "scope": "us-east1"}, {"ipv6Prefix": "::/0", "scope": "us-east1"}"#
        let catalog = try AddressCatalog(RangeFiles.google(text), of: .google)
        #expect(try catalog.owner(of: address) == .everywhere(prefix))
        #expect(catalog.count == 2)
    }

    @Test func `Azure's file lists both versions under one tag, and no time`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.azure([("AzureCloud.canadaeast", "canadaeast", ["192.0.2.0/24", "2001:db8::/47"])]), of: .azure)
        #expect(catalog.version == "345")
        #expect(catalog.publishedAt == nil)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("canadaeast", "192.0.2.0/24"))
        #expect(try catalog.owner(of: "2001:db8::1") == .region("canadaeast", "2001:db8::/47"))
    }

    @Test func `Front Door's addresses prove no region, in whichever region's prefix they lie`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.azure([
                ("AzureCloud.canadaeast", "canadaeast", ["192.0.2.0/24"]),
                ("AzureFrontDoor.Frontend", "", ["192.0.2.8/29", "198.51.100.0/24"]),
            ]), of: .azure)
        #expect(try catalog.owner(of: "192.0.2.9") == .everywhere("192.0.2.8/29"))
        #expect(try catalog.owner(of: "192.0.2.16") == .region("canadaeast", "192.0.2.0/24"))
        #expect(try catalog.owner(of: "198.51.100.1") == .everywhere("198.51.100.0/24"))
    }

    @Test func `an Azure tag that isn't broken down by region takes nothing from the tags that are`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.azure([
                ("AzureCloud", "", ["192.0.2.0/24", "198.51.100.0/24"]),
                ("CognitiveServicesFrontend", "", ["192.0.2.16/28", "198.51.100.16/28"]),
                ("AzureCloud.canadacentral", "canadacentral", ["192.0.2.0/24"]),
                ("Storage.CanadaEast", "canadaeast", ["198.51.100.128/25"]),
            ]), of: .azure)
        #expect(try catalog.owner(of: "192.0.2.17") == .region("canadacentral", "192.0.2.0/24"))
        #expect(try catalog.owner(of: "198.51.100.1") == .everywhere("198.51.100.0/24"))
        #expect(try catalog.owner(of: "198.51.100.17") == .everywhere("198.51.100.16/28"))
        #expect(try catalog.owner(of: "198.51.100.200") == .region("canadaeast", "198.51.100.128/25"))
    }

    @Test func `Azure's short names of regions are read as the usual ones`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.azure([("AzureCloud.centralfrance", "centralfrance", ["192.0.2.0/24"])]), of: .azure)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("francecentral", "192.0.2.0/24"))
    }

    @Test func `Oracle's file is read by region`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.oracle(
                """
                {"region": "ca-montreal-1", "cidrs": [{"cidr": "192.0.2.0/24", "tags": ["OCI"]}]},
                {"region": "ca-toronto-1", "cidrs": [{"cidr": "198.51.100.0/24", "tags": ["OSN", "OBJECT_STORAGE"]}]}
                """), of: .oracle)
        #expect(catalog.version == "2026-11-22T08:16:31.204985")
        #expect(catalog.publishedAt?.description == "2026-11-22T08:16:31.204985Z")
        #expect(try catalog.owner(of: "192.0.2.1") == .region("ca-montreal-1", "192.0.2.0/24"))
        #expect(try catalog.owner(of: "198.51.100.1") == .region("ca-toronto-1", "198.51.100.0/24"))
    }

    @Test func `members that nobody knows are no reason to refuse a file`() throws {
        let catalog = try AddressCatalog(
            RangeFiles.google(#"{"ipv4Prefix": "192.0.2.0/24", "scope": "us-east1", "new": {"a": [1, null]}}"#),
            of: .google)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("us-east1", "192.0.2.0/24"))
    }

    @Test func `a repeated entry counts once`() throws {
        let entry = #"{"ipv4Prefix": "192.0.2.0/24", "scope": "us-east1"}"#
        let catalog = try AddressCatalog(RangeFiles.google("\(entry), \(entry)"), of: .google)
        #expect(catalog.count == 1)
    }
}
