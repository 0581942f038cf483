import Foundation
import RIGYAML
import XCTest

/// The cases under Tests/Fixtures/yaml.
enum YAMLFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/yaml")

    static func names(_ group: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: folder.appendingPathComponent(group).path
        ).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }

    static func bytes(_ group: String, _ name: String, _ suffix: String = ".yaml") throws -> [UInt8]
    {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(group)/\(name)\(suffix)")))
    }

    static func text(_ group: String, _ name: String, _ suffix: String) throws -> String {
        String(decoding: try bytes(group, name, suffix), as: UTF8.self)
    }
}

extension YAMLNode {
    /// The value in the types that Foundation reads JSON into, numbers by their text.
    var plain: NSObject {
        switch value {
        case .null: NSNull()
        case .bool(let flag): flag as NSNumber
        case .integer(let number): NSDecimalNumber(string: number.text)
        case .float(let number): NSNumber(value: number.double)
        case .string(let text): text as NSString
        case .sequence(let items): items.map(\.plain) as NSArray
        case .mapping(let entries):
            Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value.plain) })
                as NSDictionary
        }
    }
}
