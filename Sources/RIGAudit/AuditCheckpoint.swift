package import RIGBytes
internal import RIGJSON
internal import RIGStore

/// A signed word on the chain: this row had this hash at this time, and the chain began there.
///
/// As a line of `audit.checkpoints`, in canonical form (RFC 8785):
///
///     {"hash":"9f…","key":"41…","mac":"0c…","number":12,"seq":12000,"time_ms":1760000000000}
///
/// `mac` is HMAC-SHA256 over the line without `mac`. Once rows were pruned there are `start_hash`
/// and `start_seq` too: the last row that is gone, and its hash.
package struct AuditCheckpoint: Sendable, Equatable {
    /// Counts all checkpoints from 1, without gaps.
    package let number: Int64
    /// The row it is about; 0 for the empty chain.
    package let seq: Int64
    package let hash: Digest
    /// The chain begins after this row: what stands before was pruned.
    package let start: AuditLink
    /// Wall clock, milliseconds since 1970.
    package let timeMilliseconds: Int64
    /// Which key signed.
    let keyName: String
    let mac: Digest

    /// Signs.
    init(
        number: Int64, of head: AuditLink, start: AuditLink, timeMilliseconds: Int64,
        key: AuditKey
    ) {
        self.number = number
        seq = head.seq
        hash = head.hash
        self.start = start
        self.timeMilliseconds = timeMilliseconds
        keyName = key.name
        let unsigned = Self.line(
            number: number, head: head, start: start, time: timeMilliseconds, key: key.name)
        mac = key.checkpoints.digest(Array(unsigned.utf8))
    }

    func isSigned(by key: AuditKey) -> Bool {
        let unsigned = Self.line(
            number: number, head: AuditLink(seq: seq, hash: hash), start: start,
            time: timeMilliseconds, key: keyName)
        return key.checkpoints.digest(Array(unsigned.utf8)).equalsInConstantTime(mac)
    }

    /// With its line feed.
    var line: String {
        Self.line(
            number: number, head: AuditLink(seq: seq, hash: hash), start: start,
            time: timeMilliseconds, key: keyName, mac: mac) + "\n"
    }

    /// Reads a line; nil for anything else, also for one that was cut short.
    init?(line: some Collection<UInt8>) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(Array(line)) } catch { return nil }
        guard let number = value["number"]?.int64, let time = value["time_ms"]?.int64,
            let hash = value["hash"]?.string.flatMap(Digest.init(hex:)),
            let mac = value["mac"]?.string.flatMap(Digest.init(hex:)),
            let key = value["key"]?.string
        else { return nil }
        self.number = number
        seq = value["seq"]?.int64 ?? 0
        self.hash = hash
        start = AuditLink(
            seq: value["start_seq"]?.int64 ?? 0,
            hash: value["start_hash"]?.string.flatMap(Digest.init(hex:)) ?? AuditChain.origin)
        timeMilliseconds = time
        keyName = key
        self.mac = mac
        // One spelling, so that nothing can be said in a line that is not signed.
        guard self.line.utf8.dropLast().elementsEqual(line) else { return nil }
    }

    private static func line(
        number: Int64, head: AuditLink, start: AuditLink, time: Int64, key: String,
        mac: Digest? = nil
    ) -> String {
        var object: JSONObject = [
            "hash": .string(head.hash.hex), "key": .string(key), "number": .number(.init(number)),
            "time_ms": .number(.init(time)),
        ]
        object["mac"] = mac.map { .string($0.hex) }
        if head.seq != 0 { object["seq"] = .number(.init(head.seq)) }
        if start.seq != 0 {
            object["start_hash"] = .string(start.hash.hex)
            object["start_seq"] = .number(.init(start.seq))
        }
        return CanonicalJSON.text(.object(object))
    }
}

/// A row's place in the chain.
package struct AuditLink: Sendable, Equatable {
    /// 0 stands before the first row.
    package let seq: Int64
    package let hash: Digest

    static let origin = AuditLink(seq: 0, hash: AuditChain.origin)
}

extension AuditLink {
    /// Reads the row at which a statement over a number and a hash stands. The tables' CHECKs hold
    /// hashes to 32 bytes; what an editor put there without them is read as the empty hash, which
    /// fits nowhere in the chain.
    init(_ statement: borrowing Statement) {
        self.init(
            seq: statement.int(0),
            hash: Digest(hex: Hex.encode(statement.blob(1))) ?? AuditChain.origin)
    }
}

extension AuditCheckpoint {
    static let columns = "number, seq, hash, start_seq, start_hash, time_ms, key, mac"

    /// Reads the row at which a statement over `columns` stands. The table's CHECKs hold hashes to
    /// 32 bytes; in a file that an editor wrote without them, what is no hash is the empty one.
    init(_ statement: borrowing Statement) {
        number = statement.int(0)
        seq = statement.int(1)
        hash = Digest(hex: Hex.encode(statement.blob(2))) ?? AuditChain.origin
        start = AuditLink(
            seq: statement.int(3),
            hash: Digest(hex: Hex.encode(statement.blob(4))) ?? AuditChain.origin)
        timeMilliseconds = statement.int(5)
        keyName = statement.text(6)
        mac = Digest(hex: Hex.encode(statement.blob(7))) ?? AuditChain.origin
    }

    func bind(_ insert: borrowing Statement) {
        insert.bind(1, number)
        insert.bind(2, seq)
        insert.bind(3, blob: hash.bytes)
        insert.bind(4, start.seq)
        insert.bind(5, blob: start.hash.bytes)
        insert.bind(6, timeMilliseconds)
        insert.bind(7, keyName)
        insert.bind(8, blob: mac.bytes)
    }
}
