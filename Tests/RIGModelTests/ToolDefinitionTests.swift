import RIGJSON
import XCTest

@testable import RIGModel

final class ToolDefinitionTests: XCTestCase {
    func testIdempotentDefaultsToWhetherTheRiskIsRead() throws {
        for risk in Risk.allCases {
            var tool = ToolDefinition(
                name: try XCTUnwrap(ToolName("say")), description: "d", risk: risk,
                inputSchema: ["type": "object"])
            XCTAssertEqual(tool.isIdempotent, risk == .read, "\(risk)")
            tool.idempotent = risk != .read
            XCTAssertEqual(tool.isIdempotent, risk != .read, "\(risk)")
        }
    }

    func testSchemasAreKeptAsTheyCame() throws {
        let text =
            #"{"rtp":"1.0","name":"a","description":"d","risk":"read","input_schema":"#
            + #"{"type":"object","properties":{"n":{"maximum":1e2,"const":12345678901234567890}}}}"#
        let tool = try ToolDefinition(decoding: JSONValue.parse(text))
        XCTAssertEqual(tool.encoded.text, text)
    }

    func testAFaultReadsAsPlaceAndRule() throws {
        let value = try JSONValue.parse(
            #"{"rtp":"1.0","name":"a","description":"d","risk":"high","input_schema":{"type":"object"}}"#
        )
        XCTAssertThrowsError(try ToolDefinition(decoding: value)) { error in
            XCTAssertEqual(
                "\(error)", "/risk must be one of read, write, destructive, money")
        }
    }

    func testPackMetadataDecodesAndEncodes() throws {
        let value: JSONValue = [
            "rsp": "1.0", "name": "rig-pack-web", "version": "1.2.0rc1+local.1",
            "capabilities": [
                "net": ["api.example.com:443", "[2001:db8::1]:80"], "fs": ["data", "workspace"],
                "secrets": ["token"],
            ],
        ]
        let metadata = try PackMetadata(decoding: value)
        XCTAssertEqual(metadata.capabilities.net.first?.port, 443)
        XCTAssertEqual(metadata.encoded, value)
    }

    func testPackMetadataWithoutCapabilitiesAsksForNothing() throws {
        let bare = try PackMetadata(
            decoding: ["rsp": "1.0", "name": "@rig/pack-fs", "version": "1.0.0"])
        XCTAssertTrue(bare.capabilities.isEmpty)
        let partly = try PackMetadata(
            decoding: ["rsp": "1.0", "name": "a", "version": "1", "capabilities": ["fs": ["data"]]])
        XCTAssertEqual(partly.capabilities, PackMetadata.Capabilities(fs: [.data]))
    }

    func testPackMetadataIsRefusedAtThePlaceOfItsFault() {
        let good: JSONObject = [
            "rsp": "1.0", "name": "rig-pack-web", "version": "1.0.0", "capabilities": [:],
        ]
        let cases: [(String, JSONValue?, String, ShapeFault.Keyword)] = [
            ("rsp", nil, "", .required), ("rsp", "1.1", "/rsp", .const),
            ("name", nil, "", .required), ("name", "../x", "/name", .pattern),
            ("version", nil, "", .required), ("version", 1, "/version", .type),
            ("version", "1/2", "/version", .pattern),
            ("extra", 1, "/extra", .additionalProperties),
            ("capabilities", ["gpu": []], "/capabilities/gpu", .additionalProperties),
            ("capabilities", ["net": ["a"]], "/capabilities/net/0", .pattern),
            ("capabilities", ["net": "a:1"], "/capabilities/net", .type),
            ("capabilities", ["fs": ["data", "/"]], "/capabilities/fs/1", .enum),
            ("capabilities", ["secrets": ["a-b"]], "/capabilities/secrets/0", .pattern),
            ("capabilities", nil, "valid", .type),
        ]
        for (name, member, pointer, keyword) in cases {
            var object = good
            object[name] = member
            do throws(ShapeFault) {
                _ = try PackMetadata(decoding: .object(object))
                XCTAssertEqual(pointer, "valid", "\(name) \(member?.text ?? "absent")")
            } catch {
                XCTAssertEqual(error.pointer, pointer, name)
                XCTAssertEqual(error.keyword, keyword, name)
            }
        }
    }
}
