import Foundation
import XCTest

/// What real packs do works in the jail, at every level that this machine has.
final class HonestPackTests: XCTestCase {
    /// A folder with `pack` in it, at a level (that of `rig init` when nil) and with more words in
    /// the pack's entry.
    private func bench(
        _ pack: String, level: String? = nil, more: String = ""
    ) throws -> Workbench {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        var text = try bench.read("rig.yaml").replacingOccurrences(
            of: "\npacks: []\n",
            with: "\npacks:\n  - path: \"\(pack)\"\n    as: honest\n\(more)")
        if let level {
            XCTAssertTrue(text.contains("sandbox: {level: "))
            let line = try XCTUnwrap(text.split(separator: "\n").first { $0.hasPrefix("sandbox:") })
            text = text.replacingOccurrences(of: line, with: "sandbox: {level: \(level)}")
        }
        try bench.write(text, to: "rig.yaml")
        return bench
    }

    private func fixture(_ runtime: String) -> String {
        Workbench.root.appendingPathComponent("Tests/Fixtures/packs/\(runtime)/honest").path
    }

    private func failures(_ bench: Workbench) throws -> [String: String] {
        let call = try bench.call("honest.go", "{}")
        let output = try XCTUnwrap(call.result["output"] as? [String: String], "\(call.result)")
        XCTAssertGreaterThan(output.count, 5)
        return output.filter { $0.value != "ok" }
    }

    func testRealWorkIsDoneInTheJailOfRigInit() throws {
        for runtime in ["python", "node"] {
            XCTAssertEqual(try failures(bench(fixture(runtime))), [:], runtime)
        }
    }

    func testRealWorkIsDoneWithTheBaseLayerAlone() throws {
        XCTAssertEqual(try failures(bench(fixture("python"), level: "standard")), [:])
        // Without a /proc of its own node cannot say how much memory it uses; nothing else fails.
        let failed = try failures(bench(fixture("node"), level: "standard"))
        XCTAssertEqual(Array(failed.keys), ["itself"], "\(failed)")
        XCTAssertTrue(failed["itself"]?.contains("uv_resident_set_memory") == true, "\(failed)")
    }

    func testTheAuditSaysTheLevel() throws {
        let bench = try bench(fixture("python"))
        let isStrict = try bench.read("rig.yaml").contains("sandbox: {level: strict}")
        _ = try failures(bench)
        let page = try bench.rig(["audit", "query", "--json"]).json()
        let rows = try XCTUnwrap(page["rows"] as? [[String: Any]])
        XCTAssertEqual(rows.map { $0["sandbox"] as? String }, [isStrict ? "strict" : "standard"])
    }

    func testAPackWithoutTheCompilerRunsAndHasNoWebAssembly() throws {
        let failed = try failures(bench(fixture("node"), more: "    jit: false\n"))
        XCTAssertEqual(Array(failed.keys), ["wasm"], "\(failed)")
    }

    /// A native module in a pack: any that the interpreter brings, under another roof.
    func testNativeCodeIsLoadedOnlyFromAPackThatDeclaresIt() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        guard try bench.read("rig.yaml").contains("sandbox: {level: strict}") else {
            throw XCTSkip("only a mount namespace can tell packs apart in this")
        }
        let pack = try bench.makePack("python", "native", tools: Workbench.tool())
        let finder = """
            import importlib.util as u, shutil, sys
            path = u.find_spec("_queue").origin
            shutil.copy(path, sys.argv[1])
            print(path)
            """
        let copy = Process()
        copy.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        copy.arguments = ["python3", "-c", finder, pack]
        copy.standardOutput = FileHandle.nullDevice
        copy.standardError = FileHandle.nullDevice
        try copy.run()
        copy.waitUntilExit()
        guard copy.terminationStatus == 0 else { throw XCTSkip("no native module to copy") }
        let source = try String(contentsOfFile: pack + "/made.py", encoding: .utf8)
        try
            (source + """


                import importlib.machinery, importlib.util, os

                def go(args, ctx):
                    folder = os.path.dirname(__file__)
                    name = next(n for n in os.listdir(folder) if n.startswith("_queue"))
                    loader = importlib.machinery.ExtensionFileLoader("_queue", folder + "/" + name)
                    spec = importlib.util.spec_from_loader("_queue", loader)
                    try:
                        loader.exec_module(importlib.util.module_from_spec(spec))
                    except ImportError as error:
                        return {"said": str(error)}
                    return {"said": "loaded"}

                def rig_impls():
                    return {"go": go}
                """).write(toFile: pack + "/made.py", atomically: true, encoding: .utf8)
        let text = try bench.read("rig.yaml")
        for isNative in [false, true] {
            try bench.write(
                text.replacingOccurrences(
                    of: "\npacks: []\n",
                    with: "\npacks:\n  - path: \"\(pack)\"\n    as: made\n    native: \(isNative)\n"
                ),
                to: "rig.yaml")
            let call = try bench.call("made.go", "{}")
            let said = (call.result["output"] as? [String: String])?["said"] ?? "\(call.result)"
            if isNative {
                XCTAssertEqual(said, "loaded")
            } else {
                XCTAssertTrue(said.contains("failed to map segment"), said)
            }
        }
    }
}
