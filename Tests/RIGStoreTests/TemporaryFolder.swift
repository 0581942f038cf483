import Foundation

/// A folder of its own for one test.
struct TemporaryFolder {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent(
        "rig-store-\(UUID().uuidString)")

    init() {
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        } catch {
            fatalError("a test needs a temporary folder: \(error)")
        }
    }

    func path(_ name: String) -> String { root.appendingPathComponent(name).path }

    func remove() { try? FileManager.default.removeItem(at: root) }
}

/// Failures gathered from several threads.
final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []

    func add(_ text: String) { lock.withLock { texts.append(text) } }
    var all: [String] { lock.withLock { texts } }
}
