import CScan
import XCTest

/// Holds the four kernels of stage 1 against each other, and the portable one against a definition
/// written byte by byte.
final class ScanKernelTests: XCTestCase {
    private struct Scan: Equatable {
        var positions: [UInt32]
        var escapes: [UInt64]
        var nonASCII: [UInt64]
        var flags: UInt32
    }

    private static let guardWord: UInt64 = 0xA5A5_A5A5_A5A5_A5A5
    private static let depthMax = 40
    private static let guardPosition: UInt32 = 0xA5A5_A5A5

    /// Runs one kernel over `text`, which `alignment` bytes precede and `after` follow. Nil when
    /// the machine lacks it. Checks that nothing past the promised arrays is written.
    private func scan(
        _ text: [UInt8], kernel: Int32, alignment: Int = 0, after: UInt8 = 0x22
    ) -> Scan? {
        let bytes =
            [UInt8](repeating: after, count: alignment) + text
            + [UInt8](repeating: after, count: 64)
        let words = (text.count + 63) / 64
        let room = text.count + 64 + Self.depthMax + RIG_SCAN_AHEAD
        var positions = [UInt32](repeating: Self.guardPosition, count: room + 8)
        var escapes = [UInt64](repeating: Self.guardWord, count: words + 2)
        var nonASCII = escapes
        let result = bytes.withUnsafeBufferPointer {
            rig_scan_with(
                kernel, $0.baseAddress! + alignment, text.count, &positions, &escapes, &nonASCII,
                UInt32(Self.depthMax))
        }
        if result.count == UInt32.max { return nil }
        let count = Int(result.count)
        if count > 0 {
            let opened = positions[..<count].count { "{[".utf8.contains(text[Int($0)]) }
            let repeated = min(opened, Self.depthMax) + RIG_SCAN_AHEAD
            XCTAssertEqual(
                Array(positions[count..<count + repeated]),
                Array(repeating: result.last, count: repeated), "the last place is repeated")
        }
        XCTAssertEqual(
            Int(result.last), text.lastIndex { !" \t\n\r".utf8.contains($0) } ?? 0,
            "the last byte that is no white space")
        XCTAssertEqual(Array(positions[room...]), Array(repeating: Self.guardPosition, count: 8))
        XCTAssertEqual(Array(escapes[words...]), [Self.guardWord, Self.guardWord])
        XCTAssertEqual(Array(nonASCII[words...]), [Self.guardWord, Self.guardWord])
        return Scan(
            positions: Array(positions[..<Int(result.count)]), escapes: Array(escapes[..<words]),
            nonASCII: Array(nonASCII[..<words]), flags: result.flags)
    }

    /// The header's definition, one byte at a time.
    private func definition(_ text: [UInt8]) -> Scan {
        let words = (text.count + 63) / 64
        var scan = Scan(
            positions: [], escapes: Array(repeating: 0, count: words),
            nonASCII: Array(repeating: 0, count: words), flags: 0)
        var isEscaped = false
        var inString = false
        var inScalar = false
        for (index, byte) in text.enumerated() {
            let bit: UInt64 = 1 << UInt64(index % 64)
            if byte >= 0x80 { scan.nonASCII[index / 64] |= bit }
            let wasEscaped = isEscaped
            isEscaped = byte == 0x5C && !wasEscaped
            if isEscaped { scan.escapes[index / 64] |= bit }
            if wasEscaped {
                if !#""\/bfnrtu"#.utf8.contains(byte) { scan.flags |= UInt32(RIG_SCAN_ESCAPE) }
                if byte == 0x75 { scan.flags |= UInt32(RIG_SCAN_HAS_UNICODE_ESCAPE) }
            }
            if byte == 0x22, !wasEscaped {
                inString.toggle()
                inScalar = false
                scan.positions.append(UInt32(index))
                continue
            }
            if inString {
                if byte < 0x20 { scan.flags |= UInt32(RIG_SCAN_CONTROL) }
                inScalar = false
                continue
            }
            if "{}[]:,".utf8.contains(byte) {
                scan.positions.append(UInt32(index))
                inScalar = false
            } else if " \t\n\r".utf8.contains(byte) {
                inScalar = false
            } else {
                if !inScalar { scan.positions.append(UInt32(index)) }
                inScalar = true
            }
        }
        if inString { scan.flags |= UInt32(RIG_SCAN_OPEN_STRING) }
        if String(validating: text, as: UTF8.self) == nil { scan.flags |= UInt32(RIG_SCAN_UTF8) }
        return scan
    }

