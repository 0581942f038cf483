import Foundation
import RIGConfig
import RIGJSON
import RIGYAML
import XCTest

/// The loader and spec/rig.schema.json allow the same.
final class SchemaAgreementTests: XCTestCase {
    func testEveryKeyOfTheLoaderIsInTheSchemaAndTheOtherWayRound() throws {
        var inSchema: [String: Set<String>] = [:]
        try collect(try ConfigFixtures.schema(), path: "", into: &inSchema)
        var inLoader: [String: Set<String>] = [:]
        for section in ConfigShape.sections { inLoader[section.path] = Set(section.keys) }
        XCTAssertEqual(inLoader, inSchema)
    }

    func testFixturesHaveTheVerdictOfTheirFolder() throws {
        for (name, bytes) in try ConfigFixtures.all("valid") {
            XCTAssertNoThrow(try Config.parse(bytes, file: name), name)
        }
        let invalid = try ConfigFixtures.all("invalid")
        XCTAssertGreaterThan(invalid.count, 100)
        for (name, bytes) in invalid {
            XCTAssertThrowsError(try Config.parse(bytes, file: name), name) {
                guard let errors = $0 as? ConfigErrors else { return XCTFail("\($0)") }
                for error in errors.errors {
                    XCTAssertGreaterThan(error.line, 0, name)
                    XCTAssertGreaterThan(error.column, 0, name)
                    XCTAssertFalse(error.what.isEmpty || error.why.isEmpty, name)
                }
            }
        }
    }

    /// Needs Python's jsonschema: an implementation that is not ours.
    func testTheSchemaGivesEveryFixtureTheSameVerdict() throws {
        let fixtures = try ConfigFixtures.all("valid") + ConfigFixtures.all("invalid")
        let documents = try fixtures.map { try json($0.bytes) }
        let verdicts = try validate(documents)
        XCTAssertEqual(verdicts.count, fixtures.count)
        for (fixture, verdict) in zip(fixtures, verdicts) {
            let isValid = (try? Config.parse(fixture.bytes, file: fixture.name)) != nil
            XCTAssertEqual(verdict == "valid", isValid, "\(fixture.name): \(verdict)")
        }
    }

    /// The same by our own engine, which also judges the file's schema as strict.
    func testOurOwnEngineGivesEveryFixtureTheSameVerdict() throws {
        let program = try SchemaProgram.compile(try ConfigFixtures.schema())
        for fixture in try ConfigFixtures.all("valid") + ConfigFixtures.all("invalid") {
            let value = try JSONValue.parse(json(fixture.bytes).utf8)
            let violations = program.report(value)
            let isValid = (try? Config.parse(fixture.bytes, file: fixture.name)) != nil
            XCTAssertEqual(violations.isEmpty, isValid, "\(fixture.name): \(violations)")
        }
    }

    /// Takes a valid file apart: each value is replaced by values of other kinds, each key misspelt.
    func testTheSchemaGivesEveryVariationOfTheFullExampleTheSameVerdict() throws {
        let full = try ConfigFixtures.all("valid").first { $0.name.hasSuffix("/full.yaml") }
        let root = try JSONValue.parse(json(try XCTUnwrap(full).bytes).utf8)
        let others: [JSONValue] = [
            nil, true, 0, -1, "", "a b", [], .object(JSONObject()),
        ]
        var variants: [JSONValue] = []
        vary(root, others) { variants.append($0) }
        XCTAssertGreaterThan(variants.count, 1_000)
        let verdicts = try validate(variants.map(\.text))
        var (valid, invalid) = (0, 0)
        for (variant, verdict) in zip(variants, verdicts) {
            // What a schema cannot say does not count here.
            let isValid = ConfigFixtures.errors(variant.text)
                .allSatisfy { $0.why.hasSuffix("names no namespace") }
            if isValid { valid += 1 } else { invalid += 1 }
            if isValid != (verdict == "valid") {
                XCTFail("the schema says \(verdict), the loader differs: \(variant.text)")
            }
        }
        XCTAssertGreaterThan(valid, 50)
        XCTAssertGreaterThan(invalid, 700)
    }

