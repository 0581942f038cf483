import Foundation
import RIGConfig
import XCTest

final class ConfigEditTests: XCTestCase {
    private func edit(_ text: String) throws -> ConfigEdit {
        try ConfigEdit(text: Array(text.utf8), path: "/etc/rig/rig.yaml")
    }

    private func text(_ edit: ConfigEdit) -> String { String(decoding: edit.bytes, as: UTF8.self) }

    func testPackIsAddedToAFreshFileBelowItsComments() throws {
        let initial = Config.initialText(sandbox: .strict)
        var edit = try edit(initial)
        try edit.addPack(PackEntry(source: .path, name: "./packs/echo", tools: ["say", "fail"]))
        XCTAssertEqual(
            text(edit),
            initial.replacingOccurrences(
                of: "packs: []",
                with: "packs:\n  - path: ./packs/echo\n    tools: [say, fail]"))
        XCTAssertEqual(edit.config.packs[0].path, "/etc/rig/packs/echo")
        XCTAssertTrue(edit.isChanged)
    }

    func testGrantsAreWrittenAsTheyWillBeRead() throws {
        var entry = PackEntry(
            source: .npm, name: "@rig/pack-fs", version: "1.0.0", alias: "files",
            tools: ["read"])
        entry.net = ["api.github.com:443"]
        entry.workspace = .init(path: "./work", mode: .rw)
        entry.data = .ro
        entry.secrets = [
            .init(slot: "token", from: "env:TOKEN", host: "api.github.com"),
            .init(slot: "other", from: "file:./x"),
        ]
        entry.environment = ["LANG": "C.UTF-8", "FLAG": "true"]
        var edit = try edit("version: 1\n")
        try edit.addPack(entry)
        XCTAssertEqual(
            text(edit),
            """
            version: 1
            packs:
              - npm: "@rig/pack-fs"
                version: "1.0.0"
                as: files
                tools: [read]
                grants:
                  net: ["api.github.com:443"]
                  fs:
                    workspace:
                      path: ./work
                      mode: rw
                    data: ro
                  secrets:
                    token:
                      from: "env:TOKEN"
                      host: api.github.com
                    other:
                      from: "file:./x"
                      deliver: ctx
                  env:
                    FLAG: "true"
                    LANG: C.UTF-8

            """)
        let grants = edit.config.packs[0].grants
        XCTAssertEqual(grants.workspace?.mode, .rw)
        XCTAssertEqual(grants.secrets.map(\.slot), ["token", "other"])
        XCTAssertEqual(grants.environment["FLAG"], "true")
    }

    func testAddThenRemoveGivesTheFileBack() throws {
        for (name, bytes) in try ConfigFixtures.all("valid") {
            var edit = try ConfigEdit(text: bytes, path: "/etc/rig/rig.yaml")
            let before = edit.config.packs.count
            try edit.addPack(PackEntry(source: .path, name: "./new", alias: "fresh"))
            XCTAssertEqual(edit.config.packs.count, before + 1, name)
            let index = try XCTUnwrap(edit.index(of: "fresh"))
            try edit.removePack(at: index)
            XCTAssertEqual(edit.config.packs.count, before, name)
            if before > 0 { XCTAssertEqual(edit.bytes, bytes, name) }
        }
    }

    func testPackIsFoundByNamespaceNameOrFolder() throws {
        let edit = try edit(
            "version: 1\npacks:\n  - {pip: rig-pack-mail}\n  - {path: ./echo, as: e}\n")
        XCTAssertEqual(edit.index(of: "mail"), 0)
        XCTAssertEqual(edit.index(of: "rig-pack-mail"), 0)
        XCTAssertEqual(edit.index(of: "e"), 1)
        XCTAssertEqual(edit.index(of: "./echo"), 1)
        XCTAssertEqual(edit.index(of: "/etc/rig/echo"), 1)
        XCTAssertNil(edit.index(of: "echo"))
    }

    func testToolsChangeOneByOneSoThatCommentsStay() throws {
        var edit = try edit(
            """
            version: 1
            packs:
              - pip: rig-pack-a
                tools:
                  - read   # always
                  - drop
                  - list
              - pip: rig-pack-b

            """)
        try edit.setTools(["read", "list", "stat"], at: 0)
        try edit.setTools(["x"], at: 1)
        try edit.setVersion("1.2", at: 1)
        XCTAssertEqual(
            text(edit),
            """
            version: 1
            packs:
              - pip: rig-pack-a
                tools:
                  - read   # always
                  - list
                  - stat
              - pip: rig-pack-b
                tools: [x]
                version: "1.2"

            """)
        try edit.setVersion("1.3", at: 1)
        XCTAssertEqual(edit.config.packs[1].version, "1.3")
        try edit.setTools([], at: 0)
        XCTAssertEqual(edit.config.packs[0].tools, [])
    }

    func testAnEditThatBreaksTheConfigurationIsRefusedAndChangesNothing() throws {
        var edit = try edit("version: 1\npacks:\n  - pip: rig-pack-mail\n")
        let before = edit
        XCTAssertThrowsError(
            try edit.addPack(PackEntry(source: .npm, name: "@other/pack-mail"))
        ) {
            XCTAssertTrue(($0 as? ConfigErrors)?.first.hint?.contains("as:") ?? false)
        }
        XCTAssertThrowsError(try edit.setTools(["not a tool"], at: 0))
        XCTAssertEqual(edit.bytes, before.bytes)
        XCTAssertEqual(edit.config, before.config)
    }

    func testWriteReplacesTheFileBehindALinkAndKeepsItsMode() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (file, link) = (folder + "/real.yaml", folder + "/rig.yaml")
        try "version: 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)

        var edit = try ConfigEdit(path: link)
        try edit.addPack(PackEntry(source: .path, name: "./echo"))
        try edit.write()
        XCTAssertEqual(
            try String(contentsOfFile: file, encoding: .utf8),
            "version: 1\npacks:\n  - path: ./echo\n")
        XCTAssertEqual(try FileManager.default.destinationOfSymbolicLink(atPath: link), file)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        XCTAssertEqual(mode as? Int, 0o640)
        XCTAssertEqual(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted(),
            ["real.yaml", "rig.yaml"])
    }

    func testWriteRefusesWhenTheFileChangedMeanwhile() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/rig.yaml"
        try "version: 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        var edit = try ConfigEdit(path: file)
        try edit.addPack(PackEntry(source: .path, name: "./echo"))
        try "version: 1 # mine\n".write(toFile: file, atomically: true, encoding: .utf8)
        XCTAssertThrowsError(try edit.write())
        XCTAssertEqual(
            try String(contentsOfFile: file, encoding: .utf8), "version: 1 # mine\n")
    }
}
