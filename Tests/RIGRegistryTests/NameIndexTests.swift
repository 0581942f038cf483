import RIGBytes
import RIGRegistry
import XCTest

final class NameIndexTests: XCTestCase {
    func testEveryNameIsFoundAndNoOther() {
        let names = (0..<1000).map { "pack\($0 % 7).tool\($0)" }
        let index = NameIndex(names)
        for (number, name) in names.enumerated() {
            XCTAssertEqual(index.find(name), number)
            let buffer = ByteBuffer(Array(("xx" + name + "yy").utf8))
            XCTAssertEqual(
                index.find(buffer, ByteRange(offset: 2, count: name.utf8.count)), number)
            XCTAssertNil(index.find(buffer, ByteRange(offset: 2, count: name.utf8.count + 1)))
        }
        XCTAssertNil(index.find("pack0.tool1001"))
        XCTAssertNil(NameIndex([]).find(""))
    }

    func testFirstOfTwoEqualNamesWins() {
        XCTAssertEqual(NameIndex(["a", "b", "a"]).find("a"), 0)
    }
}
