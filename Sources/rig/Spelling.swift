/// "Did you mean": the known word nearest to one that was typed.
enum Spelling {
    /// nil when nothing is near enough to be meant.
    static func nearest(to word: String, in known: [String]) -> String? {
        let near = known.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
            .min { $0.1 < $1.1 }
        guard let (best, edits) = near, edits <= max(1, word.utf8.count / 3) else { return nil }
        return best
    }

    /// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before = [Int](repeating: 0, count: b.count + 1)
        var above = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var edits = min(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    edits = min(edits, before[j - 1] + 1)
                }
                row.append(edits)
            }
            before = above
            above = row
        }
        return above[b.count]
    }
}
