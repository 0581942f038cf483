import Foundation
import RIGBytes
import RIGStore
import Synchronization

/// What a test tells the table on the durable thread to do, and learns from it.
final class Script: Sendable {
    private struct State {
        var pagesMax = 1 << 30
        var transactions = 0
        var holds = false
    }

    private let state = Mutex(State())
    private let held = DispatchSemaphore(value: 0)
    private let released = DispatchSemaphore(value: 0)

    /// The size beyond which SQLite finds the disk full.
    var pagesMax: Int {
        get { state.withLock { $0.pagesMax } }
        set { state.withLock { $0.pagesMax = newValue } }
    }

    var transactions: Int { state.withLock { $0.transactions } }

    /// Makes the next transaction wait for `letGo`.
    func hold() { state.withLock { $0.holds = true } }

    func untilHeld() async {
        await withUnsafeContinuation { continuation in
            DispatchQueue.global().async {
                self.held.wait()
                continuation.resume()
            }
        }
    }

    func letGo() { released.signal() }

    func begin() {
        let holds = state.withLock { state in
            state.transactions += 1
            defer { state.holds = false }
            return state.holds
        }
        if holds {
            held.signal()
            released.wait()
        }
    }
}

/// Stores each payload as a text; refuses "refuse N" with the code N.
final class ScriptedTable: DurableTable {
    private let database: Database
    private let script: Script
    private let insert: Statement

    init(_ database: Database, _ script: Script) throws(SQLiteError) {
        self.database = database
        self.script = script
        insert = try database.prepare("INSERT INTO t VALUES (?)")
    }

    func begin() throws(SQLiteError) {
        _ = try database.integer("PRAGMA max_page_count = \(script.pagesMax)")
        script.begin()
    }

    func write(_ buffer: ByteBuffer, _ payload: ByteRange) throws(SQLiteError) -> UInt32 {
        let text = buffer.string(payload)
        if text.hasPrefix("refuse "), let code = UInt32(text.dropFirst(7)) { return code }
        insert.bind(1, lent: buffer, payload)
        try insert.run()
        return 0
    }
}
