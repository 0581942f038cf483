internal import RIGBytes

/// Says whether a text may hold a secret: never wrongly no; `Finding` decides. Most do not, and are read eight bytes at a time: a secret
/// that is spelled plainly shows two of its first five bytes at every fourth place, and one that is
/// not has a backslash or a percent sign.
///
///     skip ──► something there? ──no──► skip
///                    │ read letter by letter, through escapes, until nothing is begun
struct Search {
    private static let strideBytes = 8
    /// How far before a place a secret may have begun that the skip did not see.
    private static let backBytes = 8

    private let automaton: Automaton
    private let kind: TextKind
    /// As the text is read: in JSON, through the escapes of its strings.
    private var plain: UInt32 = 0
    private var outer = EscapeReader(readsPercent: false)
    /// As the text is read through one more layer of escapes. The second leaves percent signs alone,
    /// for values that hold one themselves.
    private var deeper = Branch(EscapeReader(readsPercent: true))
    private var literal = Branch(EscapeReader(readsPercent: false))

    init(_ automaton: Automaton, _ kind: TextKind) {
        self.automaton = automaton
        self.kind = kind
    }

    mutating func finds(
        _ buffer: ByteBuffer, _ range: ByteRange, _ skip: Skip
    ) -> Bool {
        // Nothing is begun here, so no secret begins before.
        var settled = range.offset
        var at = range.offset
        while true {
            at = skip.next(in: buffer, from: at, to: range.end, kind, &settled)
            guard at < range.end else { return finish() }
            var place = max(settled, at - Self.backBytes)
            let past = min(range.end, at + Self.strideBytes)
            while place < range.end, place < past || !isIdle {
                if take(buffer[place]) { return true }
                place += 1
            }
            (at, settled) = (place, place)
        }
    }

    private var isIdle: Bool {
        plain == 0 && !deeper.isForked && !literal.isForked && outer.isIdle
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        let letter = Letter(byte: byte, start: 0, end: 0)
        guard kind == .json, !outer.isIdle || byte == UInt8(ascii: "\\") else {
            return read(letter)
        }
        outer.push(letter)
        return readOuter()
    }

    private mutating func readOuter() -> Bool {
        for index in 0..<outer.givenCount where read(outer.given[index]) { return true }
        return false
    }

    private mutating func read(_ letter: Letter) -> Bool {
        let before = plain
        plain = automaton.next(before, letter.byte)
        if automaton.isEnding(plain) { return true }
        let inDeeper = deeper.read(letter, automaton, before: before, plain: plain)
        let inLiteral = literal.read(letter, automaton, before: before, plain: plain)
        return inDeeper || inLiteral
    }

    private mutating func finish() -> Bool {
        outer.flush()
        if readOuter() { return true }
        return deeper.finish(automaton) || literal.finish(automaton)
    }

    /// A way to read the text that is its own from an escape on, until it stands at the same state
    /// as the plain one.
    private struct Branch {
        private var reader: EscapeReader
        private var state: UInt32 = 0
        private(set) var isForked = false

        init(_ reader: EscapeReader) {
            self.reader = reader
        }

        /// - Parameters:
        ///   - before: Where the plain reading stood before `letter`.
        ///   - plain: Where it stands now.
        /// - Returns: Whether a secret ended.
        mutating func read(
            _ letter: Letter, _ automaton: Automaton, before: UInt32, plain: UInt32
        ) -> Bool {
            if !isForked {
                guard reader.begins(letter.byte) else { return false }
                (isForked, state) = (true, before)
            }
            reader.push(letter)
            if take(automaton) { return true }
            if reader.isIdle, state == plain { isForked = false }
            return false
        }

        mutating func finish(_ automaton: Automaton) -> Bool {
            reader.flush()
            return take(automaton)
        }

        private mutating func take(_ automaton: Automaton) -> Bool {
            for index in 0..<reader.givenCount {
                state = automaton.next(state, reader.given[index].byte)
                if automaton.isEnding(state) { return true }
            }
            return false
        }
    }
}