    func testDefaultsOfTheSchemaAreThoseOfTheLoader() throws {
        let schema = try ConfigFixtures.schema()
        var root = try XCTUnwrap(defaults(of: schema, in: schema)?.object)
        root["version"] = 1
        let written = try Config.parse(JSONValue.object(root).text.utf8, file: "rig.yaml")
        let silent = try Config.parse("version: 1".utf8, file: "rig.yaml")
        XCTAssertGreaterThan(root.count, 4)
        XCTAssertEqual(written, silent)

        let shape = try XCTUnwrap(schema["$defs"]?["pack"])
        var pack = try XCTUnwrap(defaults(of: shape, in: schema)?.object)
        XCTAssertNotNil(pack["limits"]?["workers"]?["max"])
        pack["pip"] = "rig-pack-a"
        var holder = JSONObject(["version": 1])
        holder["packs"] = [.object(pack)]
        let full = try Config.parse(JSONValue.object(holder).text.utf8, file: "rig.yaml")
        let short = try ConfigFixtures.load("{version: 1, packs: [{pip: rig-pack-a}]}")
        XCTAssertEqual(full.packs, short.packs)
    }

    // MARK: Walking the schema

    private func resolved(_ schema: JSONValue, in root: JSONValue) throws -> JSONValue {
        guard let reference = schema["$ref"]?.string else { return schema }
        let name = String(reference.dropFirst("#/$defs/".count))
        return try XCTUnwrap(root["$defs"]?[name], reference)
    }

    private func collect(
        _ schema: JSONValue, path: String, into found: inout [String: Set<String>],
        root: JSONValue? = nil
    ) throws {
        let root = root ?? schema
        let schema = try resolved(schema, in: root)
        if let properties = schema["properties"]?.object {
            XCTAssertEqual(schema["additionalProperties"], false, "\(path) is closed")
            found[path] = Set(properties.names)
            for member in properties.members {
                let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
                try collect(member.value, path: inner, into: &found, root: root)
            }
        }
        if let items = schema["items"] {
            try collect(items, path: path + "[]", into: &found, root: root)
        }
        if let open = schema["additionalProperties"], open.object != nil {
            try collect(open, path: path + ".*", into: &found, root: root)
        }
    }

    /// The value made of all defaults below a schema; nil when there are none.
    private func defaults(of schema: JSONValue, in root: JSONValue) throws -> JSONValue? {
        if let value = schema["default"] { return value }
        let schema = try resolved(schema, in: root)
        if let value = schema["default"] { return value }
        var object = JSONObject()
        for member in schema["properties"]?.object?.members ?? [] {
            // A workspace is granted or not: its parts have defaults, it has none.
            if member.name == "workspace" { continue }
            if let value = try defaults(of: member.value, in: root) { object[member.name] = value }
        }
        return object.isEmpty ? nil : .object(object)
    }

    // MARK: Making and judging variants

    private func json(_ bytes: [UInt8]) throws -> String {
        try XCTUnwrap(try YAMLDocument(bytes).root.json).text
    }

    /// Calls `take` with copies of `value` in which one thing differs.
    private func vary(_ value: JSONValue, _ others: [JSONValue], _ take: (JSONValue) -> Void) {
        others.forEach(take)
        if let object = value.object {
            for member in object.members {
                vary(member.value, others) { changed in
                    var copy = object
                    copy[member.name] = changed
                    take(.object(copy))
                }
                var copy = object
                copy[member.name] = nil
                take(.object(copy))
                copy[member.name + "x"] = member.value
                take(.object(copy))
            }
        }
        if let array = value.array {
            for index in array.indices {
                vary(array[index], others) { changed in
                    var copy = array
                    copy[index] = changed
                    take(.array(copy))
                }
            }
        }
    }

    private static let script = """
        import json, sys
        try:
            import jsonschema
        except ImportError:
            sys.exit(77)
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for document in json.load(sys.stdin):
            error = next(validator.iter_errors(json.loads(document)), None)
            print("valid" if error is None else error.message.replace("\\n", " ")[:200])
        """

    private func validate(_ documents: [String]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("documents.json")
        try JSONSerialization.data(withJSONObject: documents).write(to: input)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", Self.script,
            ConfigFixtures.root.appendingPathComponent("spec/rig.schema.json").path,
        ]
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus == 77 || process.terminationStatus == 127 {
            throw XCTSkip("Python's jsonschema is not importable")
        }
        XCTAssertEqual(process.terminationStatus, 0)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
