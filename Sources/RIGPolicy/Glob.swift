/// A pattern in which `*` stands for any run of bytes, none included; every other byte stands for
/// itself. There is no escape: a name with a star in it cannot be told apart.
///
///     github.*     github.read, github.a.b, not github
///     *.read       every tool called read
package struct Glob: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: UInt8 { case any, literal, general }

    private static let star = UInt8(ascii: "*")

    private let bytes: [UInt8]
    private let kind: Kind

    package init(_ text: String) {
        var bytes: [UInt8] = []
        for byte in text.utf8 where byte != Self.star || bytes.last != Self.star {
            bytes.append(byte)
        }
        self.bytes = bytes
        let hasStar = bytes.contains(Self.star)
        kind = bytes == [Self.star] ? .any : hasStar ? .general : .literal
    }

    package var description: String { String(decoding: bytes, as: UTF8.self) }
    /// It matches everything.
    package var isAny: Bool { kind == .any }
    /// It matches one text only.
    package var isLiteral: Bool { kind == .literal }

    /// No allocation; at worst the product of both lengths.
    package func matches(_ text: String) -> Bool {
        kind == .any || matches(text.utf8.span)
    }

    private func matches(_ text: borrowing Span<UInt8>) -> Bool {
        var (at, read) = (0, 0)
        /// Where to go on when the bytes after the last star do not fit: one byte further.
        var (afterStar, retry) = (-1, 0)
        while read < text.count {
            if at < bytes.count, bytes[at] == Self.star {
                at += 1
                (afterStar, retry) = (at, read)
            } else if at < bytes.count, bytes[at] == text[read] {
                at += 1
                read += 1
            } else {
                guard afterStar >= 0 else { return false }
                retry += 1
                (at, read) = (afterStar, retry)
            }
        }
        if at < bytes.count, bytes[at] == Self.star { at += 1 }
        return at == bytes.count
    }

    /// Everything that `other` matches, this one matches too.
    ///
    /// Exact: `other` with a byte that no pattern holds in the place of every star is a text that
    /// only a star of this one can take, and such a star takes whatever stands there instead.
    package func covers(_ other: Glob) -> Bool {
        if kind == .any { return true }
        let witness = other.bytes.map { $0 == Self.star ? 0 : $0 }
        return matches(witness.span)
    }

    /// Some text is matched by both.
    package func overlaps(_ other: Glob) -> Bool {
        // Whether what is left of both patterns has a common text, by how much is left of `other`.
        var row = [Bool](repeating: false, count: other.bytes.count + 1)
        for mine in stride(from: bytes.count, through: 0, by: -1) {
            var next = row
            for theirs in stride(from: other.bytes.count, through: 0, by: -1) {
                next[theirs] = step(mine, theirs, other, below: row, right: next)
            }
            row = next
        }
        return row[0]
    }

    private func step(
        _ mine: Int, _ theirs: Int, _ other: Glob, below: [Bool], right: [Bool]
    ) -> Bool {
        let (isMyEnd, isTheirEnd) = (mine == bytes.count, theirs == other.bytes.count)
        if isMyEnd && isTheirEnd { return true }
        // A star takes nothing, or one thing more of the other pattern.
        if !isMyEnd, bytes[mine] == Self.star {
            return below[theirs] || (!isTheirEnd && right[theirs + 1])
        }
        if !isTheirEnd, other.bytes[theirs] == Self.star {
            return right[theirs + 1] || (!isMyEnd && below[theirs])
        }
        return !isMyEnd && !isTheirEnd && bytes[mine] == other.bytes[theirs] && below[theirs + 1]
    }
}
