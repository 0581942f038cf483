import CAllocationCount
import Foundation
import RIGBytes
import RIGJSON
import XCTest

/// A request that is scanned and checked again and again costs no heap allocation.
final class SchemaAllocationTests: XCTestCase {
    func testWarmWalksAllocateNothing() throws {
        let root = try Corpora.folder("json-bench")
        for name in ["tiny", "small", "medium", "large"] {
            let schema = try Corpora.json(root.appendingPathComponent("\(name).schema.json"))
            let program = try SchemaProgram.compile(schema)
            for kind in ["", ".invalid"] {
                let file = root.appendingPathComponent("\(name)\(kind).json")
                let buffer = ByteBuffer([UInt8](try Data(contentsOf: file)))
                var scanner = Scanner()
                var checker = Checker()
                var accepted = 0
                func once() throws {
                    try scanner.scan(buffer, buffer.range)
                    if checker.checkAll(program, scanner, buffer) { accepted += 1 }
                }
                for _ in 0..<2 { try once() }
                let before = rig_allocation_count()
                for _ in 0..<10 { try once() }
                let after = rig_allocation_count()
                XCTAssertEqual(after - before, 0, "\(name)\(kind)")
                XCTAssertEqual(accepted, kind.isEmpty ? 12 : 0, "\(name)\(kind)")
            }
        }
    }

    func testTheCounterCounts() {
        let before = rig_allocation_count()
        let array = Array(repeating: UInt8(1), count: Int(before % 7) + 4096)
        XCTAssertGreaterThan(rig_allocation_count(), before)
        withExtendedLifetime(array) {}
    }
}
