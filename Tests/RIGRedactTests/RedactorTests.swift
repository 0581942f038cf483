import Foundation
import RIGBytes
import XCTest

@testable import RIGRedact

/// Every form of a value is found wherever it stands, and nothing else is touched.
final class RedactorTests: XCTestCase {
    private static let value = #"s3cr"t/Kéy +\%41 end?"#

    private func redactor(_ values: String...) throws -> Redactor {
        try XCTUnwrap(
            Redactor(
                values.enumerated().map { .init(slot: "slot\($0)", value: $1.utf8) }))
    }

    private func text(_ redactor: Redactor, _ text: String, _ kind: TextKind) -> String? {
        // The text stands in the middle of a buffer, as a frame's does.
        let buffer = ByteBuffer("<<<".utf8)
        buffer.append(text)
        let range = ByteRange(offset: 3, count: text.utf8.count)
        buffer.append(">>>")
        switch redactor.redact(buffer, range, kind) {
        case .clean: return text
        case .redacted(let result): return result.string(result.range)
        case .inStructure: return nil
        }
    }

    /// The forms in which a program writes a text, without JSON around it.
    private static func forms(_ value: String) -> [(String, String)] {
        let bytes = Array(value.utf8)
        func percent(_ isKept: (UInt8) -> Bool, _ format: String) -> String {
            bytes.map {
                isKept($0) ? String(UnicodeScalar($0)) : String(format: format, $0)
            }.joined()
        }
        func isLetter(_ byte: UInt8) -> Bool {
            UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80 || 0x30...0x39 ~= byte
        }
        var forms = [("raw", value)]
        for (name, format) in [("upper", "%%%02X"), ("lower", "%%%02x")] {
            forms.append(("percent \(name)", percent({ isLetter($0) }, format)))
            forms.append(("percent all \(name)", percent({ _ in false }, format)))
            forms.append(
                ("percent path \(name)", percent({ isLetter($0) || $0 == 0x2F }, format)))
        }
        forms.append(
            (
                "form",
                percent({ isLetter($0) || $0 == 0x20 }, "%%%02X").replacingOccurrences(
                    of: " ", with: "+")
            ))
        for before in ["", "a", "ab", "abc", "user:"] {
            for behind in ["", "x"] {
                let data = Data((before + value + behind).utf8).base64EncodedString()
                let safe = data.replacingOccurrences(of: "+", with: "-")
                    .replacingOccurrences(of: "/", with: "_")
                let name = "base64 \(before) \(behind)"
                forms.append((name, data))
                forms.append((name + " url", safe))
                forms.append((name + " bare", data.replacingOccurrences(of: "=", with: "")))
                forms.append((name + " bare url", safe.replacingOccurrences(of: "=", with: "")))
                forms.append(
                    (
                        name + " percent",
                        data.replacingOccurrences(of: "+", with: "%2b")
                            .replacingOccurrences(of: "/", with: "%2F")
                            .replacingOccurrences(of: "=", with: "%3D")
                    ))
            }
        }
        return forms
    }

    /// The spellings of a text as a JSON string.
    private static func strings(_ text: String) -> [String] {
        let minimal = String(
            decoding: try! JSONEncoder().encode([text]).dropFirst().dropLast(), as: UTF8.self)
        let every = text.utf16.map { String(format: "\\u%04X", $0) }.joined()
        let some = text.utf16.enumerated().map { index, unit in
            index % 3 == 1 || unit > 0x7E || unit == 0x22 || unit == 0x5C
                ? String(format: "\\u%04x", unit) : String(UnicodeScalar(unit)!)
        }.joined()
        return [
            minimal, minimal.replacingOccurrences(of: "\\/", with: "/"), "\"\(every)\"",
            "\"\(some)\"",
        ]
    }

