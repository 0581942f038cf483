import Foundation
import XCTest

/// A rig.yaml that cannot be read says where and why, with status 2, whatever command reads it.
final class BadConfigTests: XCTestCase {
    private static let texts: [(name: String, text: String, place: String, words: [String])] = [
        ("an unknown key", "version: 1\npakcs: []\n", "2:1", ["pakcs", "did you mean 'packs'?"]),
        (
            "an unknown key, deep",
            "version: 1\npacks:\n  - path: ./a\n    limits: {timeuot: 3s}\n",
            "4:14", ["timeuot", "did you mean 'timeout'?"]
        ),
        ("a tab", "version: 1\npacks:\n\t- path: ./a\n", "3:2", ["tab"]),
        ("a duplicate key", "version: 1\npacks: []\nversion: 1\n", "3:1", ["line 1"]),
        ("an open bracket", "version: 1\npacks: [\n", "2:8", []),
        ("an open quote", "version: 1\npacks: [\"a\n", "", []),
        ("a wrong type", "version: one\n", "1:10", ["version"]),
        (
            "a wrong unit", "version: 1\npacks:\n  - path: ./a\n    limits: {timeout: 3 apples}\n",
            "4:23", ["timeout"]
        ),
        ("no version", "packs: []\n", "", ["version"]),
        ("a list", "- a\n- b\n", "1:1", []),
        ("nothing", "", "", []),
        ("a NUL", "version: 1\npacks: []\u{0}\n", "2:10", []),
    ]

    func testEveryFaultIsShownWithItsPlace() throws {
        let bench = try Workbench()
        for text in Self.texts {
            try bench.write(text.text, to: "rig.yaml")
            let outcome = try bench.rig(["list"])
            XCTAssertEqual(outcome.status, 2, "\(text.name): \(outcome.err)")
            XCTAssertEqual(outcome.out, "", text.name)
            let place = text.place.isEmpty ? "rig.yaml" : "rig.yaml:\(text.place): "
            XCTAssertTrue(outcome.err.contains(place), "\(text.name): \(outcome.err)")
            XCTAssertTrue(outcome.err.hasPrefix("rig: "), "\(text.name): \(outcome.err)")
            for word in text.words {
                XCTAssertTrue(outcome.err.contains(word), "\(text.name): \(outcome.err)")
            }
        }
    }

    func testEveryCommandThatReadsItSaysSo() throws {
        let bench = try Workbench()
        try bench.write("version: 1\npakcs: []\n", to: "rig.yaml")
        let folder = Workbench.pythonEcho
        for words in [
            ["list"], ["packs"], ["call", "a.b", "{}"], ["add", "path", folder],
            ["remove", "path", "a"],
        ] {
            let outcome = try bench.rig(words + ["--json"])
            XCTAssertEqual(outcome.status, 2, "\(words): \(outcome.err)")
            XCTAssertEqual(try outcome.errorType(), "config", "\(words)")
            XCTAssertTrue(outcome.err.contains("rig.yaml:2:1"), "\(words): \(outcome.err)")
            XCTAssertEqual(try bench.read("rig.yaml"), "version: 1\npakcs: []\n", "\(words)")
        }
    }

    func testInvalidUTF8IsAFault() throws {
        let bench = try Workbench()
        try (Data("version: 1\npacks: []\n# ".utf8) + Data([0xFF, 0x0A]))
            .write(to: bench.folder.appendingPathComponent("rig.yaml"))
        let outcome = try bench.rig(["list", "--json"])
        XCTAssertEqual(outcome.status, 2, outcome.err)
        XCTAssertEqual(try outcome.errorType(), "config")
    }

    func testWithoutAConfigTheHintIsInit() throws {
        let bench = try Workbench()
        for words in [["list"], ["packs"], ["call", "a.b"], ["audit", "query"]] {
            let outcome = try bench.rig(words)
            XCTAssertEqual(outcome.status, 2, "\(words): \(outcome.err)")
            XCTAssertTrue(outcome.err.contains("hint: write one: rig init"), outcome.err)
        }
    }

    func testANamedConfigThatIsNotThereIsNamed() throws {
        let bench = try Workbench()
        let missing = try bench.rig(["list", "--config", "absent.yaml", "--json"])
        XCTAssertEqual(missing.status, 2, missing.err)
        XCTAssertTrue(missing.err.contains("absent.yaml"), missing.err)
        XCTAssertEqual(try missing.errorType(), "config")
        let folder = try bench.rig(["list", "--config", "."])
        XCTAssertEqual(folder.status, 2, folder.err)
        let environment = try bench.rig(["list"], environment: ["RIG_CONFIG": "/absent/rig.yaml"])
        XCTAssertEqual(environment.status, 2, environment.err)
        XCTAssertTrue(environment.err.contains("/absent/rig.yaml"), environment.err)
    }

    func testWhatIsNoFileIsNamedAndNotWaitedFor() throws {
        let bench = try Workbench()
        let place = bench.path("rig.yaml")
        let ways: [(String, () throws -> Void, String)] = [
            ("a pipe", { XCTAssertEqual(mkfifo(place, 0o600), 0) }, "it is no file"),
            (
                "a folder",
                {
                    try FileManager.default.createDirectory(
                        atPath: place, withIntermediateDirectories: false)
                }, "Is a directory"
            ),
            ("a link to itself", { XCTAssertEqual(symlink(place, place), 0) }, "symbolic links"),
            ("a link to nothing", { XCTAssertEqual(symlink("absent", place), 0) }, "No such file"),
        ]
        for (name, make, why) in ways {
            try make()
            for words in [["list"], ["list", "--config", "rig.yaml"]] {
                let outcome = try bench.rig(words)
                XCTAssertEqual(outcome.status, 2, "\(name): \(outcome.err)")
                XCTAssertTrue(outcome.err.contains(why), "\(name): \(outcome.err)")
            }
            XCTAssertEqual(remove(place), 0, name)
        }
    }

    func testInitChangesNothingThatIsThere() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        try bench.write("version: 1\n# mine\npacks: []\n", to: "rig.yaml")
        let again = try bench.rig(["init", "--json"])
        XCTAssertEqual(again.status, 1)
        XCTAssertEqual(try again.errorType(), "exists")
        XCTAssertEqual(try bench.read("rig.yaml"), "version: 1\n# mine\npacks: []\n")
    }

    func testAPackThatCannotBeMountedLeavesTheConfigAlone() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let before = try bench.read("rig.yaml")
        for folder in ["/absent", "/etc", Workbench.fixture("python", "crash-on-import")] {
            let outcome = try bench.rig(["add", "path", folder, "--json"])
            XCTAssertEqual(outcome.status, 1, outcome.err)
            XCTAssertEqual(try outcome.errorType(), "pack")
            XCTAssertEqual(try bench.read("rig.yaml"), before)
        }
        let outcome = try bench.rig(["remove", "path", "nobody", "--json"])
        XCTAssertEqual(outcome.status, 1, outcome.err)
        XCTAssertNotNil(try outcome.errorType())
    }

    func testANamespaceIsTakenOnce() throws {
        let bench = try Workbench.withEchoPacks()
        let before = try bench.read("rig.yaml")
        let outcome = try bench.rig(["add", "path", Workbench.pythonEcho, "--as", "js"])
        XCTAssertEqual(outcome.status, 1, outcome.err)
        XCTAssertTrue(outcome.err.contains("hint: mount it under another name: --as"), outcome.err)
        XCTAssertEqual(try bench.read("rig.yaml"), before)
    }
}
