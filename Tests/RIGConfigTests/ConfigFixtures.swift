import Foundation
import RIGConfig
import RIGJSON
import XCTest

enum ConfigFixtures {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Name and bytes of each file of a group: `valid` or `invalid`.
    static func all(_ group: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = root.appendingPathComponent("Tests/Fixtures/yaml/config/" + group)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }.sorted()
            .map { name in
                let data = try Data(contentsOf: folder.appendingPathComponent(name))
                return ("\(group)/\(name)", [UInt8](data))
            }
    }

    static func schema() throws -> JSONValue {
        let file = root.appendingPathComponent("spec/rig.schema.json")
        return try JSONValue.parse([UInt8](try Data(contentsOf: file)))
    }

    static func load(_ text: String) throws -> Config {
        try Config.parse(text.utf8, file: "/etc/rig/rig.yaml")
    }

    /// What is wrong with a text; empty when nothing is.
    static func errors(_ text: String) -> [ConfigError] {
        do {
            _ = try load(text)
            return []
        } catch {
            return (error as? ConfigErrors)?.errors ?? []
        }
    }
}
