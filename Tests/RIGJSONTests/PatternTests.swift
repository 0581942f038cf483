import XCTest

@testable import RIGJSON

final class PatternTests: XCTestCase {
    /// The table, and the form the program chose, on the same text.
    private func matches(_ source: String, _ text: String) throws -> Bool {
        let program = try PatternProgram.compile(source)
        let builder = ProgramBuilder()
        let pattern = program.place(in: builder)
        let placed = Array(text.utf8).withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { pattern.matches($0, bytes.count) }
                ?? pattern.matches(UnsafePointer(bitPattern: 16)!, 0)
        }
        XCTAssertEqual(placed, program.matches(text), "forms disagree: \(source) on \(text)")
        withExtendedLifetime(builder) {}
        return placed
    }

    func testSearchIsNotAnchored() throws {
        XCTAssertTrue(try matches("b+", "aabbcc"))
        XCTAssertFalse(try matches("^b+", "aabbcc"))
        XCTAssertFalse(try matches("b+$", "aabbcc"))
        XCTAssertTrue(try matches("", ""))
        XCTAssertTrue(try matches("c$|^x", "abc"))
        XCTAssertTrue(try matches("(^a|b$)", "xb"))
        XCTAssertFalse(try matches("a^b", "ab"))
        XCTAssertFalse(try matches("a$b", "ab"))
    }

    func testFixedShapesAndRuns() throws {
        for (source, good, bad) in [
            ("^SKU-[0-9]{6}$", ["SKU-123456"], ["SKU-12345", "SKU-1234567", "sku-123456", ""]),
            ("^\\+[0-9 ]{6,20}$", ["+41 44 012", "+123456"], ["+12345", "41 44 012 37", "+"]),
            ("^[a-z0-9-]+/[a-z0-9._-]+$", ["a/b", "acme/g.w"], ["a/", "/b", "a//b", "A/b"]),
            ("^[a-z]{2}(-[A-Z]{2})?$", ["de", "de-CH"], ["d", "de-", "de-C", "de-CHH"]),
            ("^[0-9]{4,6}$", ["1234", "123456"], ["123", "1234567", "12a4"]),
            ("^a[a-z]*z?$", ["a", "az", "abz"], ["", "b", "A"]),
            ("^(ab|cd){2,3}$", ["abcd", "ababab"], ["ab", "abababab", "abc"]),
            ("^x_", ["x_", "x_y"], ["x", "ax_"]),
        ] {
            for text in good { XCTAssertTrue(try matches(source, text), "\(source) on \(text)") }
            for text in bad { XCTAssertFalse(try matches(source, text), "\(source) on \(text)") }
        }
    }

    func testClassesAreUnicode() throws {
        XCTAssertTrue(try matches("^.$", "😀"))
        XCTAssertFalse(try matches("^.$", "\n"))
        XCTAssertTrue(try matches("^[^a]$", "é"))
        XCTAssertTrue(try matches("^[à-ü]+$", "éàü"))
        XCTAssertFalse(try matches("^[à-ü]+$", "ÿ"))
        XCTAssertTrue(try matches("^\\u{1F600}$", "😀"))
        XCTAssertTrue(try matches("^\\ud83d\\ude00$", "😀"))
        XCTAssertFalse(try matches("\\d", "٣"))
        XCTAssertTrue(try matches("\\s", "\u{3000}"))
        XCTAssertTrue(try matches("^\\p{Lu}\\p{Ll}+$", "Été"))
        XCTAssertFalse(try matches("^\\P{L}$", "x"))
    }

    func testWordBoundariesLookAtBothSides() throws {
        XCTAssertTrue(try matches("\\bcat\\b", "a cat."))
        XCTAssertTrue(try matches("\\bcat\\b", "cat"))
        XCTAssertFalse(try matches("\\bcat\\b", "concat"))
        XCTAssertFalse(try matches("\\bcat\\b", "cats"))
        XCTAssertTrue(try matches("\\Bcat\\b", "concat"))
        XCTAssertFalse(try matches("^\\B.", "a"))
    }

    func testWhatIsNoExpressionIsToldFromWhatCannotRun() {
        for source in [
            "(", ")", "a**", "*", "[b-a]", "\\a", "\\", "(?i)a", "(?P<n>a)", "[", "a{2,1}",
            "\\k<n>", "\\p{Nope}", "\\Z",
        ] {
            XCTAssertThrowsError(try PatternProgram.compile(source), source) { error in
                guard case .invalid = error as? PatternError else {
                    return XCTFail("\(source): \(error)")
                }
            }
        }
        for source in ["(?=a)", "(?!a)b", "(?<=a+)b", "(?<!a)", "(a)\\1", "(?<n>a)\\k<n>"] {
            XCTAssertThrowsError(try PatternProgram.compile(source), source) { error in
                guard case .unsupported = error as? PatternError else {
                    return XCTFail("\(source): \(error)")
                }
            }
            XCTAssertTrue(PatternProgram.isValid(source))
        }
    }
}
