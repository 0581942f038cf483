import Foundation
import RIGBytes
import RIGJSON

/// Runs files of JSON-Schema-Test-Suite through the walk and, on the same instance, the report.
struct SchemaSuite: ~Copyable {
    struct Case {
        var name: String
        var schema: JSONValue
        var instance: JSONValue
        var valid: Bool
    }

    struct Tally {
        var passed = 0
        var total = 0
        var failures: [String] = []
    }

    var options = SchemaOptions()
    var checker = Checker()

    init(_ root: URL, formats: SchemaOptions.Formats) throws {
        options.unknownKeywords = .ignore
        options.formats = formats
        let remotes = root.appendingPathComponent("remotes")
        for file in try Corpora.files(remotes, recursive: true) {
            let path = file.path.dropFirst(remotes.path.count)
            options.documents["http://localhost:1234\(path)"] = try Corpora.json(file)
        }
    }

    static func groups(_ file: URL) throws -> [(name: String, schema: JSONValue, tests: [Case])] {
        try (Corpora.json(file).array ?? []).compactMap { group in
            guard let schema = group["schema"], let tests = group["tests"]?.array else {
                return nil
            }
            let name = group["description"]?.string ?? ""
            return (
                name, schema,
                tests.compactMap { test in
                    guard let data = test["data"], let valid = test["valid"]?.bool else {
                        return nil
                    }
                    let what = test["description"]?.string ?? ""
                    return Case(
                        name: "\(name): \(what)", schema: schema, instance: data, valid: valid)
                }
            )
        }
    }

    mutating func run(_ file: URL, into tally: inout Tally) throws {
        let title = file.lastPathComponent
        for group in try Self.groups(file) {
            let program: SchemaProgram
            do {
                program = try SchemaProgram.compile(group.schema, options: options)
            } catch {
                tally.total += group.tests.count
                tally.failures += group.tests.map { "\(title): \($0.name): \(error.message)" }
                continue
            }
            for test in group.tests {
                tally.total += 1
                let verdict = walk(program, test.instance.text)
                let report = program.report(test.instance, max: 32)
                if verdict != test.valid {
                    tally.failures.append("\(title): \(test.name): walk says \(verdict)")
                } else if report.isEmpty != test.valid {
                    let first = report.first.map { "\($0.keyword) \($0.message)" } ?? "nothing"
                    tally.failures.append("\(title): \(test.name): report says \(first)")
                } else {
                    tally.passed += 1
                }
            }
        }
    }

    mutating func walk(_ program: SchemaProgram, _ text: String) -> Bool {
        let buffer = ByteBuffer(text.utf8)
        var scanner = Scanner()
        do {
            try scanner.scan(buffer, buffer.range)
        } catch {
            return false
        }
        return checker.checkAll(program, scanner, buffer)
    }
}
