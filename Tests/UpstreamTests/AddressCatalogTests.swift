import Domain
import Testing
import Upstream

struct AddressCatalogTests {
    @Test func `an address in one region's prefix is that region's`() throws {
        let catalog = try AddressCatalog(RangeFiles.aws([("192.0.2.0/24", "ca-central-1")]), of: .aws)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("ca-central-1", "192.0.2.0/24"))
        #expect(try catalog.owner(of: "198.51.100.1") == .nobody)
    }

    @Test func `the longer of two prefixes decides, and the shorter goes on behind it`() throws {
        let text = RangeFiles.aws([("198.18.0.0/15", "us-east-1"), ("198.18.7.0/24", "ca-central-1")])
        let catalog = try AddressCatalog(text, of: .aws)
        #expect(try catalog.owner(of: "198.18.6.255") == .region("us-east-1", "198.18.0.0/15"))
        #expect(try catalog.owner(of: "198.18.7.0") == .region("ca-central-1", "198.18.7.0/24"))
        #expect(try catalog.owner(of: "198.18.7.255") == .region("ca-central-1", "198.18.7.0/24"))
        #expect(try catalog.owner(of: "198.18.8.0") == .region("us-east-1", "198.18.0.0/15"))
    }

    @Test func `a prefix that is listed for two services of a region is one prefix`() throws {
        let catalog = try AddressCatalog(
            """
            {"syncToken": "1795335391",
             "prefixes": [\(RangeFiles.awsEntry("ip_prefix", "192.0.2.0/24", "ca-central-1")),
                          \(RangeFiles.awsEntry("ip_prefix", "192.0.2.0/24", "ca-central-1", service: "EC2"))],
             "ipv6_prefixes": [\(RangeFiles.awsEntry("ipv6_prefix", "2001:db8::/32", "ca-central-1"))]}
            """, of: .aws)
        #expect(catalog.count == 2)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("ca-central-1", "192.0.2.0/24"))
    }

    @Test func `a prefix that is listed for two regions is neither's, unless a longer one decides`() throws {
        let text = RangeFiles.aws([
            ("192.0.2.0/24", "us-east-1"), ("192.0.2.0/24", "ca-central-1"), ("192.0.2.128/25", "ca-west-1"),
        ])
        let catalog = try AddressCatalog(text, of: .aws)
        #expect(try catalog.owner(of: "192.0.2.1") == .disputed(["ca-central-1", "us-east-1"], "192.0.2.0/24"))
        #expect(try catalog.owner(of: "192.0.2.200") == .region("ca-west-1", "192.0.2.128/25"))
    }

    @Test func `what is listed as global proves no region, even where a region lists it too`() throws {
        let text = RangeFiles.aws([
            ("192.0.2.0/24", "GLOBAL"), ("198.51.100.0/24", "GLOBAL"), ("198.51.100.0/24", "us-east-1"),
        ])
        let catalog = try AddressCatalog(text, of: .aws)
        #expect(try catalog.owner(of: "192.0.2.1") == .everywhere("192.0.2.0/24"))
        #expect(try catalog.owner(of: "198.51.100.1") == .everywhere("198.51.100.0/24"))
    }

    @Test func `a local zone is not its region`() throws {
        let zone = RangeFiles.awsEntry("ip_prefix", "192.0.2.0/24", "us-west-2", group: "us-west-2-lax-1")
        let catalog = try AddressCatalog(
            """
            {"syncToken": "1", "prefixes": [\(zone)],
             "ipv6_prefixes": [\(RangeFiles.awsEntry("ipv6_prefix", "2001:db8::/32", "us-west-2"))]}
            """, of: .aws)
        #expect(try catalog.owner(of: "192.0.2.1") == .region("us-west-2-lax-1", "192.0.2.0/24"))
    }

    @Test func `an address of version 6 that stands for one of version 4 is looked up as that one`() throws {
        let text = RangeFiles.aws([("192.0.2.0/24", "ca-central-1")], v6: [("::/0", "us-east-1")])
        let catalog = try AddressCatalog(text, of: .aws)
        for address in ["::ffff:192.0.2.1", "64:ff9b::192.0.2.1"] {
            #expect(try catalog.owner(of: address) == .region("ca-central-1", "192.0.2.0/24"))
        }
        #expect(try catalog.owner(of: "::192.0.2.1") == .region("us-east-1", "::/0"))
    }

    @Test func `the shortest and the longest prefixes hold exactly their addresses`() throws {
        let text = RangeFiles.aws(
            [("0.0.0.0/0", "a"), ("0.0.0.0/32", "b"), ("255.255.255.255/32", "c")],
            v6: [
                ("::/0", "d"), ("2001:db8::/32", "e"), ("2001:db8::7/128", "f"),
                ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "g"),
            ])
        let catalog = try AddressCatalog(text, of: .aws)
        #expect(try catalog.owner(of: "0.0.0.0") == .region("b", "0.0.0.0/32"))
        #expect(try catalog.owner(of: "0.0.0.1") == .region("a", "0.0.0.0/0"))
        #expect(try catalog.owner(of: "255.255.255.254") == .region("a", "0.0.0.0/0"))
        #expect(try catalog.owner(of: "255.255.255.255") == .region("c", "255.255.255.255/32"))
        #expect(try catalog.owner(of: "2001:db8::6") == .region("e", "2001:db8::/32"))
        #expect(try catalog.owner(of: "2001:db8::7") == .region("f", "2001:db8::7/128"))
        #expect(try catalog.owner(of: "2001:db8::8") == .region("e", "2001:db8::/32"))
        #expect(try catalog.owner(of: "2001:db9::") == .region("d", "::/0"))
        let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        #expect(try catalog.owner(of: last) == .region("g", "\(last)/128"))
    }

    @Test func `neighbors of one region and length keep their own prefixes`() throws {
        let text = RangeFiles.aws([("192.0.2.0/25", "ca-central-1"), ("192.0.2.128/25", "ca-central-1")])
        let catalog = try AddressCatalog(text, of: .aws)
        #expect(try catalog.owner(of: "192.0.2.127") == .region("ca-central-1", "192.0.2.0/25"))
        #expect(try catalog.owner(of: "192.0.2.128") == .region("ca-central-1", "192.0.2.128/25"))
    }
}
