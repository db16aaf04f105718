import Domain
import Testing

struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("2001:DB8::1", "2001:db8::1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"),
        ("0:0:0:0:0:0:0:1", "::1"), ("fe80:0000:0000:0000:0202:b3ff:fe1e:8329", "fe80::202:b3ff:fe1e:8329"),
    ])
    func `is read in every form and written in one`(text: String, written: String) {
        #expect(IPAddress(text)?.description == written)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "1.2.3.+4", "1..2.3",
        "٣.2.3.4",
        ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1:2:3:4:5:6:7:8", "12345::", "g::",
        "fe80::1%eth0",
        "[::1]", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::+1", "-1::",
    ])
    func `anything else is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `an address that stands for one of version 4 is that one`() {
        #expect(IPAddress("::ffff:192.0.2.1")?.unwrapped == IPAddress("192.0.2.1"))
        #expect(IPAddress("64:ff9b::192.0.2.1")?.unwrapped == IPAddress("192.0.2.1"))
        #expect(IPAddress("64:ff9b:1::192.0.2.1")?.unwrapped == IPAddress("64:ff9b:1::192.0.2.1"))
        #expect(IPAddress("::192.0.2.1")?.unwrapped == IPAddress("::192.0.2.1"))
        #expect(IPAddress("192.0.2.1")?.unwrapped == IPAddress("192.0.2.1"))
    }

    @Test(arguments: [
        "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "::1",
        "::",
        "fd00::1", "fe80::1",
    ])
    func `a local address is not public`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(IPPrefix.local.contains { $0.contains(address) })
    }

    @Test(arguments: ["172.32.0.1", "100.128.0.1", "11.0.0.1", "198.51.100.1", "2600:1f11::1", "::2"])
    func `any other is public`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!IPPrefix.local.contains { $0.contains(address) })
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
        ("3.96.0.0/15", "3.96.0.0", "3.97.255.255", "3.95.255.255", "3.98.0.0"),
        ("192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"),
        (
            "2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"
        ),
        ("2001:db8::1/128", "2001:db8::1", "2001:db8::1", "2001:db8::", "2001:db8::2"),
    ])
    func `a prefix holds its first and last address and not their neighbors`(
        prefix: String, first: String, last: String, before: String, after: String
    ) throws {
        let prefix = try #require(IPPrefix(prefix))
        for inside in [first, last] { #expect(try prefix.contains(#require(IPAddress(inside)))) }
        for outside in [before, after] { #expect(try !prefix.contains(#require(IPAddress(outside)))) }
    }

    @Test func `a prefix of no bits holds every address of its version and none of the other`() throws {
        let prefix = try #require(IPPrefix("0.0.0.0/0"))
        #expect(try prefix.contains(#require(IPAddress("255.255.255.255"))))
        #expect(try !prefix.contains(#require(IPAddress("::1"))))
        #expect(try #require(IPPrefix("::/0")).contains(try #require(IPAddress("::1"))))
    }

    @Test(arguments: [
        "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2.0", "2001:db8::1/64", "::/129", "/24",
        "192.0.2.0/+4", "192.0.2.0/24/1", "192.0.2/24",
    ])
    func `a prefix with bits behind its length, or with no length, is none`(text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test func `a prefix is written as it is read`() {
        for text in ["192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::/0"] {
            #expect(IPPrefix(text)?.description == text)
        }
    }
}
