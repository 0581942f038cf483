internal import RIGBytes
internal import RIGLinux
package import RIGStore

/// Checks the whole audit: the rows against their chain, the chain against the checkpoints, and the
/// checkpoints in the database against those in the file beside it (docs/audit.md says what each
/// of them finds). Runs beside whoever writes, off the loop.
package enum AuditVerifier {
    /// Checks the audit whose database is at `path`.
    package static func verify(_ path: String) throws(StoreError) -> AuditVerification {
        let files = AuditFiles(database: path)
        let key = try AuditKey.read(files.key)
        let database = try Database.open(path, schema: .state, access: .reader)
        // While it is held, no checkpoint is between the database and the file.
        let lock = LockHolder(try acquire(files.lock))
        let file = AuditCheckpointFile(path: files.checkpoints)
        let inFile = try StoreError.wrapSystem { () throws(Errno) in try file.read() }
        return try StoreError.wrap { () throws(SQLiteError) in
            try database.reading { () throws(SQLiteError) in
                let inDatabase = try checkpoints(database)
                lock.release()
                let signatures = Signatures(inDatabase: inDatabase, inFile: inFile, key: key)
                return try verify(database, signatures)
            }
        }
    }

    private final class LockHolder {
        private var lock: FileLock?
        init(_ lock: consuming FileLock?) { self.lock = lock }
        func release() { lock = nil }
    }

    /// nil where this user may not lock: a copy that lies on a read-only disk has no writers.
    private static func acquire(_ path: String) throws(StoreError) -> FileLock? {
        do throws(Errno) {
            return try FileLock.acquire(path, waits: true)
        } catch {
            if error == .access || error == .permission || error == .readOnlyFileSystem {
                return nil
            }
            throw .system(error)
        }
    }

    private static func checkpoints(
        _ database: Database
    ) throws(SQLiteError) -> [AuditCheckpoint] {
        let select = try database.prepare(
            "SELECT \(AuditCheckpoint.columns) FROM audit_checkpoint ORDER BY number")
        var checkpoints: [AuditCheckpoint] = []
        while try select.step() { checkpoints.append(AuditCheckpoint(select)) }
        return checkpoints
    }

    private static func verify(
        _ database: Database, _ signatures: Signatures
    ) throws(SQLiteError) -> AuditVerification {
        let start = signatures.start
        var last = start
        var signed = start.seq
        var rewritten: AuditBreach?
        let walk = try AuditChain.walk(database, from: start) { link in
            last = link
            guard rewritten == nil, let hashes = signatures.hashes[link.seq] else { return }
            if hashes.allSatisfy({ $0 == link.hash }) {
                signed = link.seq
            } else {
                rewritten = AuditBreach(.rowsRewritten, seq: signed + 1, through: link.seq)
            }
        }
        var breaches = rewritten.map { [$0] } ?? []
        switch walk {
        case .changed(let seq): breaches.append(AuditBreach(.rowChanged, seq: seq))
        case .missing(let seq): breaches.append(AuditBreach(.rowMissing, seq: seq))
        case .end:
            if signatures.lastSeq > last.seq {
                breaches.append(
                    AuditBreach(.tailMissing, seq: last.seq + 1, through: signatures.lastSeq))
            }
        }
        if let hashes = signatures.hashes[start.seq], hashes.contains(where: { $0 != start.hash }) {
            breaches.append(AuditBreach(.rowsRewritten, seq: start.seq))
        }
        if signatures.isEmpty && last.seq > 0 {
            breaches.append(
                AuditBreach(.checkpointMissing, seq: 0, checkpoint: 1, place: "database"))
        }
        return AuditVerification(
            first: start.seq + 1, last: last.seq, head: last.hash, checkpoints: signatures.count,
            signedThrough: signed, breaches: breaches + signatures.breaches)
    }
}

/// What the checkpoints of both places say together.
private struct Signatures {
    /// By row: what it was signed as.
    private(set) var hashes: [Int64: [Digest]] = [:]
    private(set) var start = AuditLink.origin
    private(set) var lastSeq: Int64 = 0
    private(set) var breaches: [AuditBreach] = []
    private var byNumber: [Int64: AuditCheckpoint] = [:]

    var count: Int { byNumber.count }
    /// There is none at all, signed or not.
    private(set) var isEmpty = true

    init(inDatabase: [AuditCheckpoint], inFile: [AuditCheckpoint], key: AuditKey?) {
        isEmpty = inDatabase.isEmpty && inFile.isEmpty
        var disagreeing: Set<Int64> = []
        for checkpoint in inDatabase + inFile {
            if let other = byNumber[checkpoint.number] {
                if other != checkpoint && disagreeing.insert(checkpoint.number).inserted {
                    breaches.append(Self.breach(.checkpointsDisagree, checkpoint))
                }
                if other == checkpoint { continue }
            }
            guard isSigned(checkpoint, key) else { continue }
            byNumber[checkpoint.number] = checkpoint
            hashes[checkpoint.seq, default: []].append(checkpoint.hash)
            lastSeq = max(lastSeq, checkpoint.seq)
        }
        if let newest = byNumber.values.max(by: { $0.number < $1.number }) { start = newest.start }
        findGaps(inDatabase, inFile)
    }

    private mutating func isSigned(_ checkpoint: AuditCheckpoint, _ key: AuditKey?) -> Bool {
        guard let key else {
            if !breaches.contains(where: { $0.kind == .keyMissing }) {
                breaches.append(Self.breach(.keyMissing, checkpoint))
            }
            // Without a key the chain can still be walked from where it says that it begins.
            return true
        }
        if checkpoint.isSigned(by: key) { return true }
        let kind: AuditBreach.Kind =
            checkpoint.keyName == key.name ? .checkpointForged : .otherKey
        // One word on a key that is not theirs is enough.
        if kind == .checkpointForged || !breaches.contains(where: { $0.kind == kind }) {
            breaches.append(Self.breach(kind, checkpoint))
        }
        return false
    }

    /// Numbers have no gaps in either place, and the places go equally far, but for the one
    /// checkpoint that a killed process did not bring to the file. Only what was pruned needs no
    /// checkpoints any more: in the file those stay, unless its owner cuts them off.
    private mutating func findGaps(_ inDatabase: [AuditCheckpoint], _ inFile: [AuditCheckpoint]) {
        findGap(inDatabase, "database")
        findGap(inFile, "file")
        let first = inDatabase.map(\.number).min() ?? 1
        if first > 1 && start.seq == 0 { miss(1, "database") }
        if let firstInFile = inFile.map(\.number).min(), firstInFile > first {
            miss(first, "file")
        }
        let database = inDatabase.map(\.number).max() ?? 0
        let file = inFile.map(\.number).max() ?? 0
        if file > database { miss(database + 1, "database") }
        if database > file + 1 { miss(file + 1, "file") }
    }

    private mutating func findGap(_ checkpoints: [AuditCheckpoint], _ place: String) {
        let numbers = Set(checkpoints.map(\.number)).sorted()
        let gap = zip(numbers, numbers.dropFirst()).first { $1 != $0 + 1 }
        if let gap { miss(gap.0 + 1, place) }
    }

    private mutating func miss(_ number: Int64, _ place: String) {
        breaches.append(
            AuditBreach(
                .checkpointMissing, seq: byNumber[number]?.seq ?? 0, checkpoint: number,
                place: place))
    }

    private static func breach(
        _ kind: AuditBreach.Kind, _ checkpoint: AuditCheckpoint
    ) -> AuditBreach {
        AuditBreach(kind, seq: checkpoint.seq, checkpoint: checkpoint.number)
    }
}
