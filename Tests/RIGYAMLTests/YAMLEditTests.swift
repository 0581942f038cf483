import RIGYAML
import XCTest

final class YAMLEditTests: XCTestCase {
    private func edited(
        _ text: String, _ body: (inout YAMLEdit) throws -> Void
    ) throws -> String {
        var edit = YAMLEdit(try YAMLDocument(text.utf8))
        try body(&edit)
        return String(decoding: edit.document.bytes, as: UTF8.self)
    }

    private let echo = YAMLFragment.mapping([
        .init("path", "./echo"), .init("tools", .list(["say", "fail"])),
    ])

    func testAppendedEntryStandsBehindTheLastWithItsComments() throws {
        XCTAssertEqual(
            try edited(
                "# head\npacks:   # all of them\n    - path: ./a   # first\n\n# tail\nz: 1\n"
            ) { try $0.append(echo, to: [.key("packs")]) },
            "# head\npacks:   # all of them\n    - path: ./a   # first\n"
                + "    - path: ./echo\n      tools: [say, fail]\n\n# tail\nz: 1\n")
    }

    func testAppendBeginsAListWhereThereIsNone() throws {
        let expected = "packs:\n  - path: ./echo\n    tools: [say, fail]\nz: 1\n"
        for text in ["packs: []\nz: 1\n", "packs:\nz: 1\n", "packs: ~\nz: 1\n"] {
            XCTAssertEqual(
                try edited(text) { try $0.append(echo, to: [.key("packs")]) }, expected, text)
        }
        XCTAssertEqual(
            try edited("packs: []   # none yet\n") {
                try $0.append(.list(["x"]), to: [.key("packs")])
            }, "packs:   # none yet\n  - [x]\n")
    }

    func testAppendKeepsTheLineEndingAndAMissingLastBreak() throws {
        XCTAssertEqual(
            try edited("a:\r\n- 1\r\nb: 2\r\n") { try $0.append(.integer(2), to: [.key("a")]) },
            "a:\r\n- 1\r\n- 2\r\nb: 2\r\n")
        XCTAssertEqual(
            try edited("a:\n  - 1") { try $0.append(.integer(2), to: [.key("a")]) },
            "a:\n  - 1\n  - 2")
    }

    func testAppendGoesIntoBrackets() throws {
        for (before, after) in [
            ("a: [x, y]\n", "a: [x, y, \"1.0\"]\n"), ("a: [x,]\n", "a: [x, \"1.0\",]\n"),
            ("a: [\n  x, # one\n  y # two\n  ]\n", "a: [\n  x, # one\n  y, \"1.0\" # two\n  ]\n"),
            ("{a: []}\n", "{a: [\"1.0\"]}\n"),
        ] {
            XCTAssertEqual(
                try edited(before) { try $0.append("1.0", to: [.key("a")]) }, after)
        }
    }

    func testInsertedKeyStandsBehindTheLastEntry() throws {
        XCTAssertEqual(
            try edited("a:\n  b: |\n    text\n\nc: 1\n") {
                try $0.insert("d", .bool(true), into: [.key("a")])
            }, "a:\n  b: |\n    text\n  d: true\n\nc: 1\n")
        XCTAssertEqual(
            try edited("a: {b: 1}\n") { try $0.insert("c", .null, into: [.key("a")]) },
            "a: {b: 1, c: null}\n")
        XCTAssertEqual(
            try edited("# empty\n") { try $0.insert("a", .list([echo]), into: []) },
            "# empty\na:\n  - path: ./echo\n    tools: [say, fail]\n")
        XCTAssertThrowsError(
            try edited("a: 1\n") { try $0.insert("a", .null, into: []) }
        ) { XCTAssertEqual($0 as? YAMLEditError, .exists) }
    }

    func testRemovedEntryTakesItsLinesOnly() throws {
        let text =
            "l:\n  # about a\n  - a\n  - b: 1   # gone too\n    c: 2\n  # stays\n  - d\ne: 1\n"
        XCTAssertEqual(
            try edited(text) { try $0.remove([.key("l"), .index(1)]) },
            "l:\n  # about a\n  - a\n  # stays\n  - d\ne: 1\n")
        XCTAssertEqual(
            try edited(text) { try $0.remove([.key("l"), .index(2)]) },
            "l:\n  # about a\n  - a\n  - b: 1   # gone too\n    c: 2\n  # stays\ne: 1\n")
        XCTAssertEqual(
            try edited(text) { try $0.remove([.key("l")]) }, "e: 1\n")
    }

    func testLastEntryLeavesAnEmptyCollection() throws {
        XCTAssertEqual(
            try edited("l:  # c\n  - a\ne: 1\n") { try $0.remove([.key("l"), .index(0)]) },
            "l: []  # c\ne: 1\n")
        XCTAssertEqual(
            try edited("m:\n  a: 1") { try $0.remove([.key("m"), .key("a")]) }, "m: {}")
        XCTAssertEqual(try edited("[a]\n") { try $0.remove([.index(0)]) }, "[]\n")
    }

