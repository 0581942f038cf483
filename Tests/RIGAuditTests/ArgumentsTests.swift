import Foundation
import RIGAudit
import RIGBytes
import RIGJSON
import RIGLoop
import RIGModel
import RIGTestSupport
import XCTest

final class ArgumentsTests: XCTestCase {
    private var folder = TemporaryFolder("audit")

    override func tearDown() { folder.remove() }

    private func digest(_ text: String, _ mode: AuditOptions.Arguments, in name: String)
        async throws -> Digest?
    {
        let path = folder.path(name) + "/state.db"
        try FileManager.default.createDirectory(
            atPath: folder.path(name), withIntermediateDirectories: true)
        return try await onLoop {
            var options = AuditOptions()
            options.arguments = mode
            let log = try await AuditLog.open(path, options: options)
            let buffer = ByteBuffer(Array(text.utf8))
            let digest = log.arguments.digest(buffer, buffer.range)
            _ = await log.close()
            return digest
        }
    }

    func testADigestIsTheSameForTheSameKeyAndNothingWithoutIt() async throws {
        let text = #"{"pin":1234}"#
        let one = try await digest(text, .digest, in: "one")
        let again = try await digest(text, .digest, in: "one")
        let other = try await digest(text, .digest, in: "two")
        let none = try await digest(text, .none, in: "one")
        XCTAssertNotNil(one)
        XCTAssertEqual(one, again)
        XCTAssertNotEqual(one, other, "another key, another digest")
        XCTAssertNotEqual(one, SHA256.digest(Array(text.utf8)), "guessing would find a bare hash")
        XCTAssertNil(none)
    }

    func testRedactionKeepsStructureAndNoText() throws {
        let cases: [(String, String)] = [
            (#"{}"#, #"{}"#),
            (
                #"{"to":{"name":"Ann","tags":["a",null,true]},"amount":12.50}"#,
                #"{"amount":12.5,"to":{"name":"<3 characters>","tags":["<1 characters>",null,true]}}"#
            ),
            (#"{"n":4111111111111111}"#, #"{"n":"<16 digits>"}"#),
            (
                #"{"Password":{"a":[1]},"x_TOKEN_y":1}"#,
                #"{"Password":"<hidden>","x_TOKEN_y":"<hidden>"}"#
            ),
            (#"{"pin":12,"shipping":12}"#, #"{"pin":"<hidden>","shipping":12}"#),
            (#"{"mother":true,"b":false}"#, #"{"b":false,"mother":"<hidden>"}"#),
            (#"{"\#(String(repeating: "k", count: 65))":1}"#, #"{"<name of 65 bytes>":1}"#),
        ]
        for (text, expected) in cases {
            XCTAssertEqual(
                AuditArguments.redacted(try JSONValue.parse(text), hiding: ["mother"]), expected)
        }
    }

    func testNamesThatASchemaDeclaresSecretAreFoundWhereverTheyStand() throws {
        let schema = try JSONValue.parse(
            """
            {"properties": {"a": {"writeOnly": true}, "b": {"type": "object", "properties":
              {"c": {"format": "password"}, "d": {}}}},
             "anyOf": [{"properties": {"e": {"writeOnly": true}, "f": {"writeOnly": false}}}]}
            """)
        XCTAssertEqual(AuditArguments.secretNames(in: schema), ["a", "c", "e"])
    }

    func testLongArgumentsAreCut() async throws {
        let path = folder.path("state.db")
        let record = try await onLoop {
            let log = try await AuditLog.open(path)
            var row = Sample.row(.outcome, call: 1)
            row.args = String(repeating: "a", count: 5_000)
            try await log.record(row)
            _ = await log.close()
            return try XCTUnwrap(AuditReader.open(path).page().records.first)
        }
        XCTAssertEqual(record.args.utf8.count, 4_096)
        XCTAssertTrue(record.args.hasSuffix("…"))
        XCTAssertTrue(try AuditVerifier.verify(path).isIntact)
    }
}