    func testEveryFormIsFoundInALine() throws {
        let values = [
            "abcdef", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", Self.value, "pässwörd😀",
        ]
        for value in values {
            let redactor = try redactor(value)
            for (name, form) in Self.forms(value) {
                for around in [("", ""), ("a=", "&b"), ("%", "%4"), ("\\", "\\"), (form, form)] {
                    let line = around.0 + form + around.1
                    let result = try XCTUnwrap(text(redactor, line, .text))
                    XCTAssertTrue(result.contains("[secret:slot0]"), "\(name): \(line)")
                    assertClean(result, of: value, name)
                }
            }
            for string in Self.strings(value) {
                let result = try XCTUnwrap(text(redactor, #"{"a": \#(string)}"#, .text))
                XCTAssertEqual(result, #"{"a": "[secret:slot0]"}"#, string)
            }
        }
    }

    func testEveryFormIsFoundInJSONHoweverItsStringIsSpelled() throws {
        for value in ["abcdef", Self.value, "pässwörd😀", "line1 of a key\nline2 of a key"] {
            let redactor = try redactor(value)
            for (name, form) in Self.forms(value) {
                for string in Self.strings(form) + Self.strings(Self.strings(form)[0]) {
                    let json = #"{"\u006bey\\": [1, \#(string), {\#(string): "\\"}]}"#
                    let result = try XCTUnwrap(text(redactor, json, .json), "\(name) \(json)")
                    XCTAssertNoThrow(
                        try JSONSerialization.jsonObject(with: Data(result.utf8)), result)
                    XCTAssertTrue(result.contains("[secret:slot0]"), "\(name): \(json)")
                    XCTAssertTrue(result.hasPrefix(#"{"\u006bey\\": [1, "#), result)
                    assertClean(result, of: value, name)
                }
            }
        }
    }

    /// No form of the value's middle part is left either.
    private func assertClean(_ result: String, of value: String, _ name: String) {
        var read = result
        for _ in 0..<3 {
            XCTAssertFalse(read.contains(value), "\(name): \(result)")
            read = read.removingPercentEncoding ?? read
        }
        for word in result.split(whereSeparator: {
            !($0.isLetter || $0.isNumber || "+/-_".contains($0))
        }) {
            XCTAssertFalse(
                Self.forms(value).contains { $0.0.hasPrefix("base64") && word.contains($0.1) },
                "\(name): \(result)")
        }
    }

    func testNeighboursInBase64GoWithTheSecret() throws {
        let redactor = try redactor("abcdef")
        // "\u{0}abcdef\u{0}": the first and last characters hold bits of both.
        let result = text(redactor, Data("\u{0}abcdef\u{0}".utf8).base64EncodedString(), .text)
        XCTAssertEqual(result, "A[secret:slot0]A=")
    }

    func testSecretAcrossStructureIsNotCutOut() throws {
        let redactor = try redactor("1234567", #"ab","cd"#, "true,false")
        XCTAssertNil(text(redactor, #"{"a": 1234567}"#, .json))
        XCTAssertNil(text(redactor, #"{"a": 0.1234567e3}"#, .json))
        XCTAssertNil(text(redactor, #"["xab","cdx"]"#, .json))
        XCTAssertNil(text(redactor, #"[true,false]"#, .json))
        XCTAssertEqual(
            text(redactor, #"["1234567", "ab\",\"cd", "true,false"]"#, .json),
            #"["[secret:slot0]", "[secret:slot1]", "[secret:slot2]"]"#)
    }

    func testWhatHasNoSecretIsNotCopied() throws {
        let redactor = try redactor("abcdef", "password")
        for clean in [
            "", "abcde", "passwor", #"{"a": "abcde\u0067", "b": "%61bcde"}"#, "%", "\\", "\\u006",
            "ab cdef", "ABCDEF", String(repeating: "abcde", count: 99),
        ] {
            let buffer = ByteBuffer(clean.utf8)
            for kind in [TextKind.json, .text] {
                guard case .clean = redactor.redact(buffer, buffer.range, kind) else {
                    return XCTFail(clean)
                }
            }
        }
        XCTAssertNil(Redactor([]))
    }

    func testOverlappingSecretsAreCoveredAsAWhole() throws {
        let redactor = try redactor("abcdefgh", "efghijkl", "cdefgh")
        XCTAssertEqual(text(redactor, "xabcdefghijklx", .text), "x[secret:slot0]x")
        XCTAssertEqual(text(redactor, "abcdefghcdefgh", .text), "[secret:slot0][secret:slot2]")
    }

    func testLinesOfAKeyAreSecretsEach() throws {
        let redactor = try redactor(
            "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nAgEAAoIBAQC7VJTUt9Us\n-----END KEY-----\n")
        XCTAssertEqual(text(redactor, "k: MIIEvQIBADANBgkqhkiG.", .text), "k: [secret:slot0].")
        XCTAssertEqual(text(redactor, "-----BEGIN KEY-----", .text), "-----BEGIN KEY-----")
    }

    func testUnfinishedLineIsSettledUpToWhatMayGoOn() throws {
        let redactor = try redactor("abcdefgh")
        for (line, settled) in [("xxxabc", 3), ("xxxabx", 6), ("xx%61b", 2), ("xxx%6", 3), ("", 0)]
        {
            let buffer = ByteBuffer(line.utf8)
            XCTAssertEqual(redactor.settledBytes(buffer, buffer.range), settled, line)
        }
    }

    /// Against a search that tries every place, on texts made of the pieces of secrets.
    func testAutomatonFindsWhatTheNaiveSearchFinds() throws {
        var random = SplitMix(state: 42)
        var hits = 0
        for _ in 0..<3_000 {
            let letters = Array("ab".utf8) + (Bool.random(using: &random) ? Array("c%41".utf8) : [])
            func bytes(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
            }
            let values = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                bytes(.random(in: 6...9, using: &random))
            }
            let buffer = ByteBuffer(bytes(.random(in: 0...120, using: &random)))
            let patterns = values.enumerated().map { Pattern(bytes: $1, slot: $0) }
            var search = Search(Automaton(patterns), .text)
            let found = search.finds(buffer, buffer.range, Skip(patterns))
            let raw = buffer.array(buffer.range)
            let decoded = Self.percentDecoded(raw)
            let naive = values.contains { Self.contains(raw, $0) || Self.contains(decoded, $0) }
            XCTAssertEqual(found, naive, "\(values) in \(buffer.string(buffer.range))")
            let finding = Finding(Automaton(patterns), .text, buffer, buffer.range)
            var copy = finding
            XCTAssertEqual(!copy.finish().isEmpty, naive)
            hits += naive ? 1 : 0
        }
        XCTAssertGreaterThan(hits, 300)
    }

    /// The fast search against the one that reads every letter, on texts made of escapes.
    func testSearchThatSkipsFindsWhatTheOneThatReadsAllFinds() throws {
        var random = SplitMix(state: 7)
        var hits = 0
        // An escape that is passed over is read as its letters by the readings that skip it too.
        var falseAlarms = 0
        let pieces = [
            "a", "b", "c", "n", "u", "0", "6", "1", "\\", "\\", "\\\\", "\\n", "\\\\n", "\"",
            "\\\"",
            "\\\\\\\"", "%", "%61", "%5c", "%0a", "\\u0061", "\\u006", "\\\\u0061", "\\u005c",
            "\\u0025",
            "\\ud83d\\ude00", "\\u00e9", "\n", "      ", "abcabc", "aabbcc",
        ]
        let values = [
            "abcabc", "aabbcc", "a\\nbcab", "a%61bcb", "ab\ncab", "é\"abcab", "u0061b", "aaaaaa",
        ]
        for round in 0..<8_000 {
            let patterns = values.shuffled(using: &random).prefix(round % 3 + 1).enumerated()
                .flatMap { SecretForms.patterns(of: Array($1.utf8), slot: $0) }
            let count = Int.random(in: 0...24, using: &random)
            let buffer = ByteBuffer(
                (0..<count).map { _ in
                    Int.random(in: 0..<8, using: &random) > 0
                        ? pieces.randomElement(using: &random) ?? ""
                        : Self.spelled(values.randomElement(using: &random) ?? "", &random)
                }.joined().utf8)
            for kind in [TextKind.text, .json] {
                let automaton = Automaton(patterns)
                var search = Search(automaton, kind)
                let found = search.finds(buffer, buffer.range, Skip(patterns))
                var finding = Finding(automaton, kind, buffer, buffer.range)
                let holds = !finding.finish().isEmpty
                XCTAssertTrue(
                    found || !holds,
                    "\(kind) \(patterns.map { String(decoding: $0.bytes, as: UTF8.self) }) in "
                        + buffer.string(buffer.range))
                falseAlarms += found && !holds ? 1 : 0
                hits += holds ? 1 : 0
            }
        }
        XCTAssertGreaterThan(hits, 600)
        XCTAssertLessThan(falseAlarms, 20)
    }

    /// Some letters as escapes of one kind or another, and now and then one letter missing.
    private static func spelled(_ value: String, _ random: inout SplitMix) -> String {
        let missing = Int.random(in: 0..<(2 * value.count), using: &random)
        return value.unicodeScalars.enumerated().map { index, scalar in
            if index == missing { return "" }
            switch Int.random(in: 0..<9, using: &random) {
            case 0: return String(scalar).utf8.map { String(format: "%%%02x", $0) }.joined()
            case 1: return String(format: "\\u%04x", scalar.value)
            case 2: return String(format: "\\\\u%04x", scalar.value)
            case 3 where "\"\\".unicodeScalars.contains(scalar): return "\\" + String(scalar)
            default: return scalar == "\n" ? "\\n" : String(scalar)
            }
        }.joined()
    }

    private static func contains(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        text.count >= pattern.count
            && (0...(text.count - pattern.count)).contains {
                Array(text[$0..<($0 + pattern.count)]) == pattern
            }
    }

    private static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < text.count {
            let digits =
                text.count >= at + 3
                ? String(decoding: text[(at + 1)...(at + 2)], as: UTF8.self) : ""
            if text[at] == 0x25, let byte = UInt8(digits, radix: 16), !digits.contains("+") {
                result.append(byte)
                at += 3
            } else {
                result.append(text[at])
                at += 1
            }
        }
        return result
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
