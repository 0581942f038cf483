import RIGLinux
import XCTest

@testable import RIGEgress

final class AddressKindTests: XCTestCase {
    func testEveryRangeThatIsNotGlobalIsNamed() throws {
        let table: [(String, AddressKind)] = [
            ("0.0.0.0", .unspecified), ("0.1.2.3", .thisNetwork), ("10.0.0.1", .privateUse),
            ("10.255.255.255", .privateUse), ("172.15.255.255", .global),
            ("172.16.0.0", .privateUse), ("172.31.255.255", .privateUse), ("172.32.0.0", .global),
            ("192.168.0.1", .privateUse), ("192.169.0.0", .global), ("100.63.255.255", .global),
            ("100.64.0.0", .shared), ("100.127.255.255", .shared), ("100.128.0.0", .global),
            ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("128.0.0.1", .global),
            ("169.254.0.1", .linkLocal), ("169.254.169.254", .metadata),
            ("169.254.170.2", .metadata), ("168.63.129.16", .metadata),
            ("100.100.100.200", .metadata), ("192.0.0.192", .metadata),
            ("192.0.0.1", .protocolAssignment), ("192.0.2.1", .documentation),
            ("198.51.100.9", .documentation), ("203.0.113.9", .documentation),
            ("198.17.255.255", .global), ("198.18.0.1", .benchmarking),
            ("198.19.255.255", .benchmarking), ("198.20.0.0", .global), ("192.88.99.1", .relay),
            ("223.255.255.255", .global), ("224.0.0.1", .multicast),
            ("239.255.255.250", .multicast), ("240.0.0.1", .reserved),
            ("255.255.255.255", .broadcast), ("8.8.8.8", .global), ("1.1.1.1", .global),
            ("::", .unspecified), ("::1", .loopback), ("::7f00:1", .embedded),
            ("::127.0.0.1", .embedded), ("::ffff:127.0.0.1", .embedded),
            ("::ffff:8.8.8.8", .embedded), ("::FFFF:a9fe:a9fe", .embedded),
            ("0:0:0:0:0:ffff:10.0.0.1", .embedded), ("::ffff:0:127.0.0.1", .embedded),
            ("64:ff9b::7f00:1", .embedded), ("64:ff9b::8.8.8.8", .embedded),
            ("64:ff9b:1::1", .embedded), ("64:ff9c::1", .reserved), ("100::1", .reserved),
            ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .siteLocal),
            ("fc00::1", .uniqueLocal), ("fdff::1", .uniqueLocal),
            ("fd00:ec2::254", .metadata), ("fd20:ce::254", .metadata), ("ff02::1", .multicast),
            ("2001::1", .tunnelled), ("2001:0:7f00:1::", .tunnelled), ("2002:7f00:1::", .tunnelled),
            ("2001:2::1", .protocolAssignment), ("2001:1ff::1", .protocolAssignment),
            ("2001:200::1", .global), ("2001:db8::1", .documentation),
            ("3fff::1", .documentation), ("3fff:1000::", .global),
            ("2606:4700:4700::1111", .global), ("2a00:1450:4001::200e", .global),
            ("4000::1", .reserved), ("1fff::1", .reserved),
        ]
        for (text, kind) in table {
            let address = try XCTUnwrap(IPAddress(text), text)
            XCTAssertEqual(AddressKind.of(address), kind, text)
        }
    }

    func testOnlyCanonicalSpellingsAreAddresses() {
        let others = [
            "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
            "127.0.0.01", "127.0.0.1.", "127.0.0.256", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1\0",
            "１２７.0.0.1", "[::1]", "::1%lo", "fe80::1%1", "", "1.2.3", "0127.0.0.1", "127。0。0。1",
        ]
        for text in others { XCTAssertNil(IPAddress(text), text) }
    }

    func testAnAddressIsWrittenAsItIsRead() throws {
        for text in ["127.0.0.1", "8.8.4.4", "::1", "2001:db8::ff00:42:8329", "::"] {
            XCTAssertEqual(try XCTUnwrap(IPAddress(text)).description, text)
        }
    }

    func testWhatResolversTakeForAddressesIsNoName() {
        let refused = [
            "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01",
            "1.2.3.4.5", "api.example.0x1", "256.256.256.256", "", ".", "a..b", ".example.com",
            "-a.example.com", "a-.example.com", "exa mple.com", "ex\u{0}ample.com",
            "[127.0.0.1]", "[::1", "é.example.com", "a%2eb.com", "user@example.com",
            String(repeating: "a", count: 64) + ".com", "example.com..",
        ]
        for text in refused { XCTAssertNil(HostName(text), text) }
        XCTAssertEqual(HostName("API.Example.com."), .name("api.example.com"))
        XCTAssertEqual(HostName("127.0.0.1")?.text, "127.0.0.1")
        XCTAssertEqual(HostName("[::1]")?.text, "::1")
        XCTAssertEqual(HostName("xn--e1afmkfd.example"), .name("xn--e1afmkfd.example"))
    }
}
