import Foundation
import RIGYAML
import XCTest

/// The public YAML test suite, where it is present: a folder of its `src` files, named by
/// RIG_YAML_SUITE or standing in the corpora. Every case must be read to the events it lists, be
/// refused when it is marked as an error, or be refused by name for what this reader leaves out.
final class YAMLSuiteTests: XCTestCase {
    /// Cases that differ from the suite on purpose.
    private static let deliberate: [String: String] = [
        "2JQS/0": "two entries without a key: their keys are equal, so the second is refused"
    ]

    func testEveryCaseOfThePublicSuiteHasItsVerdictAndEvents() throws {
        let folder = try suiteFolder()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") }.sorted()
        XCTAssertGreaterThan(names.count, 300, "the suite is there in full")
        var (read, refused, byName) = (0, 0, 0)
        for name in names {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            let cases = try YAMLDocument(Array(bytes)).root
            guard case .sequence(let items) = cases.value else {
                XCTFail("\(name): not a list")
                continue
            }
            var previous: [String: String] = [:]
            for (index, item) in items.enumerated() {
                var fields = previous
                if case .mapping(let entries) = item.value {
                    for key in ["fail", "skip"] { fields[key] = nil }
                    for entry in entries { fields[entry.name] = text(entry.value) }
                }
                previous = fields
                let id = "\(name.dropLast(5))/\(index)"
                guard fields["skip"] == nil, Self.deliberate[id] == nil else { continue }
                switch check(id, fields) {
                case .read: read += 1
                case .refused: refused += 1
                case .byName: byName += 1
                case .wrong: break
                }
            }
        }
        print("YAML suite: \(read) read, \(refused) refused, \(byName) refused by name")
        XCTAssertGreaterThan(read, 150)
        XCTAssertGreaterThan(refused, 60)
    }

    private enum Outcome { case read, refused, byName, wrong }

    private func check(_ id: String, _ fields: [String: String]) -> Outcome {
        let source = unescape(fields["yaml"] ?? "")
        let tree = fields["tree"] ?? ""
        let fails = fields["fail"] != nil
        do {
            let document = try YAMLDocument(Array(source.utf8))
            if fails {
                XCTFail("\(id) is an error, but was read:\n\(source)")
                return .wrong
            }
            let expected = unescape(tree).split(separator: "\n")
                .map { $0.drop { $0 == " " } }
                .filter { !["+STR", "-STR", "-DOC", "-DOC ..."].contains($0) }
                .filter { !$0.hasPrefix("+DOC") }
                .joined(separator: "\n")
            let found = events(document.root, document).joined(separator: "\n")
            let isEmpty = expected.isEmpty && document.root.isMissing
            if found != expected && !isEmpty {
                XCTFail("\(id)\n\(source)\nfound:\n\(found)\nexpected:\n\(expected)")
                return .wrong
            }
            return .read
        } catch {
            if fails { return .refused }
            switch error.code {
            case let code where has(code, tree, source): return .byName
            default:
                XCTFail("\(id): \(error.code) at \(error.position)\n\(source)")
                return .wrong
            }
        }
    }

    /// The case has what this reader refuses under that name.
    private func has(_ code: YAMLError.Code, _ tree: String, _ source: String) -> Bool {
        func find(_ pattern: String, _ text: String) -> Bool {
            text.range(of: pattern, options: .regularExpression) != nil
        }
        let node = "(?m)^ *(=VAL|\\+MAP|\\+SEQ)( \\{\\}| \\[\\])? "
        switch code {
        case .anchor: return find(node + "(<[^>]*> )?&", tree) || find(node + "&", tree)
        case .alias: return find("=ALI", tree)
        case .tag: return find(node + "(&\\S+ )?<", tree)
        case .directive, .otherVersion: return find("(?m)^%", source)
        case .severalDocuments: return tree.components(separatedBy: "+DOC").count > 2
        case .complexKey: return hasComplexKey(tree)
        default: return false
        }
    }

    private func hasComplexKey(_ tree: String) -> Bool {
        var open: [(isMap: Bool, count: Int)] = []
        for line in tree.split(separator: "\n").map({ $0.drop { $0 == " " } }) {
            if line.hasPrefix("-MAP") || line.hasPrefix("-SEQ") { open.removeLast() }
            guard line.hasPrefix("+MAP") || line.hasPrefix("+SEQ") || line.hasPrefix("=") else {
                continue
            }
            if let last = open.indices.last {
                let isKey = open[last].isMap && open[last].count.isMultiple(of: 2)
                if isKey && !line.hasPrefix("=") { return true }
                open[last].count += 1
            }
            if !line.hasPrefix("=") { open.append((line.hasPrefix("+MAP"), 0)) }
        }
        return false
    }

    private func events(_ node: YAMLNode, _ document: YAMLDocument) -> [String] {
        switch node.value {
        case .sequence(let items):
            let open = node.style == .flowSequence ? "+SEQ []" : "+SEQ"
            return [open] + items.flatMap { events($0, document) } + ["-SEQ"]
        case .mapping(let entries):
            let open = node.style == .blockMapping ? "+MAP" : "+MAP {}"
            return [open]
                + entries.flatMap { events($0.key, document) + events($0.value, document) }
                + ["-MAP"]
        case .string(let text): return ["=VAL " + mark(node) + escape(text)]
        default:
            let range = node.start.offset..<node.end.offset
            return ["=VAL :" + escape(document.source(range))]
        }
    }

    private func mark(_ node: YAMLNode) -> String {
        switch node.style {
        case .singleQuoted: "'"
        case .doubleQuoted: "\""
        case .literal: "|"
        case .folded: ">"
        default: ":"
        }
    }

    private func text(_ node: YAMLNode) -> String? {
        switch node.value {
        case .string(let text): text
        case .bool(let flag): "\(flag)"
        case .integer(let number): number.text
        case .float(let number): number.text
        default: nil
        }
    }

    private func escape(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\n", with: "\\n").replacingOccurrences(of: "\t", with: "\\t")
            .replacingOccurrences(of: "\u{8}", with: "\\b")
            .replacingOccurrences(of: "\r", with: "\\r")
    }

    /// The suite shows white space by visible characters.
    private func unescape(_ text: String) -> String {
        var result = text.replacingOccurrences(of: "␣", with: " ")
        result = result.replacingOccurrences(
            of: "—*»", with: "\t", options: .regularExpression)
        result = result.replacingOccurrences(of: "⇔", with: "\u{FEFF}")
        result = result.replacingOccurrences(of: "↵", with: "")
        result = result.replacingOccurrences(of: "←", with: "\r")
        return result.replacingOccurrences(of: "∎\n", with: "")
    }

    private func suiteFolder() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        let corpora = environment["RIG_CORPORA"] ?? root + "/../shared/corpora"
        let folder = environment["RIG_YAML_SUITE"] ?? corpora + "/yaml-test-suite/src"
        guard FileManager.default.fileExists(atPath: folder) else {
            throw XCTSkip("corpora not found: the YAML suite is not at \(folder)")
        }
        return folder
    }
}
