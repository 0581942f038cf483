import Foundation
import RIGJSON
import XCTest

/// Public corpora, found beside the package or by RIG_CORPORA; tests that need them skip, and say
/// so, when they are not there.
enum Corpora {
    static func folder(_ name: String) throws -> URL {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let places = [
            ProcessInfo.processInfo.environment["RIG_CORPORA"].map { URL(fileURLWithPath: $0) },
            package.deletingLastPathComponent().appendingPathComponent("shared/corpora"),
        ]
        for place in places.compactMap({ $0?.appendingPathComponent(name) })
        where FileManager.default.fileExists(atPath: place.path) {
            return place
        }
        throw XCTSkip("corpora not found: \(name) (set RIG_CORPORA)")
    }

    static func json(_ file: URL) throws -> JSONValue {
        try JSONValue.parse([UInt8](Data(contentsOf: file)))
    }

    /// The JSON files under `folder`, by path, sorted.
    static func files(_ folder: URL, recursive: Bool = false) throws -> [URL] {
        let names =
            recursive
            ? try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            : try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return names.filter { $0.hasSuffix(".json") }.sorted().map {
            folder.appendingPathComponent($0)
        }
    }
}
