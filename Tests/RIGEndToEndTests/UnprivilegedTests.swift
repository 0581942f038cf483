import Foundation
import XCTest

/// RIG needs no privilege: the main job of somebody who has none.
final class UnprivilegedTests: XCTestCase {
    private static let nobody = 65_534

    func testTheMainJobWorksForAUserWithoutPrivileges() throws {
        guard getuid() == 0 else {
            throw XCTSkip("not root: all end-to-end tests run without privileges here")
        }
        guard let setpriv = Self.find("setpriv") else { throw XCTSkip("setpriv is not installed") }
        let bench = try Workbench()
        try bench.installForEverybody()
        let home = bench.folder.appendingPathComponent("home")
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: false,
            attributes: [.ownerAccountID: Self.nobody, .groupOwnerAccountID: Self.nobody])

        func rig(_ words: [String]) throws -> (status: Int32, out: String, err: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: setpriv)
            let who = "\(Self.nobody)"
            process.arguments =
                ["--reuid", who, "--regid", who, "--clear-groups", bench.path("bin/rig")] + words
            process.currentDirectoryURL = home
            process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home.path]
            let (out, err) = (Pipe(), Pipe())
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = out
            process.standardError = err
            try process.run()
            let text = try out.fileHandleForReading.readToEnd() ?? Data()
            let words = try err.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (
                process.terminationStatus, String(decoding: text, as: UTF8.self),
                String(decoding: words, as: UTF8.self)
            )
        }

        var packs: [(name: String, folder: String)] = []
        if Self.find("node") != nil { packs.append(("js", "packs/node/pack-echo")) }
        if Self.find("python3") != nil { packs.append(("py", "packs/python/rig-pack-echo")) }
        guard !packs.isEmpty else { throw XCTSkip("no interpreter that everybody may run") }

        let made = try rig(["init"])
        XCTAssertEqual(made.status, 0, made.err)
        for pack in packs {
            let added = try rig(["add", "path", bench.path(pack.folder), "--as", pack.name])
            XCTAssertEqual(added.status, 0, added.err)
            let said = try rig(["call", "\(pack.name).say", #"{"text": "unprivileged"}"#])
            XCTAssertEqual(said.status, 0, said.err)
            XCTAssertEqual(said.out, "{\"text\":\"unprivileged\"}\n")
            XCTAssertEqual(try rig(["call", "\(pack.name).say", #"{"text": 7}"#]).status, 1)
            XCTAssertEqual(try rig(["call", "\(pack.name).wipe"]).status, 4)
        }
        let audit = try rig(["audit", "query", "--json"])
        XCTAssertEqual(audit.status, 0, audit.err)
        let page = try JSONSerialization.jsonObject(with: Data(audit.out.utf8)) as? [String: Any]
        XCTAssertEqual((page?["rows"] as? [Any])?.count, 3 * packs.count)
        let state = try FileManager.default.attributesOfItem(atPath: bench.path("home/.rig"))
        XCTAssertEqual(state[.posixPermissions] as? Int, 0o700)
        XCTAssertEqual(state[.ownerAccountID] as? Int, Self.nobody)
        XCTAssertEqual(try bench.names("home/.rig/work"), ["lock"])
    }

    private static func find(_ program: String) -> String? {
        ["/usr/local/bin/", "/usr/bin/", "/bin/"].map { $0 + program }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
