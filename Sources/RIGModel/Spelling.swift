/// "Did you mean": the known words nearest to one that was typed.
package enum Spelling {
    /// Longer words are not compared: nobody mistypes them by a letter, and the work grows with
    /// the square.
    private static let bytesMax = 96

    /// nil when nothing is near enough to be meant.
    package static func nearest(to word: String, in known: [String]) -> String? {
        near(to: word, in: known).first
    }

    /// Those that are near enough to be meant, the nearest first.
    package static func near(to word: String, in known: [String]) -> [String] {
        let typed = Array(word.lowercased().utf8)
        guard typed.count <= bytesMax else { return [] }
        let allowed = max(1, typed.count / 3)
        return known.filter { $0.utf8.count <= typed.count + allowed }
            .map { ($0, distance(typed, Array($0.lowercased().utf8))) }
            .filter { $0.1 <= allowed }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            .map(\.0)
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
