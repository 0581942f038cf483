import Foundation
import RIGConfig
import RIGModel
import XCTest

final class ConfigTests: XCTestCase {
    private func full() throws -> Config {
        let fixture = try ConfigFixtures.all("valid").first { $0.name.hasSuffix("/full.yaml") }
        return try Config.parse(try XCTUnwrap(fixture).bytes, file: "/etc/rig/rig.yaml")
    }

    func testFullExampleIsReadToItsTypes() throws {
        let config = try full()
        let pack = config.packs[0]
        XCTAssertEqual(pack.source, .npm)
        XCTAssertEqual(pack.name, "@rig/pack-fs")
        XCTAssertEqual(pack.version, "1.0.0")
        XCTAssertEqual(pack.namespace?.text, "fs")
        XCTAssertEqual(pack.tools?.map(\.text), ["read", "list", "stat"])
        XCTAssertEqual(
            pack.grants.net.map(\.description),
            ["api.github.com:443", "*.example.com:8443", "192.0.2.7:80", "[2001:db8::1]:443"])
        XCTAssertEqual(pack.grants.workspace?.path, "/etc/rig/work")
        XCTAssertEqual(pack.grants.data, .rw)
        XCTAssertEqual(pack.grants.environment, ["LANG": "C.UTF-8"])
        XCTAssertEqual(pack.limits.memoryBytesMax, 512 << 20)
        XCTAssertEqual(config.packs[1].isolation, .perCall)
        XCTAssertEqual(config.packs[1].namespace?.text, "mail")
        XCTAssertTrue(config.packs[1].isNative)
        XCTAssertFalse(config.packs[1].allowsJIT)
        XCTAssertEqual(config.packs[2].path, "/etc/rig/packs/echo")
        XCTAssertEqual(config.runners.python.address, .unix(path: "/run/rig/python.sock"))
        XCTAssertFalse(config.runners.python.isEnabled)
        XCTAssertEqual(config.policy.rules.map(\.id), ["small-refunds", "careful", "never"])
        XCTAssertEqual(config.policy.rules[0].when?["properties"]?["amount"]?["maximum"], 1000)
        XCTAssertEqual(config.policy.rules[1].risk, .money)
        XCTAssertEqual(config.policy.rules[1].limit?.perMilliseconds, 3_600_000)
        XCTAssertEqual(config.policy.rules[1].tool, "*")
        XCTAssertEqual(config.policy.rateLimits[0].window.calls, 600)
        XCTAssertEqual(config.update.cooldownMilliseconds, 0)
        XCTAssertEqual(config.update.mode, .off)
        XCTAssertEqual(config.update.onEvent, .webhook("https://hooks.example.com/rig"))
        XCTAssertEqual(config.audit.durability(of: .read), .batched)
        XCTAssertEqual(config.audit.durability(of: .write), .strict)
        XCTAssertEqual(
            config.audit.sinks,
            [.jsonl(path: "/etc/rig/audit.jsonl"), .syslog(path: "/dev/log")])
        XCTAssertEqual(config.server.listen?.description, "127.0.0.1:8741")
        XCTAssertEqual(config.server.socketPath, "/etc/rig/.rig/rig.sock")
        XCTAssertEqual(config.tokens[0].tenants, ["acme", "acme-*"])
    }

    func testSecretsAreReadToSourceAndDelivery() throws {
        let secrets = try full().packs[0].grants.secrets
        XCTAssertEqual(
            secrets.map(\.slot), ["github_token", "by_query", "by_context", "by_variable"])
        XCTAssertEqual(secrets[0].source, .environment(name: "GITHUB_TOKEN"))
        guard case .egress(let host, let placement) = secrets[0].delivery else {
            return XCTFail("\(secrets[0])")
        }
        XCTAssertEqual(host.description, "api.github.com:443")
        XCTAssertEqual(
            placement, .header(name: "Authorization", prefix: "Bearer ", suffix: ""))
        XCTAssertEqual(secrets[1].source, .file(path: "/etc/rig/secret.txt"))
        guard case .egress(let other, .query(name: "key")?) = secrets[1].delivery else {
            return XCTFail("\(secrets[1])")
        }
        XCTAssertEqual(other.port, 8443)
        XCTAssertEqual(secrets[2].source, .command("pass show x"))
        XCTAssertEqual(secrets[2].delivery, .context)
        XCTAssertEqual(secrets[3].delivery, .environment(name: "OTHER_KEY"))
    }

