import RIGBytes
import RIGJSON
import XCTest

@testable import RIGModel

final class VectorTests: XCTestCase {
    func testToolDefinitionDecodingGivesEveryVectorItsVerdictAtItsPlace() throws {
        try check("tool-definition") { value throws(ShapeFault) in
            _ = try ToolDefinition(decoding: value)
        }
    }

    func testToolResultDecodingGivesEveryVectorItsVerdictAtItsPlace() throws {
        try check("tool-result") { value throws(ShapeFault) in
            _ = try ToolResult(decoding: value)
        }
    }

    func testToolErrorDecodingGivesEveryVectorItsVerdictAtItsPlace() throws {
        try check("tool-error") { value throws(ShapeFault) in
            _ = try RTPError(decoding: value)
        }
    }

    func testApprovalRequiredDecodingGivesEveryVectorItsVerdictAtItsPlace() throws {
        try check("approval-required") { value throws(ShapeFault) in
            _ = try ApprovalRequired(decoding: value)
        }
    }

    func testAToolDefinitionIsEncodedToTheValueItWasDecodedFrom() throws {
        for vector in try Vector.all("tool-definition") where vector.isValid {
            let tool = try ToolDefinition(decoding: vector.value)
            XCTAssertEqual(tool.encoded, vector.value, vector.name)
        }
    }

    func testAnErrorIsWrittenAsTheValueItWasDecodedFrom() throws {
        for vector in try Vector.all("tool-error") where vector.isValid {
            let buffer = ByteBuffer()
            var writer = JSONWriter(buffer)
            try RTPError(decoding: vector.value).write(to: &writer)
            let written = try JSONValue.parse(buffer, buffer.range)
            XCTAssertEqual(written, vector.value, vector.name)
        }
    }

    func testAResultIsWrittenAsTheValueItWasDecodedFrom() throws {
        for vector in try Vector.all("tool-result") where vector.isValid {
            let buffer = ByteBuffer()
            switch try ToolResult(decoding: vector.value) {
            case .success(let output, let meta):
                let source = ByteBuffer(Array("[\(output.text)]".utf8))
                ToolResult.appendSuccess(
                    output: source, ByteRange(offset: 1, count: source.count - 2), meta: meta,
                    to: buffer)
            case .failure(let error, let meta):
                ToolResult.appendFailure(error, meta: meta, to: buffer)
            }
            let written = try JSONValue.parse(buffer, buffer.range)
            XCTAssertEqual(written, vector.value, vector.name)
        }
    }

    func testTheErrorMapEqualsTheEnumeration() throws {
        let table = try XCTUnwrap(Vector.json("vectors/error-map.json").object)
        XCTAssertEqual(table.names, ErrorType.allCases.map(\.rawValue))
        for type in ErrorType.allCases {
            let row: JSONValue = [
                "retryable": .string(type.retryRule.rawValue),
                "status": .number(JSONNumber(type.rgpStatus)),
                "exit": .number(JSONNumber(type.exitCode)),
            ]
            XCTAssertEqual(table[type.rawValue], row, type.rawValue)
        }
    }

    func testTheSchemaFilesListTheWordsOfTheEnumerations() throws {
        func words(_ kind: String, _ member: String) throws -> [String] {
            let property = try Vector.schema(kind)["properties"]?[member]
            return try XCTUnwrap(property?["enum"]?.array).compactMap(\.string)
        }
        XCTAssertEqual(try words("tool-error", "type"), ErrorType.allCases.map(\.rawValue))
        XCTAssertEqual(try words("tool-definition", "risk"), Risk.allCases.map(\.rawValue))
        XCTAssertEqual(try words("approval-required", "risk"), Risk.allCases.map(\.rawValue))
    }

    private func check(
        _ kind: String, _ decode: (JSONValue) throws(ShapeFault) -> Void
    ) throws {
        for vector in try Vector.all(kind) {
            do throws(ShapeFault) {
                try decode(vector.value)
                XCTAssertTrue(vector.isValid, "\(vector.name) was accepted")
            } catch {
                XCTAssertFalse(vector.isValid, "\(vector.name) was refused: \(error)")
                XCTAssertEqual(error.keyword.rawValue, vector.keyword, vector.name)
                XCTAssertEqual(error.pointer, vector.pointer, vector.name)
                XCTAssertFalse(error.message.isEmpty, vector.name)
            }
        }
    }
}
