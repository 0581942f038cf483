/// "Did you mean": the known word that a mistyped one is closest to.
enum Suggestion {
    private static let bytesMax = 64

    /// nil when none is close.
    static func closest(to word: String, among known: [String]) -> String? {
        let typed = Array(word.lowercased().utf8)
        guard typed.count <= bytesMax else { return nil }
        let allowed = max(1, typed.count / 3)
        let ranked = known.map { ($0, distance(typed, Array($0.lowercased().utf8))) }
            .filter { $0.1 <= allowed }
        return ranked.min { $0.1 < $1.1 }?.0
    }

    /// `did you mean 'tools'?`, else the list of what is known.
    static func hint(for word: String, among known: [String]) -> String {
        if let closest = closest(to: word, among: known) { return "did you mean '\(closest)'?" }
        return "known here: " + known.joined(separator: ", ")
    }

    /// Edits between two words: insert, delete, replace, or swap of neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(
                    last[column + 1] + 1, current[column] + 1,
                    last[column] + (letter == other ? 0 : 1))
                let isSwap =
                    row > 0 && column > 0 && letter == right[column - 1] && left[row - 1] == other
                if isSwap { best = min(best, beforeLast[column - 1] + 1) }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
