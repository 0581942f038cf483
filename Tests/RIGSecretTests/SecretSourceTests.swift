import Foundation
import RIGConfig
import RIGLinux
import RIGRedact
import XCTest

@testable import RIGSecret

/// Values come from their sources as rig.yaml says, or not at all, with a reason that shows none.
final class SecretSourceTests: XCTestCase {
    private var folder = ""

    override func setUpWithError() throws {
        folder = NSTemporaryDirectory() + "rig-secret-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    override func tearDown() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func value(
        _ source: SecretConfig.Source, _ environment: [String: String] = [:]
    ) -> Result<String?, SecretFault> {
        let secret = SecretConfig(slot: "token", source: source, delivery: .context)
        do throws(SecretFault) {
            return .success(try SecretSource.value(of: secret, environment: environment))
        } catch {
            return .failure(error)
        }
    }

    private func file(_ text: String, mode: Int = 0o600) throws -> String {
        let path = folder + "/" + UUID().uuidString
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func fault(_ cause: SecretFault.Cause) -> Result<String?, SecretFault> {
        .failure(SecretFault(slot: "token", cause: cause))
    }

    private let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    func testVariableIsTakenAsItIs() {
        XCTAssertEqual(
            value(.environment(name: "TOKEN"), ["TOKEN": "s3cr3t\n"]), .success("s3cr3t\n"))
        for variables in [[:], ["TOKEN": ""]] {
            XCTAssertEqual(value(.environment(name: "TOKEN"), variables), .success(nil))
        }
    }

    func testFileLosesOneLineEndAndMustBePrivate() throws {
        for (text, expected) in [
            ("s3cr3t", "s3cr3t"), ("s3cr3t\n", "s3cr3t"), ("s3cr3t\r\n", "s3cr3t"),
            ("s3cr3t\n\n", "s3cr3t\n"),
        ] {
            XCTAssertEqual(value(.file(path: try file(text))), .success(expected))
        }
        for mode in [0o640, 0o604, 0o620, 0o644] {
            let open = try file("s3cr3t", mode: mode)
            XCTAssertEqual(
                value(.file(path: open)), fault(.fileOpen(path: open, mode: UInt32(mode))))
        }
        XCTAssertEqual(value(.file(path: folder + "/none")), .success(nil))
        XCTAssertEqual(value(.file(path: try file("\n"))), .success(nil))
        XCTAssertEqual(value(.file(path: folder)), fault(.notAFile(path: folder)))
    }

    func testValueThatCannotBeFoundSafelyIsRefused() throws {
        for source in [
            SecretConfig.Source.file(path: try file("12345")), .environment(name: "TOKEN"),
            .command("printf 12345"),
        ] {
            XCTAssertEqual(
                value(source, ["TOKEN": "12345", "PATH": path]), fault(.tooShort))
        }
        let long = String(repeating: "x", count: Redactor.valueBytesMax)
        XCTAssertEqual(value(.file(path: try file(long + "\n"))), .success(long))
        XCTAssertEqual(value(.file(path: try file(long + "x"))), fault(.tooLong))
        XCTAssertEqual(value(.file(path: try file(long + long))), fault(.tooLong))
        XCTAssertEqual(value(.file(path: try file("abc\0def"))), fault(.notText))
        XCTAssertEqual(
            value(.command(#"printf "ab\377\376cdef""#), ["PATH": path]), fault(.notText))
    }

    func testCommandRunsWithoutAShellAndShowsNothingWhenItFails() {
        func run(_ command: String) -> Result<String?, SecretFault> {
            value(.command(command), ["PATH": path, "TOKEN": "s3cr3t"])
        }
        XCTAssertEqual(run("printenv TOKEN"), .success("s3cr3t"))
        XCTAssertEqual(run("echo $TOKEN; id"), .success("$TOKEN; id"))
        XCTAssertEqual(run(#"printf '%s|' "a b" 'c "d' e\ f \"g"#), .success(#"a b|c "d|e f|"g|"#))
        XCTAssertEqual(run("true"), .success(nil))
        XCTAssertEqual(run("printf 'open"), fault(.unquoted(command: "printf 'open")))
        XCTAssertEqual(run("no-such-program"), fault(.noProgram("no-such-program")))
        let failed = run("sh -c 'echo s3cr3t; echo s3cr3t >&2; exit 3'")
        XCTAssertEqual(failed, fault(.commandEnded(program: "sh", .exited(3))))
        guard case .failure(let error) = failed else { return }
        XCTAssertFalse((error.why + error.hint).contains("s3cr3t"))
    }

    func testOnlySlotsThatAreAskedForAreTaken() throws {
        let witness = folder + "/witness"
        let grants = [
            SecretConfig(slot: "a", source: .environment(name: "A"), delivery: .context),
            SecretConfig(
                slot: "b", source: .environment(name: "B"), delivery: .environment(name: "BB")),
            SecretConfig(slot: "c", source: .command("touch \(witness)"), delivery: .context),
            SecretConfig(slot: "d", source: .environment(name: "D"), delivery: .context),
            SecretConfig(slot: "e", source: .environment(name: "NONE"), delivery: .context),
        ]
        let variables = ["A": "value \"a\"", "B": "value b", "D": "value d", "PATH": path]
        let secrets = try PackSecrets.resolve(
            grants, asked: ["a", "b", "d", "e", "other"], environment: variables)
        XCTAssertEqual(secrets.present, ["a", "b", "d"])
        XCTAssertEqual(secrets.environment, ["BB": "value b"])
        XCTAssertEqual(
            secrets.context(for: ["d", "a", "b"]).map { String(decoding: $0, as: UTF8.self) },
            #"{"a":"value \"a\"","d":"value d"}"#)
        XCTAssertNil(secrets.context(for: ["b", "c", "e"]))
        XCTAssertFalse(FileManager.default.fileExists(atPath: witness))
        XCTAssertEqual(secrets.redactor?.redacted("value b, value d"), "[secret:b], [secret:d]")
        XCTAssertNil(PackSecrets.none.redactor)
    }
}
