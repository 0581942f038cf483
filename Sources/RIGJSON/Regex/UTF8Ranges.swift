/// The byte sequences that UTF-8 writes a range of scalars with: ranges for each byte.
enum UTF8Ranges {
    struct Range: Equatable {
        var first: UInt8
        var last: UInt8
    }

    static func split(_ span: ScalarSet.Span) -> [[Range]] {
        var found: [[Range]] = []
        let blocks: [(UInt32, UInt32)] = [
            (0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF),
        ]
        for (low, high) in blocks {
            let (first, last) = (max(span.first, low), min(span.last, high))
            if first <= last { append(first, last, &found) }
        }
        return found
    }

    /// Cuts so that all bytes but the first differing one run over their whole range.
    private static func append(_ first: UInt32, _ last: UInt32, _ found: inout [[Range]]) {
        let start = encoded(first)
        for shift in stride(from: UInt32(6), to: UInt32(start.count) * 6, by: 6) {
            let mask = (UInt32(1) << shift) - 1
            guard first & ~mask != last & ~mask else { continue }
            if first & mask != 0 {
                append(first, first | mask, &found)
                append((first | mask) + 1, last, &found)
                return
            }
            if last & mask != mask {
                append(first, (last & ~mask) - 1, &found)
                append(last & ~mask, last, &found)
                return
            }
        }
        found.append(zip(start, encoded(last)).map { Range(first: $0, last: $1) })
    }

    private static func encoded(_ scalar: UInt32) -> [UInt8] {
        Unicode.Scalar(scalar).flatMap { UTF8.encode($0) }.map(Array.init) ?? []
    }
}
