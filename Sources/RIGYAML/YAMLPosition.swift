/// A place in a YAML text, as an editor shows it.
package struct YAMLPosition: Hashable, Sendable {
    /// Bytes before this place.
    package let offset: Int
    /// From 1.
    package let line: Int
    /// From 1, counted in Unicode code points.
    package let column: Int

    package init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }
}

/// Turns byte offsets into lines and columns, each in logarithmic time whatever the line's length.
///
/// Line breaks are LF, CR LF and CR (YAML 1.2.2, section 5.4).
struct YAMLLineTable: Sendable {
    private static let blockBytes = 64

    /// The offset of each line's first byte.
    private var starts: [Int] = []
    /// Continuation bytes of UTF-8 before each block of 64; empty when the text is ASCII.
    private var continuations: [Int] = []
    private let bytes: [UInt8]

    /// `start` is the first byte past a byte order mark.
    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        starts.append(start)
        var seen = 0
        var blocks: [Int] = []
        for index in bytes.indices {
            if index % Self.blockBytes == 0 { blocks.append(seen) }
            let byte = bytes[index]
            if byte & 0xC0 == 0x80 { seen += 1 }
            let breaks =
                byte == 0x0A
                || byte == 0x0D && !(index + 1 < bytes.count && bytes[index + 1] == 0x0A)
            if breaks { starts.append(index + 1) }
        }
        if seen > 0 { continuations = blocks }
    }

    func position(_ offset: Int) -> YAMLPosition {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let start = starts[low]
        let wide = continuationsBefore(offset) - continuationsBefore(start)
        return YAMLPosition(
            offset: offset, line: low + 1, column: max(offset - start - wide, 0) + 1)
    }

    private func continuationsBefore(_ offset: Int) -> Int {
        guard !continuations.isEmpty else { return 0 }
        let block = min(offset / Self.blockBytes, continuations.count - 1)
        var seen = continuations[block]
        var index = block * Self.blockBytes
        while index < min(offset, bytes.count) {
            if bytes[index] & 0xC0 == 0x80 { seen += 1 }
            index += 1
        }
        return seen
    }
}
