import XCTest

@testable import RIGModel

final class NameTests: XCTestCase {
    func testToolNamesFollowTheContractsPattern() {
        let longest = "a" + String(repeating: "b", count: 47)
        for good in ["x", "Say", "say-it_2", longest] {
            XCTAssertTrue(ToolName.isValid(good), good)
        }
        for bad in ["", "2x", "_x", "-x", "a.b", "a b", "säge", "say\n", "a\0", longest + "b"] {
            XCTAssertFalse(ToolName.isValid(bad), bad)
        }
    }

    func testNamespacesAreLowerCaseAndShort() {
        let longest = "a" + String(repeating: "b", count: 31)
        for good in ["fs", "my_echo-2", longest] { XCTAssertTrue(Namespace.isValid(good), good) }
        for bad in ["", "Fs", "fS", "2fs", "a.b", "é", longest + "b"] {
            XCTAssertFalse(Namespace.isValid(bad), bad)
        }
    }

    func testAQualifiedNameReadsBackToItsParts() throws {
        let name = try XCTUnwrap(QualifiedName("my-echo.Say_it"))
        XCTAssertEqual(name.namespace.text, "my-echo")
        XCTAssertEqual(name.tool.text, "Say_it")
        XCTAssertEqual(name.text, "my-echo.Say_it")
        XCTAssertEqual(QualifiedName(name.namespace, name.tool), name)
    }

    func testAQualifiedNameHasExactlyOneDotBetweenTwoGoodNames() {
        for bad in ["", ".", "a", "a.", ".b", "a.b.c", "A.b", "a.2", "a b.c", "a..b"] {
            XCTAssertNil(QualifiedName(bad), bad)
        }
    }

    func testShortNamesOfPacksFollowTheirIndexsNaming() {
        let cases: [(String, PackSource, String?)] = [
            ("rig-pack-echo", .pip, "echo"), ("RIG_Pack.Echo", .pip, "echo"),
            ("rig-pack-web-search", .pip, "web-search"), ("echo", .pip, nil),
            ("rig-pack-", .pip, nil), ("@rig/pack-echo", .pip, nil),
            ("@rig/pack-fs", .npm, "fs"), ("@acme/pack-fs", .npm, "fs"),
            ("rig-pack-fs", .npm, "fs"), ("@acme/rig-pack-fs", .npm, "fs"),
            ("@acme/fs", .npm, nil), ("@/pack-fs", .npm, nil), ("@a/b/pack-fs", .npm, nil),
            ("pack-fs", .npm, nil), ("@rig/pack-", .npm, nil), ("Rig-Pack-fs", .npm, nil),
            ("rig-pack-echo", .path, "echo"), ("@rig/pack-echo", .path, "echo"),
        ]
        for (name, source, short) in cases {
            XCTAssertEqual(PackName.short(of: name, source: source), short, "\(source) \(name)")
        }
    }

    func testPackageNamesThatCouldBePathsOrOptionsAreRefused() {
        for good in ["a", "rig-pack-echo", "@rig/pack-echo", "a.b_c-9"] {
            XCTAssertTrue(PackName.isValid(good), good)
        }
        for bad in [
            "", "-r", "../a", "a/b", "@a", "@a/", "@/b", "@a/b/c", ".a", "a b", "a\n", "é",
            String(repeating: "a", count: 215),
        ] {
            XCTAssertFalse(PackName.isValid(bad), bad)
        }
    }

    func testNetTargetsHaveAHostAndAPort() {
        XCTAssertEqual(NetTarget("API.github.com:443")?.host, "api.github.com")
        XCTAssertEqual(NetTarget("api.github.com:443")?.port, 443)
        XCTAssertEqual(NetTarget("[2001:DB8::1]:8443")?.description, "[2001:db8::1]:8443")
        XCTAssertEqual(NetTarget("*.example.com:443")?.host, "*.example.com")
        for bad in [
            "", "a", ":443", "a:", "a:0", "a:0443", "a:65536", "a:+1", "a:b", "a b:1", "-a:1",
            "a-:1", "a..b:1", ".a:1", "*:443", "*.com:443", "a.*.com:443", "::1:443", "[a]:1",
            "[::1:443", "http://a:80", "a:1/x", "a:٣",
        ] {
            XCTAssertNil(NetTarget(bad), bad)
        }
    }
}
