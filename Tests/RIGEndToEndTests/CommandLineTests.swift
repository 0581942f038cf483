import Foundation
import XCTest

/// What scripts and people rely on in the command line, whatever command it is.
final class CommandLineTests: XCTestCase {
    /// As `rig --help` lists them.
    private func commands(_ bench: Workbench) throws -> [String] {
        let help = try bench.rig(["--help"])
        XCTAssertEqual(help.status, 0)
        XCTAssertEqual(help.err, "")
        let section = try XCTUnwrap(help.out.components(separatedBy: "commands:\n").last)
        return section.prefix(upTo: try XCTUnwrap(section.range(of: "\n\n")).lowerBound)
            .split(separator: "\n")
            .map { $0.dropFirst(2).components(separatedBy: "  ")[0] }
    }

    func testEveryCommandHasHelpWithUsageAndAnExample() throws {
        let bench = try Workbench()
        let commands = try commands(bench)
        for expected in [
            "init", "add path", "remove path", "packs", "list", "call", "audit query", "version",
        ] {
            XCTAssertTrue(commands.contains(expected), "\(expected) is not in \(commands)")
        }
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            for help in ["--help", "-h"] {
                let outcome = try bench.rig(words + [help])
                XCTAssertEqual(outcome.status, 0, command)
                XCTAssertEqual(outcome.err, "", command)
                XCTAssertTrue(outcome.out.contains("usage: rig \(command)"), outcome.out)
                let examples = outcome.out.components(separatedBy: "\nexamples:\n")
                XCTAssertEqual(examples.count, 2, outcome.out)
                XCTAssertTrue(examples.last?.contains("rig \(command)") ?? false, outcome.out)
            }
        }
    }

    func testWithoutACommandTheHelpGoesToStderrAsAnError() throws {
        let outcome = try Workbench().rig([])
        XCTAssertEqual(outcome.status, 2)
        XCTAssertEqual(outcome.out, "")
        XCTAssertTrue(outcome.err.contains("usage: rig COMMAND"))
    }

    func testAMistypedWordIsAnsweredWithTheOneThatWasMeant() throws {
        let bench = try Workbench.withEchoPacks()
        for (words, hint) in [
            (["lst"], "did you mean `rig list`?"),
            (["cal", "py.say"], "did you mean `rig call`?"),
            (["audit", "qurey"], "rig audit query"),
            (["add"], "rig add path"),
            (["list", "--jsno"], "did you mean --json?"),
            (["call", "py.say", "{}", "--tennant", "a"], "did you mean --tenant?"),
            (["frobnicate"], "`rig --help` lists them"),
        ] {
            let outcome = try bench.rig(words)
            XCTAssertEqual(outcome.status, 2, "\(words)")
            XCTAssertEqual(outcome.out, "", "\(words)")
            XCTAssertTrue(outcome.err.hasPrefix("rig: "), outcome.err)
            XCTAssertTrue(outcome.err.contains("hint: "), outcome.err)
            XCTAssertTrue(outcome.err.contains(hint), outcome.err)
        }
    }

    func testCommandLinesThatCannotBeUnderstoodEndWithTwo() throws {
        let bench = try Workbench.withEchoPacks()
        for words in [
            ["call"], ["call", "py.say", "{}", "more"], ["call", "py.say", "--tenant"],
            ["call", "py.say", "{}", "--deadline", "soon"],
            ["call", "py.say", "{}", "--correlation", "no spaces"],
            ["call", "py.say", "{}", "--tenant", "no spaces"],
            ["call", "py.say", "{}", "--actor", String(repeating: "a", count: 129)],
            ["list", "--tenant", "*"], ["policy", "explain", "py.say", "--actor", "\u{1B}[31m"],
            ["list", "more"], ["packs", "more"], ["list", "--json=yes"], ["add", "path"],
            ["add", "path", "a", "b"], ["remove", "path"], ["init", "more"],
            ["add", "path", Workbench.pythonEcho, "--as", "Not A Name"],
            ["audit", "query", "--limit", "many"], ["audit", "query", "--since", "yesterday"],
            ["audit", "query", "--kind", "thought"], ["audit", "verify", "more"],
            ["audit", "tail", "--lines", "some"], ["audit", "export", "--format", "xml"],
        ] {
            let outcome = try bench.rig(words)
            XCTAssertEqual(outcome.status, 2, "\(words): \(outcome.err)")
            XCTAssertEqual(outcome.out, "", "\(words)")
            XCTAssertTrue(outcome.err.hasPrefix("rig: "), "\(words): \(outcome.err)")
        }
    }

    func testUnderJSONStdoutIsOneValueAndAlwaysSaysWhetherItWentWell() throws {
        let bench = try Workbench()
        let steps: [([String], Int32)] = [
            (["list"], 2), (["init"], 0), (["init"], 1), (["list"], 0), (["packs"], 0),
            (["audit", "query"], 0), (["add", "path", Workbench.pythonEcho, "--as", "py"], 0),
            (["add", "path", Workbench.nodeEcho, "--as", "py"], 1), (["list"], 0),
            (["packs"], 0), (["call", "py.say", #"{"text": "a"}"#], 0), (["call", "py.say"], 1),
            (["call", "py.say", "{"], 2), (["call", "py.wipe"], 4), (["call", "no.tool"], 1),
            (["call"], 2), (["audit", "query"], 0), (["remove", "path", "py"], 0),
            (["remove", "path", "py"], 1), (["version"], 0), (["nonsense"], 2),
            (["list", "--nonsense"], 2),
        ]
        for (words, status) in steps {
            let outcome = try bench.rig(words + ["--json"])
            XCTAssertEqual(outcome.status, status, "\(words): \(outcome.err)")
            XCTAssertTrue(outcome.out.hasSuffix("\n"), "\(words)")
            let value = try outcome.json()
            XCTAssertEqual(value["ok"] as? Bool, status == 0, "\(words): \(outcome.out)")
            if status != 0 {
                let error = value["error"] as? [String: Any]
                XCTAssertNotNil(error?["type"] as? String, "\(words): \(outcome.out)")
                XCTAssertNotNil(error?["message"] as? String, "\(words): \(outcome.out)")
            }
        }
    }

    func testEveryErrorOfTheFirstMinutesSaysWhatToDo() throws {
        let bench = try Workbench()
        for (words, hint) in [
            (["list"], "rig init"), (["init"], ""), (["packs"], ""),
            (["call", "py.say", "{}"], "List the tools there are."),
            (["add", "path", Workbench.pythonEcho, "--as", "py"], ""),
            (["call", "py.say", "text=hi"], "ARGS is one JSON object"),
            (["call", "py.pay", #"{"to": "a", "amount": 1, "currency": "EUR"}"#], "rig approve"),
            (["add", "path", "/etc"], "spec/rsp.md"), (["add"], "rig add path"),
        ] {
            let outcome = try bench.rig(words)
            if hint.isEmpty {
                XCTAssertEqual(outcome.status, 0, outcome.err)
            } else {
                XCTAssertTrue(outcome.err.contains("\nhint: "), "\(words): \(outcome.err)")
                XCTAssertTrue(outcome.err.contains(hint), "\(words): \(outcome.err)")
            }
        }
        let empty = try Workbench()
        try empty.expectSuccess(["init"])
        for command in ["list", "packs"] {
            XCTAssertTrue(try empty.rig([command]).out.contains("rig add path DIR"))
        }
    }

    func testAClosedStdoutEndsQuietly() throws {
        let bench = try Workbench.withEchoPacks()
        for words in [
            ["list"], ["list", "--json"], ["packs"], ["--help"], ["audit", "query"], ["version"],
            ["call", "py.big", #"{"bytes": 1000000}"#],
        ] {
            let process = bench.process(words)
            let pipe = Pipe()
            let errors = Pipe()
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = pipe
            process.standardError = errors
            try process.run()
            try pipe.fileHandleForReading.close()
            let text = try XCTUnwrap(errors.fileHandleForReading.readToEnd() ?? Data())
            process.waitUntilExit()
            XCTAssertEqual(process.terminationReason, .exit, "\(words)")
            XCTAssertEqual(process.terminationStatus, 0, "\(words)")
            XCTAssertEqual(String(decoding: text, as: UTF8.self), "", "\(words)")
        }
        XCTAssertEqual(try bench.names(".rig/work"), ["lock"], "workers were left behind")
    }

    func testAnInterpreterThatIsNotOnThePathIsNamed() throws {
        let bench = try Workbench.withEchoPacks()
        let nowhere = ["PATH": "/nowhere"]
        let outcome = try bench.rig(
            ["call", "py.say", #"{"text": "a"}"#, "--json"], environment: nowhere)
        XCTAssertEqual(outcome.status, 1, outcome.err)
        XCTAssertEqual(try outcome.errorType(), "tool_error")
        XCTAssertTrue(outcome.out.contains("python3"), outcome.out)
        let added = try bench.rig(
            ["add", "path", Workbench.nodeEcho, "--as", "more"], environment: nowhere)
        XCTAssertEqual(added.status, 1, added.err)
        XCTAssertTrue(added.err.contains("node: interpreter: not found"), added.err)
        XCTAssertTrue(added.err.contains("hint: install it"), added.err)
    }

    func testAnEmptyPathMeansTheSystemsOwnFolders() throws {
        let bench = try Workbench.withEchoPacks()
        try XCTSkipUnless(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"),
            "no python3 in /usr/bin")
        let outcome = try bench.rig(
            ["call", "py.say", #"{"text": "a"}"#], environment: ["PATH": ""])
        XCTAssertEqual(outcome.status, 0, outcome.err)
    }

    func testAnEmptyEnvironmentIsNoReasonToCrash() throws {
        let bench = try Workbench.withEchoPacks()
        let process = bench.process(["packs", "--json"])
        process.environment = [:]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try XCTUnwrap(pipe.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .exit)
        let value = try JSONSerialization.jsonObject(with: text) as? [String: Any]
        let packs = value?["packs"] as? [[String: Any]] ?? []
        // Without PATH the system's folders are looked through.
        XCTAssertEqual(packs.count, 2)
        for pack in packs {
            let state = pack["state"] as? String ?? "none"
            XCTAssertTrue(["serving", "failed"].contains(state), state)
        }
    }

    func testARelativeConfigPathWorksFromAnyFolder() throws {
        let bench = try Workbench.withEchoPacks()
        try FileManager.default.createDirectory(
            atPath: bench.path("deep/er"), withIntermediateDirectories: true)
        for words in [["--config", "../../rig.yaml"], []] {
            let process = bench.process(["call", "js.say", #"{"text": "deep"}"#] + words)
            process.currentDirectoryURL = bench.folder.appendingPathComponent("deep/er")
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let text = try XCTUnwrap(pipe.fileHandleForReading.readToEnd())
            process.waitUntilExit()
            XCTAssertEqual(process.terminationStatus, 0)
            XCTAssertEqual(String(decoding: text, as: UTF8.self), "{\"text\":\"deep\"}\n")
        }
    }
}
