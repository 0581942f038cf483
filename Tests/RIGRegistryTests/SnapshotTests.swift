import RIGBytes
import RIGJSON
import RIGModel
import RIGRegistry
import XCTest

final class SnapshotTests: XCTestCase {
    func testTheHashDoesNotSeeTheOrderOfToolsPacksOrMembers() throws {
        let one = try snapshot([("a", say), ("b", say)])
        let other = try snapshot([
            (
                "b",
                #"{"risk":"read","description":"d","input_schema":{"type":"object"},"name":"say","rtp":"1.0"}"#
            ),
            ("a", say),
        ])
        XCTAssertEqual(one.interfaceHash, other.interfaceHash)
        XCTAssertEqual(one.packSetVersion, other.packSetVersion)
        XCTAssertEqual(one.tools.map(\.name), ["a.say", "b.say"])
    }

    /// Whatever a model or a rule can read changes the hash.
    func testEveryReadableChangeChangesTheHash() throws {
        let before = try snapshot([("a", say)]).interfaceHash
        let changes = [
            say.replacingOccurrences(of: #""d""#, with: #""e""#),
            say.replacingOccurrences(of: #""read""#, with: #""write""#),
            say.replacingOccurrences(of: #""say""#, with: #""tell""#),
            say.replacingOccurrences(
                of: #"{"type":"object"}"#, with: #"{"type":"object","maxProperties":1}"#),
            say.replacingOccurrences(of: #""rtp":"1.0""#, with: #""rtp":"1.0","title":"T""#),
            say.replacingOccurrences(of: #""rtp":"1.0""#, with: #""rtp":"1.0","tags":["t"]"#),
            say.replacingOccurrences(
                of: #""rtp":"1.0""#, with: #""rtp":"1.0","output_schema":{}"#),
        ]
        var seen: Set<Digest> = [before]
        for change in changes {
            XCTAssertTrue(seen.insert(try snapshot([("a", change)]).interfaceHash).inserted, change)
        }
        XCTAssertNotEqual(try snapshot([("a", say)], enabled: false).interfaceHash, before)
        XCTAssertNotEqual(try snapshot([("b", say)]).interfaceHash, before)
    }

    /// A new version of a pack with the same tools is another pack set behind the same interface.
    func testAnotherVersionIsAnotherPackSetAndTheSameInterface() throws {
        let old = try snapshot([("a", say)], version: "1.0.0")
        let new = try snapshot([("a", say)], version: "1.0.1")
        XCTAssertEqual(old.interfaceHash, new.interfaceHash)
        XCTAssertNotEqual(old.packSetVersion, new.packSetVersion)
    }

    func testAToolIsFoundByItsQualifiedName() throws {
        let snapshot = try snapshot([("a", say), ("b", say)])
        XCTAssertEqual(snapshot.find("b.say").map { snapshot.tools[$0].name }, "b.say")
        XCTAssertNil(snapshot.find("say"))
        XCTAssertNil(snapshot.find("c.say"))
    }

    func testASchemaThatCannotBeJudgedRefusesTheTool() throws {
        let look = say.replacingOccurrences(
            of: #"{"type":"object"}"#,
            with: #"{"type":"object","properties":{"a":{"pattern":"(?=b)"}}}"#)
        XCTAssertThrowsError(try snapshot([("a", look)])) { error in
            XCTAssertEqual((error as? SchemaError)?.keyword, "pattern")
        }
    }

    // What the tests stand on.

    private let say =
        #"{"rtp":"1.0","name":"say","description":"d","risk":"read","input_schema":{"type":"object"}}"#

    private func snapshot(
        _ tools: [(namespace: String, definition: String)], version: String = "1.0.0",
        enabled: Bool = true
    ) throws -> Snapshot {
        var packs: [MountedPack] = []
        var made: [Tool] = []
        for (namespace, definition) in tools {
            let pack = MountedPack(
                namespace: try XCTUnwrap(Namespace(namespace)), name: "rig-pack-" + namespace,
                version: version, source: .path, digest: SHA256.digest([1]))
            packs.append(pack)
            made.append(
                try Tool(
                    try ToolDefinition(decoding: try JSONValue.parse(definition)), of: pack,
                    isEnabled: enabled))
        }
        return Snapshot(packs: packs, tools: made)
    }
}
