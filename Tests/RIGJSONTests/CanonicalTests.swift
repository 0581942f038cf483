import RIGBytes
import RIGJSON
import XCTest

final class CanonicalTests: XCTestCase {
    private func canonical(_ text: String) throws -> String {
        let buffer = ByteBuffer(Array(text.utf8))
        let out = ByteBuffer()
        try CanonicalJSON.append(buffer, buffer.range, to: out)
        return out.string(out.range)
    }

    /// RFC 8785, sections 3.2.2 to 3.2.4.
    func testPublishedExampleHasThePublishedBytes() throws {
        let text = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        XCTAssertEqual(try canonical(text), expected)
    }

    /// RFC 8785, section 3.2.3.
    func testNamesAreSortedByUTF16CodeUnits() throws {
        let text = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
             "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
             "\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let object = try XCTUnwrap(JSONValue.parse(canonical(text)).object)
        XCTAssertEqual(
            object.members.map(\.value.string),
            [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
                "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    /// RFC 8785, appendix B: the doubles by their bits.
    func testDoublesAreWrittenAsECMAScriptWritesThem() throws {
        let table: [(UInt64, String)] = [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ]
        for (bits, expected) in table {
            let number = try XCTUnwrap(JSONNumber(Double(bitPattern: bits)))
            XCTAssertEqual(CanonicalJSON.text(.number(number)), expected)
        }
    }

    func testIntegersKeepAllTheirDigits() throws {
        XCTAssertEqual(try canonical("9007199254740993"), "9007199254740993")
        XCTAssertEqual(try canonical("9007199254740992"), "9007199254740992")
        XCTAssertEqual(try canonical("-9007199254740993.0"), "-9007199254740993")
        XCTAssertEqual(try canonical("12345678901234567890123"), "1.2345678901234567890123e+22")
        XCTAssertEqual(try canonical("1e400"), "1e+400")
        XCTAssertEqual(try canonical("1000e-3"), "1")
        XCTAssertEqual(try canonical("-0"), "0")
        XCTAssertEqual(try canonical("-0.0e5"), "0")
        XCTAssertEqual(try canonical("-1e-400"), "0")
    }

    func testCanonicalFormIsItsOwnCanonicalForm() throws {
        let text = #"{"b":[1.0,{"z":null,"a":"\u0001\u007f"}],"a":-1.5E-9,"":1e21}"#
        let once = try canonical(text)
        XCTAssertEqual(
            once, #"{"":1e+21,"a":-1.5e-9,"b":[1,{"a":"\u0001"# + "\u{7f}" + #"","z":null}]}"#)
        XCTAssertEqual(try canonical(once), once)
        // Found by the fuzzer: an exponent past the greatest one, on top of many digits.
        let vast = try canonical("48888888888888888888888888e00200000000000000000465290467")
        XCTAssertEqual(try canonical(vast), vast)
    }

    func testFaultyTextHasNoCanonicalForm() {
        XCTAssertThrowsError(try canonical(#"{"a":1,"\u0061":2}"#)) {
            XCTAssertEqual($0 as? JSONError, JSONError(.duplicateName, at: 7))
        }
    }
}
