import Foundation

/// A folder of its own for one test; it is made when a path in it is first asked for, because a
/// test case is created for every method and run for one.
package struct TemporaryFolder {
    private let root: URL

    package init(_ name: String) {
        root = FileManager.default.temporaryDirectory
            .appendingPathComponent("rig-\(name)-\(UUID().uuidString)")
    }

    package func path(_ name: String) -> String {
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("a test needs a temporary folder: \(error)")
        }
        return root.appendingPathComponent(name).path
    }

    package func remove() { try? FileManager.default.removeItem(at: root) }
}
