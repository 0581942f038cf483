internal import RIGLinux
internal import RIGStore
internal import Synchronization

/// Brings committed rows to one sink, in order and each at least once, on a thread of its own: a
/// sink that fails or hangs holds up nobody, and gets what it missed when it works again. Of several
/// processes with the same sink one feeds it, with the rows of all.
final class AuditFeed: Sendable {
    private let sink: AuditOptions.Sink
    private let files: AuditFiles
    private let troubles: AuditTroubles
    private let cursor: AuditCursor
    private let bell: EventFd
    private let stopBell: EventFd
    private let isStopping = Atomic(false)
    private let isOver = Atomic(false)

    private static let rowsAtOnce = 500
    /// Rows that come in close succession share a sync.
    private static let pauseMilliseconds = 100
    /// Other processes do not ring.
    private static let lookMilliseconds = 1_000
    private static let retryMillisecondsMin = 250
    private static let retryMillisecondsMax = 30_000

    init(
        _ sink: AuditOptions.Sink, _ files: AuditFiles, _ troubles: AuditTroubles
    ) throws(Errno) {
        self.sink = sink
        self.files = files
        self.troubles = troubles
        cursor = AuditCursor(files, sink)
        bell = try EventFd()
        stopBell = try EventFd()
    }

    func start() throws(Errno) {
        try KernelThread.start(name: "rig-audit-sink") { [self] in
            run()
            isOver.store(true, ordering: .releasing)
        }
    }

    var hasEnded: Bool { isOver.load(ordering: .acquiring) }

    /// There are new rows.
    func ring() { signal(bell) }

    /// Delivers what there is, if the sink takes it, and ends.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        signal(stopBell)
        signal(bell)
    }

    private func signal(_ bell: borrowing EventFd) {
        do {
            try bell.signal()
        } catch {
            preconditionFailure("an eventfd that is open takes a signal: \(error)")
        }
    }

    private func wait(_ bell: borrowing EventFd, milliseconds: Int) {
        do {
            _ = try bell.wait(timeoutMilliseconds: milliseconds)
        } catch {
            preconditionFailure("an eventfd that is open can be waited for: \(error)")
        }
    }

    private func run() {
        let tap = AuditTap(sink, files, cursor)
        var retryMilliseconds = Self.retryMillisecondsMin
        while true {
            // Asked before the rows are read: what was committed before the stop is then seen.
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            do throws(StoreError) {
                let turn = try tap.deliver(rowsMax: Self.rowsAtOnce)
                troubles.set(sink.name, nil)
                retryMilliseconds = Self.retryMillisecondsMin
                switch turn {
                case .more: continue
                case .some where !isLast: wait(stopBell, milliseconds: Self.pauseMilliseconds)
                case .none where !isLast: wait(bell, milliseconds: Self.lookMilliseconds)
                case .some, .none: return
                }
            } catch {
                troubles.set(sink.name, Self.text(error) + "; its rows wait in state.db")
                if isLast { return }
                wait(stopBell, milliseconds: retryMilliseconds)
                retryMilliseconds = min(2 * retryMilliseconds, Self.retryMillisecondsMax)
            }
        }
    }

    private static func text(_ error: StoreError) -> String {
        if case .system(let errno) = error { return "\(errno)" }
        return "\(error)"
    }
}

/// The open ends of a feed: the rows' reader, the cursor's lock and the sink.
private final class AuditTap {
    private let sink: AuditOptions.Sink
    private let files: AuditFiles
    private let cursor: AuditCursor
    private var lock: FileLock?
    private var reader: AuditReader?
    private var outlet: (any AuditOutlet)?
    private var seq: Int64 = 0

    enum Turn {
        /// Nothing was new, or another process feeds the sink.
        case none
        case some
        /// And more rows are there.
        case more
    }

    init(_ sink: AuditOptions.Sink, _ files: AuditFiles, _ cursor: AuditCursor) {
        self.sink = sink
        self.files = files
        self.cursor = cursor
    }

    func deliver(rowsMax: Int) throws(StoreError) -> Turn {
        guard try isOurs() else { return .none }
        let page = try page(rowsMax)
        guard let last = page.records.last else { return .none }
        do throws(Errno) {
            try open().deliver(page.records)
            try cursor.write(last.seq)
        } catch {
            // Opened anew next time: whatever failed may have been put right by then.
            outlet = nil
            throw .system(error)
        }
        seq = last.seq
        return page.hasMore ? .more : .some
    }

    /// Whether this process feeds the sink; from then on until it ends.
    private func isOurs() throws(StoreError) -> Bool {
        if reader != nil { return true }
        let (path, folder, cursor) = (cursor.lock, files.sinks, cursor)
        try StoreError.wrapSystem { () throws(Errno) in try Directory.makeAll(folder) }
        if lock == nil {
            lock = try StoreError.wrapSystem { () throws(Errno) in try FileLock.acquire(path) }
        }
        guard lock != nil else { return false }
        seq = try StoreError.wrapSystem { () throws(Errno) in try cursor.read() }
        let reader = try AuditReader.open(files.database)
        let last = try StoreError.wrap { () throws(SQLiteError) in
            try reader.page(limit: 1).records.first?.seq ?? 0
        }
        // The database was put back or begun anew: better twice than never.
        if last < seq { seq = 0 }
        self.reader = consume reader
        return true
    }

    private func page(_ rowsMax: Int) throws(StoreError) -> AuditReader.Page {
        do throws(SQLiteError) {
            switch reader {
            case .some(let reader):
                return try reader.page(order: .oldestFirst, after: seq, limit: rowsMax)
            case .none:
                preconditionFailure("rows are read once the sink is this process's")
            }
        } catch {
            throw .sqlite(error)
        }
    }

    private func open() throws(Errno) -> any AuditOutlet {
        if let file = outlet as? AuditLineFile, try !file.isCurrent { outlet = nil }
        if let outlet { return outlet }
        let opened: any AuditOutlet =
            switch sink {
            case .jsonl(let path): try AuditLineFile(path)
            case .syslog(let path): try AuditSyslog(path)
            }
        outlet = opened
        return opened
    }
}
