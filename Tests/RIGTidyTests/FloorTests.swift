import Foundation
import XCTest

/// The house holds: what a file imports lies below the floor it stands on, and what only some
/// rooms may touch is touched nowhere else. The package manager does not check either.
final class FloorTests: XCTestCase {
    /// A room imports rooms of lower floors only; rooms of one floor do not know each other.
    private static let floors: [String: Int] = [
        "CLinux": 0, "CScan": 0, "CSeccomp": 0, "CSQLite": 0, "CTLS": 0,
        "RIGBytes": 1, "RIGLinux": 1,
        "RIGJSON": 2, "RIGYAML": 2, "RIGLoop": 2,
        "RIGModel": 3, "RIGStore": 3, "RIGHTTP": 3,
        "RIGPolicy": 4, "RIGRegistry": 4, "RIGSandbox": 4, "RIGConfig": 4, "RIGRedact": 4,
        "RIGAudit": 5, "RIGApproval": 5, "RIGWorker": 5, "RIGSecret": 5, "RIGEgress": 5,
        "RIGIdempotency": 5,
        "RIGPipeline": 6,
        "RIGPack": 7, "RIGServer": 7,
        "RIGRGP": 8, "RIGMCP": 8, "RIGDoctor": 8,
        "rig": 9, "rig-jail": 9, "rig-egress": 9,
    ]

    /// Modules that are not ours, and the rooms that may import them.
    private static let outsiders: [String: Set<String>] = [
        "Glibc": ["RIGLinux"],
        "Synchronization": [
            "RIGLinux", "RIGLoop", "RIGStore", "RIGAudit", "RIGWorker", "RIGSandbox", "RIGJSON",
            "RIGPack", "RIGEgress", "rig", "rig-egress",
        ],
    ]

    func testImportsOnlyGoDown() throws {
        var checked = 0
        for file in try Self.sources() {
            let room = file.room
            let floor = try XCTUnwrap(Self.floors[room], "\(room) has no floor: give it one here")
            for module in file.imports {
                checked += 1
                if let target = Self.floors[module] {
                    XCTAssertLessThan(
                        target, floor, "\(file.path) imports \(module), which is not below \(room)")
                } else {
                    let allowed = Self.outsiders[module] ?? []
                    XCTAssertTrue(
                        allowed.contains(room), "\(file.path): \(room) may not import \(module)")
                }
            }
        }
        XCTAssertGreaterThan(checked, 50, "the sources were not found")
    }

    func testEveryRoomStandsInThePackageAndOnAFloor() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/Sources")
        XCTAssertEqual(Set(folders), Set(Self.floors.keys))
    }

    /// The style page's bans, as a test: what it finds is a line to mend, not to argue with.
    func testBannedWordsAreNotInTheSources() throws {
        let bans = ["fatalError(", "try!", "as! ", "try? ", "TODO", "FIXME", "public func"]
        for file in try Self.sources() {
            for (number, line) in file.lines.enumerated() {
                for ban in bans
                where line.contains(ban)
                    && !line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
                {
                    XCTFail("\(file.path):\(number + 1) has `\(ban)`")
                }
            }
        }
    }

    func testTheStagesOfTheDocumentAreTheFilesOfThePipeline() throws {
        let page = try String(
            contentsOfFile: Self.root + "/docs/life-of-a-request.md", encoding: .utf8)
        let named = Set(page.matches(of: /`([A-Z][A-Za-z]+)\.swift`/).map { String($0.1) })
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.root + "/Sources/RIGPipeline")
        XCTAssertEqual(named, Set(files.map { $0.replacingOccurrences(of: ".swift", with: "") }))
    }

    // What the checks read.

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private struct Source {
        let path: String
        let room: String
        let lines: [Substring]

        var imports: [String] {
            // A module's imports stand before its first declaration, at the left edge.
            lines.filter { !$0.hasPrefix(" ") }.compactMap { line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at + 1 < words.count, at <= 1 else {
                    return nil
                }
                return String(words[at + 1])
            }
        }
    }

    private static func sources() throws -> [Source] {
        let base = root + "/Sources"
        let names = try FileManager.default.subpathsOfDirectory(atPath: base)
        return try names.filter { $0.hasSuffix(".swift") }.map { name in
            let text = try String(contentsOfFile: base + "/" + name, encoding: .utf8)
            return Source(
                path: "Sources/" + name, room: String(name.split(separator: "/")[0]),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
