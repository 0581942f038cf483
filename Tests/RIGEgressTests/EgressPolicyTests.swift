import RIGLinux
import RIGModel
import XCTest

@testable import RIGEgress

final class EgressPolicyTests: XCTestCase {
    private func policy(
        _ net: [String], _ secrets: [EgressSecret] = []
    ) throws -> EgressPolicy {
        try EgressPolicy(net: try net.map { try XCTUnwrap(NetTarget($0), $0) }, secrets: secrets)
    }

    private func secret(_ host: String, slot: String = "token") throws -> EgressSecret {
        EgressSecret(
            slot: slot, host: try XCTUnwrap(NetTarget(host)),
            placement: .header(name: "Authorization", prefix: "Bearer ", suffix: ""),
            value: "s3cr3t-value")
    }

    private func isPermitted(_ policy: EgressPolicy, _ host: String, _ port: UInt16) -> Bool {
        HostName(host).map { policy.permission(for: $0, port: port) != nil } ?? false
    }

    func testAWildcardStandsForWhatIsBeforeItsDotAndForNothingElse() throws {
        let policy = try policy(["*.example.com:443"])
        for host in ["api.example.com", "a.b.example.com", "API.EXAMPLE.COM", "x.example.com."] {
            XCTAssertTrue(isPermitted(policy, host, 443), host)
        }
        for host in [
            "example.com", "evilexample.com", "api.example.com.evil.org", "example.com.",
            ".example.com", "api.example.org", "api-example.com", "*.example.com", "127.0.0.1",
        ] { XCTAssertFalse(isPermitted(policy, host, 443), host) }
        XCTAssertFalse(isPermitted(policy, "api.example.com", 80))
    }

    func testAnExactNameIsItselfAtItsPort() throws {
        let policy = try policy(["api.example.com:443"])
        XCTAssertTrue(isPermitted(policy, "api.example.com", 443))
        for (host, port) in [
            ("api.example.com", 80), ("www.api.example.com", 443), ("example.com", 443),
            ("api.example.co", 443),
        ] as [(String, UInt16)] { XCTAssertFalse(isPermitted(policy, host, port), host) }
    }

    func testAPrivateAddressIsReachedOnlyWhenItIsGrantedWithItsPort() throws {
        let policy = try policy(["db.example.com:5432", "10.0.0.5:5432", "[fd00::5]:5432"])
        let inside = try XCTUnwrap(IPAddress("10.0.0.5"))
        XCTAssertTrue(policy.permits(inside, port: 5432))
        XCTAssertFalse(policy.permits(inside, port: 80))
        XCTAssertTrue(policy.permits(try XCTUnwrap(IPAddress("fd00::5")), port: 5432))
        for other in ["10.0.0.6", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.5", "::1"] {
            XCTAssertFalse(policy.permits(try XCTUnwrap(IPAddress(other)), port: 5432), other)
        }
        XCTAssertTrue(policy.permits(try XCTUnwrap(IPAddress("8.8.8.8")), port: 5432))
        XCTAssertTrue(isPermitted(policy, "10.0.0.5", 5432))
        XCTAssertTrue(isPermitted(policy, "[fd00::5]", 5432))
    }

    func testEveryNameHasAnAddressAndEveryPortAListener() throws {
        let policy = try policy([
            "a.example.com:443", "a.example.com:8443", "b.example.com:443",
        ])
        XCTAssertEqual(policy.hosts.map(\.name), ["a.example.com", "b.example.com"])
        XCTAssertEqual(policy.hosts.map(\.address), [0x7F01_0001, 0x7F01_0002])
        XCTAssertEqual(policy.listeners.map(\.address), [0x7F01_0001, 0x7F01_0001, 0x7F01_0002])
        XCTAssertEqual(policy.listeners.map(\.port), [443, 8443, 443])
        XCTAssertEqual(policy.roles.count, policy.listeners.count)
        XCTAssertEqual(policy.environment, [:], "names alone need no proxy")
    }