    func testEveryFaultIsToldAtOnceInTheOrderOfTheText() {
        let errors = ConfigFixtures.errors(
            """
            version: 1
            pakcs: []
            sandbox: {level: stric}
            server:
              listen: "example.com:80"
              sokcet: x
            """)
        XCTAssertEqual(
            errors.map(\.place),
            [
                "/etc/rig/rig.yaml:2:1", "/etc/rig/rig.yaml:3:18", "/etc/rig/rig.yaml:5:11",
                "/etc/rig/rig.yaml:6:3",
            ])
        XCTAssertEqual(
            errors.map(\.what), ["pakcs", "sandbox.level", "server.listen", "server.sokcet"])
        XCTAssertEqual(errors[0].hint, "did you mean 'packs'?")
        XCTAssertEqual(errors[1].hint, "did you mean 'strict'?")
        XCTAssertEqual(errors[3].hint, "did you mean 'socket'?")
    }

    func testFaultsAreCutAtALimitAndSaySo() {
        let lines = (0..<100).map { "key\($0): 1" }.joined(separator: "\n")
        XCTAssertThrowsError(try ConfigFixtures.load("version: 1\n" + lines)) {
            let errors = $0 as? ConfigErrors
            XCTAssertEqual(errors?.errors.count, ConfigErrors.countMax)
            XCTAssertEqual(errors?.isTruncated, true)
            XCTAssertEqual(errors?.first.line, 2)
        }
    }

    func testUnquotedVersionSaysToQuoteIt() {
        let errors = ConfigFixtures.errors(
            "version: 1\npacks:\n  - pip: rig-pack-a\n    version: 1.0\n")
        XCTAssertEqual(errors.count, 1)
        XCTAssertEqual(errors[0].what, "packs[0].version")
        XCTAssertEqual(errors[0].line, 4)
        XCTAssertEqual(errors[0].hint, "put it in quotes to make it a string")
    }

    func testYAMLFaultsCarryPlaceAndHint() {
        let errors = ConfigFixtures.errors("version: 1\npacks:\n\t- a\n")
        XCTAssertEqual(errors.map(\.line), [3])
        XCTAssertEqual(errors[0].hint, "indent with spaces")
    }

    func testTwoPacksNeverShareANamespace() {
        let errors = ConfigFixtures.errors(
            "version: 1\npacks:\n  - pip: rig-pack-mail\n  - {npm: \"@x/pack-mail\"}\n")
        XCTAssertEqual(errors.map(\.line), [4])
        XCTAssertTrue(errors[0].hint?.contains("as:") ?? false)
        XCTAssertEqual(
            ConfigFixtures.errors(
                "version: 1\npacks:\n  - pip: rig-pack-mail\n"
                    + "  - {npm: \"@x/pack-mail\", as: post}\n"), [])
    }

    func testWhatASchemaCannotSayIsRefused() {
        for (text, what) in [
            ("packs: [{pip: mail}]", "packs[0].pip"),
            ("packs: [{npm: \"@x/pack-Mail\"}]", "packs[0].npm"),
            ("packs: [{pip: rig-pack-a, limits: {timeout: 25h}}]", "packs[0].limits.timeout"),
            ("packs: [{pip: rig-pack-a, limits: {max_input: 65MiB}}]", "packs[0].limits.max_input"),
            (
                "packs: [{pip: rig-pack-a, limits: {workers: {min: 3, max: 2}}}]",
                "packs[0].limits.workers.min"
            ),
            (
                "policy: {rules: [{id: a, effect: deny}, {id: a, effect: allow}]}",
                "policy.rules[1].id"
            ),
        ] {
            let found = ConfigFixtures.errors("version: 1\n" + text + "\n").map(\.what)
            XCTAssertEqual(found, [what], text)
        }
    }

