import Foundation
import RIGBytes
import RIGHTTP
import XCTest

/// The bounded run of what Tests/Fuzz/rig-fuzz-http does for hours: changed messages are read the
/// same however they arrive, and what is understood is understood again when it is written anew.
final class MutationTests: XCTestCase {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// What smuggling is made of.
    private static let morsels: [[UInt8]] = [
        "\r\n", "\n", "\r", " ", "\t", ":", "\u{0}", "\r\n\r\n", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", ";",
        ",", "chunked", "3\r\nabc\r\n", " \r\n", "HTTP/1.0", "http://h:80/", "%", "Host: h\r\n",
    ].map { Array($0.utf8) }

    func testChangedMessagesReadTheSameHoweverTheyArrive() throws {
        var random = Generator(state: 7)
        var (complete, refused) = (0, 0)
        for round in 0..<6_000 {
            var bytes = try Self.seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    bytes.insert(
                        contentsOf: Self.morsels.randomElement(using: &random) ?? [], at: place)
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2 where place < bytes.count:
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                default:
                    let end = min(bytes.count, place + Int.random(in: 0..<20, using: &random))
                    bytes.insert(contentsOf: bytes[place..<end], at: place)
                }
            }
            let whole = requests(bytes)
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            XCTAssertEqual(requests(bytes, cuts: cuts), whole, "round \(round), cuts \(cuts)")
            for seen in whole {
                guard case .request(let method, let target, let fields, let body, _) = seen else {
                    refused += 1
                    continue
                }
                complete += 1
                try checkWrittenAnew(method, target, fields, body)
            }
        }
        XCTAssertGreaterThan(complete, 500, "too little is understood to prove anything")
        XCTAssertGreaterThan(refused, 2_000, "too little is refused to prove anything")
    }

    /// One message in the plainest form must have the same content.
    private func checkWrittenAnew(
        _ method: String, _ target: String, _ fields: [String], _ body: String
    ) throws {
        // Repaired UTF-8 is longer than what it was.
        if body.unicodeScalars.contains("\u{FFFD}") { return }
        if fields.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) { return }
        let kept = fields.filter {
            !$0.lowercased().hasPrefix("transfer-encoding=")
                && !$0.lowercased().hasPrefix("content-length=")
        }
        var lines = ["\(method) \(target) HTTP/1.1"]
        lines += kept.map { $0.replacing("=", with: ": ", maxReplacements: 1) }
        if !kept.contains(where: { $0.lowercased().hasPrefix("host=") }) { lines.append("Host: h") }
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        guard case .request(_, let again, _, let content, _) = requests(text).first else {
            // An HTTP/1.0 request may name one host in its target and none in a field.
            if target.hasPrefix("http") { return }
            return XCTFail("refused: \(text.debugDescription): \(requests(text))")
        }
        XCTAssertEqual(requests(text).count, 1)
        XCTAssertEqual(again, target)
        XCTAssertEqual(content, body)
    }

    func testTheKeptCorpusReadsTheSameByteByByte() throws {
        for bytes in try Self.seeds {
            XCTAssertEqual(requests(bytes, cuts: Array(0...bytes.count)), requests(bytes))
        }
    }

    /// libFuzzer's corpus without the byte that says where to cut.
    private static var seeds: [[UInt8]] {
        get throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Fuzz/rig-fuzz-http/corpus")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            XCTAssertGreaterThan(names.count, 10)
            return try names.map {
                Array(try Data(contentsOf: folder.appendingPathComponent($0)).dropFirst())
            }
        }
    }
}
