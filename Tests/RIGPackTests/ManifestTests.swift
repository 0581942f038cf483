import RIGPack
import XCTest

final class ManifestTests: XCTestCase {
    func testPyProjectFactsAreFoundAmongEverythingElse() {
        let project = PyProject(
            """
            # [project] in a comment
            [build-system]
            requires = ["setuptools"]
            name = "not-this"

            [project]
            name = "rig-pack-x"  # trailing
            version = '1.2.3'
            description = \"\"\"
            name = "nor-this"
            \"\"\"
            dependencies = [
              "a",
            ]

            [project.entry-points."rig.packs"]
            x = "rig_pack_x"
            'y' = "rig_pack_x.other"

            [[tool.things]]
            name = "nor-that"
            """)
        XCTAssertEqual(project.name, "rig-pack-x")
        XCTAssertEqual(project.version, "1.2.3")
        XCTAssertEqual(
            project.entryPoints.map { [$0.name, $0.module] },
            [["x", "rig_pack_x"], ["y", "rig_pack_x.other"]])
    }

    func testDottedKeysNameTheSameFacts() {
        let project = PyProject(
            "project.name = \"a\"\nproject.entry-points.\"rig.packs\".b = \"c\"")
        XCTAssertEqual(project.name, "a")
        XCTAssertEqual(project.entryPoints.first?.module, "c")
    }

    func testNoisyFilesGiveNothing() {
        for text in ["", "[", "[project", "= 3", "[project]\nname = \"open", "\u{0}\u{1}"] {
            XCTAssertNil(PyProject(text).name, text)
        }
    }

    func testPackageEntryFollowsExportsThenMain() {
        func entry(_ text: String) -> String? { PackageJSON(Array(text.utf8))?.entry }
        XCTAssertEqual(entry(#"{"name": "a"}"#), "index.js")
        XCTAssertEqual(entry(#"{"main": "lib/m.js"}"#), "lib/m.js")
        XCTAssertEqual(entry(#"{"main": "m.js", "exports": "./e.mjs"}"#), "./e.mjs")
        XCTAssertEqual(
            entry(#"{"exports": {".": {"types": "x", "import": "./i.mjs", "default": "d"}}}"#),
            "./i.mjs")
        XCTAssertEqual(
            entry(#"{"exports": {"require": "./r.cjs", "default": "./d.js"}}"#), "./d.js")
        XCTAssertNil(entry("[]"))
        XCTAssertNil(entry("{"))
    }
}