    private func check(_ text: [UInt8], alignment: Int = 0, after: UInt8 = 0x22) {
        let expected = definition(text)
        for kernel: Int32 in 0...3 {
            guard let found = scan(text, kernel: kernel, alignment: alignment, after: after) else {
                continue
            }
            XCTAssertEqual(
                found, expected,
                "kernel \(kernel), alignment \(alignment): \(String(decoding: text, as: UTF8.self))"
            )
        }
    }

    func testKernelsAgreeWithTheDefinitionOnEveryLength() {
        var random = SeededGenerator(seed: 1)
        for length in 0...300 {
            for alphabet in Self.alphabets {
                let text = (0..<length).map { _ in alphabet.randomElement(using: &random)! }
                check(text, alignment: length % 64, after: alphabet.randomElement(using: &random)!)
            }
        }
    }

    func testKernelsAgreeOnEveryByteAtEveryPlaceNearABlockBorder() {
        for byte in UInt8.min...UInt8.max {
            for place in [0, 1, 15, 16, 31, 32, 62, 63, 64, 65, 127] {
                var text = Array(repeating: UInt8(ascii: " "), count: 130)
                text[place] = byte
                check(text)
                var inside = Array(repeating: UInt8(ascii: "a"), count: 130)
                inside[0] = 0x22
                inside[129] = 0x22
                inside[max(place, 1)] = byte
                check(inside)
            }
        }
    }

    func testBackslashRunsOfEveryLengthCrossBlockBorders() {
        for run in 0...70 {
            for start in [1, 30, 60, 61, 62, 63] {
                for follower in [UInt8(ascii: "\""), UInt8(ascii: "n"), UInt8(ascii: "x"), 0x75] {
                    var text = [UInt8(ascii: "\"")]
                    text += Array(repeating: UInt8(ascii: "a"), count: start)
                    text += Array(repeating: UInt8(ascii: "\\"), count: run)
                    text += [follower, UInt8(ascii: "\"")]
                    check(text)
                    check(Array(text.dropLast(2)), after: UInt8(ascii: "x"))
                }
            }
        }
    }

    func testUTF8IsJudgedAlikeForEveryTwoBytesAndAtEveryBorder() {
        let followers: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0,
            0xF4, 0xFF,
        ]
        for lead in UInt8(0x80)...UInt8.max {
            for second in followers {
                for rest: [UInt8] in [[], [0x80], [0xBF, 0x80], [0x80, 0x80, 0x80]] {
                    let sequence = [lead, second] + rest
                    for place in [0, 61] {
                        check(Array(repeating: 0x61, count: place) + sequence)
                    }
                    check(Array(repeating: 0x61, count: 64 - sequence.count) + sequence)
                }
            }
        }
        for scalar in ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{10FFFF}"] {
            for place in 56...64 {
                let text = Array(repeating: 0x61, count: place) + Array(scalar.utf8)
                XCTAssertEqual(scan(text, kernel: 0)?.flags, 0)
                check(text)
                for cut in 1..<scalar.utf8.count { check(Array(text.dropLast(cut)), after: 0x80) }
            }
        }
    }

    func testDenseAndLongTextsAgree() {
        check(Array(repeating: UInt8(ascii: "["), count: 5000))
        check(Array(repeating: UInt8(ascii: "\""), count: 5001))
        var random = SeededGenerator(seed: 7)
        for _ in 0..<40 {
            let alphabet = Self.alphabets.randomElement(using: &random)!
            check((0..<4096).map { _ in alphabet.randomElement(using: &random)! })
        }
    }

    func testChosenKernelIsTheBestOneThatRuns() {
        let best = (Int32(0)...3).last { scan([], kernel: $0) != nil }
        let names = ["portable", "ssse3", "avx2", "avx512"]
        XCTAssertEqual(String(cString: rig_scan_kernel()), names[Int(best ?? 0)])
    }

    private static let alphabets: [[UInt8]] = [
        Array(#"{}[]:,"\ 1"#.utf8),
        Array(#""\\\u"#.utf8),
        Array("{\"a\":1}\n\t ".utf8),
        Array(#""\"#.utf8) + Array(0...0x1F),
        Array("aé€😀\"".utf8),
        Array(0...255),
        Array("abc   \"\"\"".utf8),
    ]
}