    func testMovingAPackInTheFileDoesNotChangeIt() throws {
        let above = try ConfigFixtures.load("version: 1\npacks: [{pip: rig-pack-a}]\n")
        let below = try ConfigFixtures.load("# moved\n\nversion: 1\npacks:\n- pip: rig-pack-a\n")
        XCTAssertEqual(above, below)
        XCTAssertEqual(above.hashValue, below.hashValue)
        XCTAssertEqual(below.packs[0].place.line, 5)
    }

    func testInitialTextLoadsToTheDefaultsAtEveryLevel() throws {
        for level in SandboxConfig.Level.allCases {
            var silent = try ConfigFixtures.load("version: 1")
            silent.sandbox.level = level
            XCTAssertEqual(try ConfigFixtures.load(Config.initialText(sandbox: level)), silent)
        }
    }

    func testInitialTextShowsOnlyWhatTheLoaderAccepts() throws {
        let text = Config.initialText(sandbox: .strict)
        var lines: [Substring] = ["version: 1", "packs:"]
        var rules: [Substring] = ["policy:"]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#   -") || line.hasPrefix("#     ") && rules.count < 2 {
                lines.append(line.dropFirst(2))
            }
            if line.hasPrefix("#   rules:") || line.hasPrefix("#     -")
                || line.hasPrefix("#        ")
            {
                if line.hasPrefix("#   rules:") || rules.count > 1 {
                    rules.append(line.dropFirst(2))
                }
            }
        }
        let example = (lines + rules).joined(separator: "\n") + "\n"
        let config = try ConfigFixtures.load(example)
        XCTAssertEqual(config.packs[0].grants.secrets.count, 1, example)
        XCTAssertEqual(config.policy.rules.count, 1, example)
    }

    func testUnitsAreReadExactly() {
        XCTAssertEqual(Units.milliseconds("500ms"), 500)
        XCTAssertEqual(Units.milliseconds("3d"), 259_200_000)
        XCTAssertEqual(Units.milliseconds("99999d"), 8_639_913_600_000)
        XCTAssertNil(Units.milliseconds("100000d"))
        XCTAssertNil(Units.milliseconds("1.5s"))
        XCTAssertNil(Units.milliseconds("s"))
        XCTAssertEqual(Units.bytes("1MB"), 1_000_000)
        XCTAssertEqual(Units.bytes("1MiB"), 1 << 20)
        XCTAssertEqual(Units.bytes("999999999GiB"), 999_999_999 << 30)
        XCTAssertNil(Units.bytes("1mb"))
        XCTAssertNil(Units.bytes("1 MB"))
    }

    func testConfigIsFoundByOptionVariableOrTheNearestFolderAbove() throws {
        let root = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: root + "/a/b/c", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        // A folder of that name is no configuration while there is one above it.
        try FileManager.default.createDirectory(
            atPath: root + "/a/b/rig.yaml", withIntermediateDirectories: true)
        try "version: 1\n".write(toFile: root + "/a/rig.yaml", atomically: true, encoding: .utf8)
        let deep = root + "/a/b/c"
        XCTAssertEqual(Config.find(named: nil, environment: [:], from: deep), root + "/a/rig.yaml")
        XCTAssertEqual(
            Config.find(named: nil, environment: ["RIG_CONFIG": "/x/y.yaml"], from: deep),
            "/x/y.yaml")
        XCTAssertEqual(
            Config.find(named: "z.yaml", environment: ["RIG_CONFIG": "/x/y.yaml"], from: deep),
            "z.yaml")
        XCTAssertNotEqual(Config.find(named: nil, environment: [:], from: root), root + "/rig.yaml")
        XCTAssertEqual(try Config.load(path: root + "/a/rig.yaml").folder, root + "/a")
        XCTAssertThrowsError(try Config.load(path: root + "/none.yaml")) {
            XCTAssertTrue(($0 as? ConfigErrors)?.first.hint?.contains("rig init") ?? false)
        }
    }
}
