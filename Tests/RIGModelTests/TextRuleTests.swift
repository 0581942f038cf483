import Foundation
import RIGJSON
import XCTest

@testable import RIGModel

/// The decoders check texts by hand; the schema files by patterns. Both must draw the same line.
final class TextRuleTests: XCTestCase {
    private let say = "echo.say"

    func testEveryHandwrittenRuleAgreesWithItsPatternNearTheLine() throws {
        let definition = try Vector.schema("tool-definition")
        let approval = try Vector.schema("approval-required")
        let meta = try Vector.schema("tool-result")["$defs"]?["meta"]
        let success = try Vector.schema("tool-result")["$defs"]?["meta_of_success"]
        let code = try Vector.schema("tool-error")["properties"]?["code"]
        let slot = definition["$defs"]?["auth_slot"]?["properties"]?["slot"]
        let tag = definition["properties"]?["tags"]?["items"]
        let rules: [(TextRule, JSONValue?, [String])] = [
            (.toolName, definition["properties"]?["name"], ["a-_9Z", text(47), text(48)]),
            (.slot, slot, ["a_9Z", text(47), text(48)]),
            (.tag, tag, ["a_.:-9Z", text(63), text(64)]),
            (.code, code, ["_a.:-9Z", text(63), text(64)]),
            (.approvalID, approval["properties"]?["approval_id"], ["-a_9Z", text(63), text(64)]),
            (
                .approvalToken, approval["properties"]?["approval_token"],
                ["aZ09._~+/=-aZ09.", text(15), text(511), text(512)]
            ),
            (
                .qualifiedName, approval["properties"]?["tool"],
                [say, "a.b", text(32) + "." + text(48), "a-_9.Z-_9"]
            ),
            (.qualifiedName, success?["properties"]?["tool"], [say, "a.b"]),
            (
                .digest, approval["properties"]?["args_digest"],
                ["sha256:" + String(repeating: "0f", count: 32)]
            ),
            (
                .timestamp, approval["properties"]?["expires_at"],
                [
                    "2025-11-22T18:15:00Z", "2025-01-31T23:59:59.1Z", "2025-12-09T09:00:00Z",
                    "2025-10-30T00:00:00.123456789Z",
                ]
            ),
            (.snapshot, meta?["properties"]?["snapshot"], ["7", "a._:-9Z", text(127), text(128)]),
            (
                .correlation, meta?["properties"]?["correlation_id"],
                ["a._:/@=+-9Z", text(127), text(128)]
            ),
        ]
        for (rule, schema, seeds) in rules {
            let pattern = try XCTUnwrap(schema?["pattern"]?.string, rule.words)
            try compare(rule, pattern, seeds)
        }
    }

    /// Every seed with each character replaced, and with one put in or taken out at each place.
    private func compare(_ rule: TextRule, _ pattern: String, _ seeds: [String]) throws {
        XCTAssertTrue(pattern.hasPrefix("^") && pattern.hasSuffix("$"), pattern)
        // ICU's `$` would let a last newline pass; JSON Schema's does not.
        let expression = try NSRegularExpression(pattern: String(pattern.dropLast()) + "\\z")
        func isMatch(_ text: String) -> Bool {
            let range = NSRange(location: 0, length: text.utf16.count)
            return expression.firstMatch(in: text, range: range) != nil
        }
        var verdicts: Set<Bool> = []
        func judge(_ text: String) {
            let verdict = rule.isMet(text)
            XCTAssertEqual(verdict, isMatch(text), "\(pattern) on \(text.debugDescription)")
            verdicts.insert(verdict)
        }
        let characters = (0...127).compactMap { Unicode.Scalar(UInt8($0)) } + ["é", "٣", "Ａ", "🙂"]
        for seed in seeds {
            judge(seed)
            let scalars = Array(seed.unicodeScalars)
            // Long seeds probe the length; their middle says nothing new.
            let places = Set(0..<min(scalars.count, 40)).union([scalars.count - 1])
            for place in places {
                var shorter = scalars
                shorter.remove(at: place)
                judge(string(shorter))
                for character in characters {
                    var changed = scalars
                    changed[place] = character
                    judge(string(changed))
                    changed = scalars
                    changed.insert(character, at: place)
                    judge(string(changed))
                }
            }
            for character in characters { judge(string(scalars + [character])) }
        }
        judge("")
        XCTAssertEqual(verdicts, [true, false], "\(pattern) was not probed on both sides")
    }

    private func string(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private func text(_ count: Int) -> String { String(repeating: "a", count: count) }
}
