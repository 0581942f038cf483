import Foundation
import XCTest

extension Workbench {
    /// A copy of RIG and of the packs that everybody may read: the checkout may lie in a folder
    /// that is closed to others.
    func installForEverybody() throws {
        let files = FileManager.default
        try files.createDirectory(
            at: folder.appendingPathComponent("bin"), withIntermediateDirectories: true)
        for program in ["rig", "rig-jail"] {
            try files.copyItem(
                at: Self.binaries.appendingPathComponent(program),
                to: folder.appendingPathComponent("bin/" + program))
        }
        for name in ["runners", "sandbox-profiles", "packs"] {
            try files.copyItem(
                at: Self.root.appendingPathComponent(name),
                to: folder.appendingPathComponent(name))
        }
        let open = Process()
        open.executableURL = URL(fileURLWithPath: "/bin/chmod")
        open.arguments = ["-R", "a+rX", folder.path]
        try open.run()
        open.waitUntilExit()
        XCTAssertEqual(open.terminationStatus, 0)
    }
}
