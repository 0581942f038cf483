import XCTest

@testable import RIGPolicy

final class GlobTests: XCTestCase {
    func testAStarStandsForAnyRunAndOtherBytesForThemselves() {
        let table: [(String, String, Bool)] = [
            ("*", "", true), ("*", "a.b", true), ("a", "a", true), ("a", "ab", false),
            ("a", "A", false), ("a*", "a", true), ("a*", "abc", true), ("*a", "ba", true),
            ("*a", "ab", false), ("a*c", "ac", true), ("a*c", "abcbc", true), ("a*c", "acb", false),
            ("shop.*", "shop.refund", true), ("shop.*", "shop", false),
            ("shop.*", "shop2.refund", false), ("*.read", "fs.read", true),
            ("*.read", "fs.reader", false), ("**", "x", true), ("a**b", "ab", true),
            ("*ab*ab*", "abab", true), ("*ab*ab*", "aba", false), ("a?c", "abc", false),
            ("[a]", "a", false), ("*é", "caf\u{e9}", true), ("", "", true), ("", "a", false),
            ("*aab", "aaaaab", true), ("a*b*c", "a-c-b", false),
        ]
        for (pattern, text, expected) in table {
            XCTAssertEqual(Glob(pattern).matches(text), expected, "\(pattern) on \(text)")
        }
    }

    /// Every pattern and text over a small alphabet, against a definition by recursion.
    func testMatchingIsTheDefinition() {
        let patterns = Self.words(over: "ab*", lengthMax: 4)
        let texts = Self.words(over: "ab", lengthMax: 5)
        for pattern in patterns {
            let glob = Glob(pattern)
            for text in texts {
                let expected = Self.matches(Array(pattern)[...], Array(text)[...])
                XCTAssertEqual(glob.matches(text), expected, "\(pattern) on \(text)")
            }
        }
    }

    /// Covering and overlapping of every pair, against all texts long enough to tell them apart;
    /// the texts hold a letter that no pattern has.
    func testCoverAndOverlapAreWhatTheTextsSay() {
        let patterns = Self.words(over: "a*b", lengthMax: 3)
        let texts = Self.words(over: "abc", lengthMax: 6)
        let sets = patterns.map { pattern in
            Set(texts.filter { Glob(pattern).matches($0) })
        }
        for (i, left) in patterns.enumerated() {
            for (j, right) in patterns.enumerated() {
                let (one, other) = (Glob(left), Glob(right))
                XCTAssertEqual(
                    one.covers(other), sets[j].isSubset(of: sets[i]), "\(left) covers \(right)")
                XCTAssertEqual(
                    one.overlaps(other), !sets[i].isDisjoint(with: sets[j]),
                    "\(left) overlaps \(right)")
            }
        }
    }

    func testABacktrackingTrapEndsSoon() {
        let glob = Glob(String(repeating: "a*", count: 60) + "b")
        XCTAssertFalse(glob.matches(String(repeating: "a", count: 20_000)))
    }

    static func words(over alphabet: String, lengthMax: Int) -> [String] {
        var all = [""]
        var last = [""]
        for _ in 0..<lengthMax {
            last = last.flatMap { word in alphabet.map { word + String($0) } }
            all += last
        }
        return all
    }

    static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return matches(pattern.dropFirst(), text)
                || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }
}