    func testRemovalWorksInBracketsAndCompactEntries() throws {
        XCTAssertEqual(
            try edited("l: [a, b, c]\n") { try $0.remove([.key("l"), .index(1)]) }, "l: [a, c]\n")
        XCTAssertEqual(
            try edited("l: [a, b, c]\n") { try $0.remove([.key("l"), .index(2)]) }, "l: [a, b]\n")
        XCTAssertEqual(
            try edited("l: [\n  a, # x\n  b\n  ]\n") { try $0.remove([.key("l"), .index(1)]) },
            "l: [\n  a, # x\n  \n  ]\n")
        XCTAssertEqual(
            try edited("- a: 1\n  b: 2\n") { try $0.remove([.index(0), .key("a")]) }, "- b: 2\n")
    }

    func testReplacedValueKeepsWhatStandsAround() throws {
        XCTAssertEqual(
            try edited("a: 'old'   # why\nb: 1\n") { try $0.replace([.key("a")], with: "new") },
            "a: new   # why\nb: 1\n")
        XCTAssertEqual(
            try edited("a:  # why\n  - x\n  - y\nb: 1\n") {
                try $0.replace([.key("a")], with: .list(["z"]))
            }, "a: [z]  # why\nb: 1\n")
        XCTAssertEqual(
            try edited("a:\nb: 1\n") { try $0.replace([.key("a")], with: .integer(3)) },
            "a: 3\nb: 1\n")
    }

    func testStringsAreWrittenSoThatTheyStayStrings() throws {
        for text in [
            "", "~", "null", "true", "yes", "on", "1", "1.0", "0x1f", "1e3", ".5", "- a", "a: b",
            "a #b", "@rig/pack-fs", "&a", "*a", "!a", "a,b", "[a]", "{", "\u{1}\n\t\"\\", " lead",
            "trail ", "é", "\u{2028}\u{FEFF}\u{85}", "---", "...", "<<", "=", "2001-01-01", "1:30",
        ] {
            let written = try edited("a: 1\n") { try $0.replace([.key("a")], with: .string(text)) }
            guard case .string(let read)? = try YAMLDocument(written.utf8).root["a"]?.value else {
                return XCTFail("\(written) is no string")
            }
            XCTAssertEqual(Array(read.utf8), Array(text.utf8), written)
        }
    }

    func testAppendThenRemoveGivesTheSameBytesBack() throws {
        for name in try YAMLFixtures.names("pass") {
            let bytes = try YAMLFixtures.bytes("pass", name)
            let document = try YAMLDocument(bytes)
            for (path, count) in lists(document.root, []) where count > 0 {
                var edit = YAMLEdit(document)
                do {
                    try edit.append("new item", to: path)
                    XCTAssertNotEqual(edit.document.bytes, bytes)
                    try edit.remove(path + [.index(count)])
                    XCTAssertEqual(
                        String(decoding: edit.document.bytes, as: UTF8.self),
                        String(decoding: bytes, as: UTF8.self), "\(name) \(path)")
                } catch {
                    XCTFail("\(name): \(path) could not be edited: \(error)")
                }
            }
        }
    }

    func testEveryEntryCanBeRemovedOrIsRefusedWithoutHarm() throws {
        var removed = 0
        for name in try YAMLFixtures.names("pass") {
            let document = try YAMLDocument(try YAMLFixtures.bytes("pass", name))
            for path in paths(document.root, []) {
                var edit = YAMLEdit(document)
                do {
                    try edit.remove(path)
                    removed += 1
                } catch {
                    XCTAssertEqual(edit.document.bytes, document.bytes)
                }
            }
        }
        XCTAssertGreaterThan(removed, 120)
    }

    private func lists(_ node: YAMLNode, _ path: [YAMLStep]) -> [([YAMLStep], Int)] {
        switch node.value {
        case .sequence(let items):
            [(path, items.count)]
                + items.enumerated().flatMap { lists($0.element, path + [.index($0.offset)]) }
        case .mapping(let entries):
            entries.flatMap { lists($0.value, path + [.key($0.name)]) }
        default: []
        }
    }

    private func paths(_ node: YAMLNode, _ path: [YAMLStep]) -> [[YAMLStep]] {
        let children: [(YAMLStep, YAMLNode)] =
            switch node.value {
            case .sequence(let items):
                items.enumerated().map { (.index($0.offset), $0.element) }
            case .mapping(let entries): entries.map { (.key($0.name), $0.value) }
            default: []
            }
        return children.flatMap { step, child in [path + [step]] + paths(child, path + [step]) }
    }
}
