import Foundation
import RIGYAML
import XCTest

/// What we read, PyYAML reads to the same value, but for the differences listed here. PyYAML reads
/// YAML 1.1 and is laxer, so its verdict counts only on texts that we accept.
final class PyYAMLDifferentialTests: XCTestCase {
    private static let differences = [
        "core-schema": "1.1: yes and on are booleans, 0b1 and 1_000 numbers, 12:30:45 counts by "
            + "sixties; 0o17 and -.5 are strings",
        "json-is-yaml": "1.1: an exponent without a point and a sign is a string",
        "double-quotes-escapes": "a pair of escaped surrogates stays two",
        "key-kinds": "keys keep their kind, so true and 1 are the same key",
        "literal-at-end": "a literal at the end of the text gets no last line break",
        "tabs-as-space": "a tab does not separate",
    ]

    private static let script = """
        import json, sys
        try:
            import yaml
        except ImportError:
            sys.exit(77)
        for name in json.load(sys.stdin):
            try:
                with open(name, "rb") as file:
                    print(json.dumps({"value": yaml.safe_load(file.read())}))
            except Exception as error:
                print(json.dumps({"error": str(error)}))
        """

    func testPyYAMLReadsThePassFixturesToTheSameValues() throws {
        let names = try YAMLFixtures.names("pass").filter { Self.differences[$0] == nil }
        XCTAssertGreaterThan(names.count, 20)
        let paths = names.map { YAMLFixtures.folder.appendingPathComponent("pass/\($0).yaml").path }
        let lines = try run(paths)
        XCTAssertEqual(lines.count, names.count)
        for (name, line) in zip(names, lines) {
            let answer = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary
            let document = try YAMLDocument(try YAMLFixtures.bytes("pass", name))
            XCTAssertNil(answer?["error"], "\(name): \(line)")
            XCTAssertEqual(answer?["value"] as? NSObject, document.root.plain, name)
        }
    }

    private func run(_ paths: [String]) throws -> [Substring] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(try JSONSerialization.data(withJSONObject: paths))
        try input.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus == 77 || process.terminationStatus == 127 {
            throw XCTSkip("PyYAML is not importable")
        }
        XCTAssertEqual(process.terminationStatus, 0)
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }
}
