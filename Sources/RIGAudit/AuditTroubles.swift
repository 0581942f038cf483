internal import Synchronization

/// What fails beside the rows: checkpoints, pruning, sinks. Rows are written all the same, and
/// whoever fails tries again, so this is for people to read.
package final class AuditTroubles: Sendable {
    private let current = Mutex<[String: String]>([:])
    private let report: @Sendable (String) -> Void

    init(_ report: @escaping @Sendable (String) -> Void) {
        self.report = report
    }

    /// One line for each part that fails, sorted: `sink jsonl /x/audit.jsonl: No space left …`.
    package var lines: [String] {
        current.withLock { $0.map { part, why in "\(part): \(why)" } }.sorted()
    }

    /// - Parameter why: nil when the part works.
    func set(_ part: String, _ why: String?) {
        let before = current.withLock { current in
            let before = current[part]
            current[part] = why
            return before
        }
        // The reason may change from try to try; what matters is said at the first.
        switch (before, why) {
        case (nil, .some(let why)): report("\(part): \(why)")
        case (.some, nil): report("\(part): works again")
        default: break
        }
    }
}
