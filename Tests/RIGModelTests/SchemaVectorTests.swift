import RIGBytes
import RIGJSON
import XCTest

@testable import RIGModel

/// The schema files through RIG's own compiler: the same verdicts as the decoders give.
final class SchemaVectorTests: XCTestCase {
    func testEveryVectorGetsItsVerdictFromTheCompiledSchemaFile() throws {
        for kind in Vector.kinds {
            let program = try compile(kind)
            var scanner = Scanner(capacityBytes: 4_096)
            var checker = Checker()
            for vector in try Vector.all(kind) {
                let buffer = ByteBuffer(Array(vector.value.text.utf8))
                try scanner.scan(buffer, buffer.range, limits: JSONLimits())
                let verdict = checker.checkAll(program, scanner, buffer)
                XCTAssertEqual(verdict, vector.isValid, vector.name)
            }
        }
    }

    func testTheReportNamesTheViolationOfEveryInvalidVector() throws {
        for kind in Vector.kinds {
            let program = try compile(kind)
            for vector in try Vector.all(kind) {
                let found = program.report(vector.value)
                XCTAssertEqual(found.isEmpty, vector.isValid, vector.name)
                guard let keyword = vector.keyword else { continue }
                let isNamed = found.contains { violation in
                    violation.pointer == vector.pointer
                        && violation.schemaPointer.split(separator: "/").suffix(2)
                            .contains(Substring(keyword))
                }
                XCTAssertTrue(isNamed, "\(vector.name): \(found)")
            }
        }
    }

    private func compile(_ kind: String) throws -> SchemaProgram {
        var options = SchemaOptions()
        for sibling in Vector.kinds {
            let schema = try Vector.schema(sibling)
            options.documents[try XCTUnwrap(schema["$id"]?.string)] = schema
        }
        return try SchemaProgram.compile(try Vector.schema(kind), options: options)
    }
}
