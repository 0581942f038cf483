import Foundation
import RIGSandbox
import XCTest

@testable import RIGDoctor

/// docs/SECURITY.md says what the code knows: the gaps, and the probes behind each claim.
final class SecurityPageTests: XCTestCase {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func page() throws -> String {
        try String(
            contentsOf: Self.root.appendingPathComponent("docs/SECURITY.md"), encoding: .utf8)
    }

    func testTheGapsOfStandardAreTheGapsOnThePage() throws {
        let page = try page()
        let start = try XCTUnwrap(page.range(of: "## What standard leaves open"))
        let rest = page[start.upperBound...]
        let end = rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex
        let named = rest[..<end].split(separator: "\n").flatMap { line -> [String] in
            guard line.hasPrefix("| `"), let cell = line.split(separator: "|").first else {
                return []
            }
            return cell.split(separator: " ").map { String($0.dropFirst().dropLast()) }
        }
        XCTAssertEqual(Set(named), Set(KnownGap.all(at: .standard).map(\.name)))
        XCTAssertEqual(named.count, Set(named).count)
        XCTAssertEqual(KnownGap.all(at: .strict), [])
    }

    func testEveryProbeThatThePageNamesExists() throws {
        let probes = Self.root.appendingPathComponent("runners/probes")
        var sources = ""
        for folder in ["escapes", "attempts"] {
            let place = probes.appendingPathComponent(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: place.path)
            where name.hasSuffix(".py") || name.hasSuffix(".mjs") {
                sources += try String(
                    contentsOf: place.appendingPathComponent(name), encoding: .utf8)
            }
        }
        sources += try String(
            contentsOf: Self.root.appendingPathComponent("Sources/RIGDoctor/InsideOut.swift"),
            encoding: .utf8)
        let groups = [
            "fs", "fd", "env", "id", "limit", "use", "mount", "kernel", "ipc", "tty", "wx", "vm",
            "net", "unix", "sockopt", "proxy", "proc", "sys", "dev", "exec", "fork", "ns", "sig",
            "trace", "abi", "outside", "pack",
        ]
        var checked = 0
        for quoted in try page().split(separator: "`") {
            let parts = quoted.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, groups.contains(String(parts[0])),
                parts[1].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
            else { continue }
            checked += 1
            // A name is written whole, or made of its group and the rest (read_ and "shadow").
            let tail = parts[1].split(separator: "_").last.map(String.init) ?? ""
            let isThere =
                sources.contains("\"\(quoted)\"") || sources.contains("\"\(parts[1])\"")
                || sources.contains("\"\(tail)\"")
                || sources.contains("\"\(parts[1].drop { $0 != "_" }.dropFirst())\"")
            XCTAssertTrue(isThere, "there is no probe \(quoted)")
        }
        XCTAssertGreaterThan(checked, 30, "the page's claims name their probes")
    }
}
