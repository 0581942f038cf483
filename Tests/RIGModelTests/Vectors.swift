import Foundation
import RIGJSON
import XCTest

/// The golden files of spec/, as the tests of every language read them.
struct Vector {
    let name: String
    let isValid: Bool
    /// Of the expected violation; nil in valid vectors.
    let keyword: String?
    let pointer: String?
    let value: JSONValue

    static let kinds = ["tool-definition", "tool-result", "tool-error", "approval-required"]

    private static let spec = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("spec")

    static func json(_ path: String) throws -> JSONValue {
        try JSONValue.parse(Array(Data(contentsOf: spec.appendingPathComponent(path))))
    }

    static func schema(_ kind: String) throws -> JSONValue {
        try json("rtp/\(kind).schema.json")
    }

    /// All vectors of a kind. Fails when there are none of either verdict: a moved folder must not
    /// turn a test into one that cannot fail.
    static func all(_ kind: String) throws -> [Vector] {
        var vectors: [Vector] = []
        for folder in ["valid", "invalid"] {
            let path = "vectors/\(kind)/\(folder)"
            let names = try FileManager.default.contentsOfDirectory(
                atPath: spec.appendingPathComponent(path).path)
            XCTAssertGreaterThan(names.count, 1, path)
            for name in names.sorted() {
                let file = try json("\(path)/\(name)")
                let value = try XCTUnwrap(file["value"], name)
                vectors.append(
                    Vector(
                        name: "\(kind)/\(folder)/\(name)", isValid: folder == "valid",
                        keyword: file["keyword"]?.string, pointer: file["pointer"]?.string,
                        value: value))
            }
        }
        return vectors
    }
}