    func testWildcardsAndAddressesNeedTheProxy() throws {
        for net in [["*.example.com:443"], ["10.0.0.5:80"]] {
            let policy = try policy(net)
            XCTAssertEqual(policy.roles, [.proxy])
            XCTAssertEqual(policy.listeners.first?.address, 0x7F00_0001)
            XCTAssertEqual(policy.environment["HTTPS_PROXY"], "http://127.0.0.1:3128")
        }
    }

    func testPinnedNamesAreReachedWithoutTheProxyUnlessAWildcardLiesBelowOrAbove() throws {
        let net = ["api.example.com:443", "*.wild.org:443", "wild.org:443", "a.wild.org:443"]
        let policy = try policy(net)
        XCTAssertEqual(policy.environment["no_proxy"], "localhost,127.0.0.1,api.example.com")
    }

    func testAHostWithASecretIsServedAtPort80() throws {
        let upstream = try XCTUnwrap(NetTarget("api.example.com:443"))
        let policy = try policy(["api.example.com:443"], [try secret("api.example.com:443")])
        XCTAssertEqual(policy.roles, [.pinned(upstream), .secret(upstream: upstream)])
        XCTAssertEqual(policy.listeners.map(\.port), [443, 80])
        XCTAssertEqual(Set(policy.listeners.map(\.address)).count, 1)
        let name = try XCTUnwrap(HostName("api.example.com"))
        XCTAssertEqual(policy.permission(for: name, port: 80), .secret(upstream: upstream))
        XCTAssertEqual(policy.permission(for: name, port: 443), .tunnel)
    }

    func testGrantsThatContradictEachOtherAreRefused() throws {
        let token = try secret("api.example.com:443")
        XCTAssertThrowsError(try policy(["api.example.com:80"], [token])) {
            XCTAssertEqual($0 as? EgressPolicy.Fault, .portTaken(host: "api.example.com"))
        }
        XCTAssertThrowsError(try policy([], [token, try secret("api.example.com:8443")])) {
            XCTAssertEqual($0 as? EgressPolicy.Fault, .severalPorts(host: "api.example.com"))
        }
        XCTAssertThrowsError(try policy(["127.1:443"]))
        XCTAssertThrowsError(try policy(["localhost:443"]))
        XCTAssertThrowsError(try policy((0..<200).map { "h\($0).example.com:443" })) {
            XCTAssertEqual($0 as? EgressPolicy.Fault, .tooManyListeners)
        }
    }

    func testAValueThatWouldEndItsHeaderIsRefused() throws {
        let value = EgressSecret(
            slot: "key", host: try XCTUnwrap(NetTarget("a.example.com:443")),
            placement: .header(name: "X-Key", prefix: "", suffix: ""),
            value: "abc\r\nX-Evil: 1")
        XCTAssertThrowsError(try policy([], [value])) {
            XCTAssertEqual($0 as? EgressPolicy.Fault, .valueUnfit(slot: "key"))
        }
    }

    func testACapabilityIsCoveredByItsGrantOrAWiderOne() throws {
        func covers(_ granted: [String], _ asked: String) throws -> Bool {
            EgressPolicy.grants(
                try granted.map { try XCTUnwrap(NetTarget($0)) },
                cover: try XCTUnwrap(NetTarget(asked)))
        }
        XCTAssertTrue(try covers(["a.example.com:443"], "a.example.com:443"))
        XCTAssertTrue(try covers(["*.example.com:443"], "a.example.com:443"))
        XCTAssertTrue(try covers(["*.example.com:443"], "*.a.example.com:443"))
        XCTAssertTrue(try covers(["*.example.com:443"], "*.example.com:443"))
        XCTAssertFalse(try covers(["*.example.com:443"], "example.com:443"))
        XCTAssertFalse(try covers(["*.example.com:443"], "evilexample.com:443"))
        XCTAssertFalse(try covers(["*.example.com:443"], "a.example.com:80"))
        XCTAssertFalse(try covers(["a.example.com:443"], "*.example.com:443"))
        XCTAssertFalse(try covers(["*.a.example.com:443"], "*.example.com:443"))
    }
}
