import CAllocationCount
import Dispatch
import RIGBytes
import RIGJSON

/// What is timed.
enum Work {
    case scan(ByteBuffer)
    case check(SchemaProgram, ByteBuffer)
}

/// Nanoseconds for one text.
struct Time {
    var least: Double
    var median: Double
}

/// A scanner and a checker, kept warm. Not in a class: that would add its checks of exclusive
/// access to every call.
struct Run: ~Copyable {
    private var scanner = Scanner(capacityBytes: 1 << 21)
    private var checker = Checker()

    @inline(never)
    private mutating func scan(_ buffer: ByteBuffer) -> Int {
        do throws(JSONError) {
            try scanner.scan(buffer, buffer.range)
        } catch {
            return 0
        }
        return scanner.count
    }

    /// 1 when the text fits the schema.
    @inline(never)
    mutating func check(_ program: SchemaProgram, _ buffer: ByteBuffer) -> Int {
        do throws(JSONError) {
            try scanner.scan(buffer, buffer.range)
        } catch {
            return 0
        }
        return checker.checkAll(program, scanner, buffer) ? 1 : 0
    }

    /// One look at both texts: scratch has its size from then on, and the verdicts are right.
    mutating func warm(_ payload: Payload) throws {
        let fits = check(payload.program, payload.good) == 1
        let refused = check(payload.program, payload.bad) == 0
        precondition(fits && refused, "a payload fits its schema, its invalid twin does not")
    }

    /// Allocations of one warm check, of the good text and of the bad one together.
    mutating func allocations(_ payload: Payload) -> Int {
        let before = rig_allocation_count()
        let verdicts = check(payload.program, payload.good) + check(payload.program, payload.bad)
        let after = rig_allocation_count()
        precondition(verdicts == 1, "the good text fits, the bad one does not")
        return Int(after - before)
    }

    /// Each work's time for one text; the works take turns, a batch each.
    mutating func time(_ batches: Int, _ count: Int, _ works: [Work]) -> [Time] {
        var times = [[Double]](repeating: [], count: works.count)
        var sum = 0
        for _ in 0...batches {
            for (index, work) in works.enumerated() {
                let start = DispatchTime.now().uptimeNanoseconds
                switch work {
                case .scan(let buffer):
                    for _ in 0..<count { sum &+= scan(buffer) }
                case .check(let program, let buffer):
                    for _ in 0..<count { sum &+= check(program, buffer) }
                }
                let end = DispatchTime.now().uptimeNanoseconds
                times[index].append(Double(end - start) / Double(count))
            }
        }
        precondition(sum > 0, "some text was scanned")
        return times.map { all in
            // The first batch warms caches and predictors.
            let sorted = all.dropFirst().sorted()
            return Time(least: sorted[0], median: sorted[sorted.count / 2])
        }
    }
}
