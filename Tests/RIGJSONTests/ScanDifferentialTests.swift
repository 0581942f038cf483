import Foundation
import RIGBytes
import RIGJSON
import XCTest

/// Our verdict against Foundation's on mutated documents. The differences that are meant are named
/// here, each with the rule it follows from; any other one fails.
final class ScanDifferentialTests: XCTestCase {
    private enum Difference: Hashable {
        /// RIG refuses what receivers read differently (json.md, policies).
        case duplicateName
        /// RFC 8259 bounds no exponent; Foundation wants a double.
        case numberBeyondDouble
        /// Foundation reads UTF-16 and UTF-32 and skips a byte order mark; RFC 8259 section 8.1
        /// knows neither.
        case otherEncoding
        /// Foundation lets a comma stand before a closing bracket; RFC 8259 sections 4 and 5 do not.
        case trailingComma
        /// Foundation lets some lone surrogates pass.
        case loneSurrogate
    }

    /// The rule that explains the pair of verdicts; nil when none does.
    private func explanation(_ text: [UInt8], ours: JSONError?) -> Difference? {
        if ours?.code == .duplicateName { return .duplicateName }
        if ours?.code == .loneSurrogate { return .loneSurrogate }
        if let ours, [.expectedName, .expectedValue].contains(ours.code), ours.offset < text.count {
            let before = text[..<ours.offset].last { !" \t\n\r".utf8.contains($0) }
            if before == UInt8(ascii: ","), "]}".utf8.contains(text[ours.offset]) {
                return .trailingComma
            }
        }
        let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
        if text.contains(0) || marks.contains(where: text.starts) { return .otherEncoding }
        if ours == nil, let value = try? JSONValue.parse(text), hasNumberBeyondDouble(value) {
            return .numberBeyondDouble
        }
        return nil
    }

    private func hasNumberBeyondDouble(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let number):
            !number.double.isFinite || (number.double == 0) != (number == JSONNumber(0))
        case .array(let elements): elements.contains(where: hasNumberBeyondDouble)
        case .object(let object): object.members.contains { hasNumberBeyondDouble($0.value) }
        default: false
        }
    }

    private var accepted = 0

    private func compare(_ text: [UInt8]) {
        var ours: JSONError?
        do {
            _ = try JSONValue.parse(text)
        } catch {
            ours = error
        }
        if ours == nil { accepted += 1 }
        var theirs = true
        do {
            _ = try JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
        } catch {
            theirs = false
        }
        if (ours == nil) == theirs { return }
        XCTAssertNotNil(
            explanation(text, ours: ours),
            "ours: \(String(describing: ours)) theirs: \(theirs) \(String(decoding: text, as: UTF8.self))"
        )
    }

    func testVerdictOnMutatedDocumentsIsThatOfFoundation() {
        var random = SeededGenerator(seed: 11)
        for round in 0..<50_000 {
            var text = TextMutation.seeds[round % TextMutation.seeds.count]
            for _ in 0...Int.random(in: 0...3, using: &random) {
                TextMutation.mutate(&text, using: &random)
            }
            compare(text)
        }
        XCTAssertGreaterThan(accepted, 5_000, "mutation left too few texts whole")
    }

    func testVerdictOnShortTextsOfTheAlphabetIsThatOfFoundation() {
        let alphabet = Array(#"{}[]:,"\1-.e0 tu"#.utf8)
        var random = SeededGenerator(seed: 12)
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...9, using: &random)
            compare((0..<count).map { _ in alphabet.randomElement(using: &random)! })
        }
        XCTAssertGreaterThan(accepted, 500, "too few texts are JSON")
    }
}
