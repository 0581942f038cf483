import RIGYAML
import XCTest

/// A bounded fuzz: whatever the bytes are, the reader answers, and what it answers holds together.
final class YAMLFuzzTests: XCTestCase {
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    private static let pieces = [
        "- ", "? ", ": ", ":", "\n", "\n  ", "\n    ", "\t", " ", "[", "]", "{", "}", ",", "\"",
        "'", "\\", "|", ">", "|+2", ">-", "#", " #", "&a", "*a", "!t", "%YAML", "---", "...",
        "\n---\n", "<<", "a", "key", "1.5", "0x", "~", "\r\n", "\r", "é", "😀", "\u{FEFF}", "\\u",
    ].map { Array($0.utf8) }

    func testMutatedTextsAreReadOrRefusedAndTreesHoldTogether() throws {
        var seeds: [[UInt8]] = []
        for group in ["pass", "fail"] {
            for name in try YAMLFixtures.names(group) {
                seeds.append(try YAMLFixtures.bytes(group, name))
            }
        }
        var random = Random(state: 20_250_614)
        var (read, refused) = (0, 0)
        for _ in 0..<20_000 {
            var bytes = seeds.randomElement(using: &random) ?? []
            if bytes.count > 400 { bytes = Array(bytes.prefix(400)) }
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
            do {
                let document = try YAMLDocument(bytes)
                check(document.root, within: 0...bytes.count, bytes)
                read += 1
            } catch {
                XCTAssertLessThanOrEqual(error.position.offset, bytes.count)
                XCTAssertGreaterThan(error.position.line, 0)
                refused += 1
            }
        }
        XCTAssertGreaterThan(read, 1_000, "the fuzz reaches texts that are read")
        XCTAssertGreaterThan(refused, 1_000)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where place < bytes.count: bytes.remove(at: place)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2:
            let end = Int.random(in: place...bytes.count, using: &random)
            bytes.append(contentsOf: bytes[place..<min(end, place + 40)])
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 8))
        default:
            bytes.insert(
                contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
        }
    }

    /// Children lie in their parent, in order.
    private func check(_ node: YAMLNode, within range: ClosedRange<Int>, _ bytes: [UInt8]) {
        let (start, end) = (node.start.offset, node.end.offset)
        guard start <= end, range.contains(start), range.contains(end) else {
            return XCTFail("\(start)..<\(end) leaves \(range) in \(bytes)")
        }
        var last = start
        func child(_ node: YAMLNode) {
            check(node, within: last...max(end, last), bytes)
            last = node.end.offset
        }
        switch node.value {
        case .sequence(let items): items.forEach(child)
        case .mapping(let entries):
            for entry in entries {
                child(entry.key)
                child(entry.value)
            }
        default: break
        }
    }
}
