internal import RIGBytes

/// Where secrets are spelled in a text that has some: letter by letter, with their places.
struct Finding {
    struct Span {
        var start: Int
        var end: Int
        var slot: Int
    }

    /// One way to read the text, with its last letters.
    private struct Reading {
        var state: UInt32 = 0
        private var count = 0
        private var letters: [Letter]
        /// The span whose last bits the next letter holds.
        private var open: Int?

        init(_ longestBytes: Int) {
            letters = Array(
                repeating: Letter(byte: 0, start: 0, end: 0), count: longestBytes + 1)
        }

        /// The letter that stands `back` letters before the end; the last is 1.
        private func letter(_ back: Int) -> Letter? {
            back < 1 || back > min(count, letters.count)
                ? nil : letters[(count - back) % letters.count]
        }

        /// Where what has been read of a pattern is spelled; nil when nothing has.
        func start(_ automaton: Automaton) -> Int? {
            letter(automaton.depth(state))?.start
        }

        /// Reads on. A secret that ends with `letter` is added to `spans`.
        /// - Returns: Whether one was.
        mutating func step(
            _ letter: Letter, _ automaton: Automaton, _ spans: inout [Span]
        ) -> Bool {
            if let open {
                if Base64.isCharacter(letter.byte) { spans[open].end = letter.end }
                self.open = nil
            }
            letters[count % letters.count] = letter
            count += 1
            state = automaton.next(state, letter.byte)
            guard let pattern = automaton.pattern(endingAt: state) else { return false }
            var first = self.letter(pattern.bytes.count) ?? letter
            if pattern.hasPartialLead, let lead = self.letter(pattern.bytes.count + 1),
                Base64.isCharacter(lead.byte)
            {
                first = lead
            }
            spans.append(Span(start: first.start, end: letter.end, slot: pattern.slot))
            if pattern.hasPartialTrail { open = spans.count - 1 }
            return true
        }
    }

    private let automaton: Automaton
    private let kind: TextKind
    private var outer = EscapeReader(readsPercent: false)
    private var plain: Reading
    /// Through one more layer of escapes, as in `Search`.
    private var deeper: (reader: EscapeReader, reading: Reading)
    private var literal: (reader: EscapeReader, reading: Reading)
    private var spans: [Span] = []
    /// A secret reaches over JSON's own characters.
    private(set) var crossesStructure = false
    /// Where the content of the string that is being read begins; nil outside of strings.
    private var stringStart: Int?

    init(_ automaton: Automaton, _ kind: TextKind, _ buffer: ByteBuffer, _ range: ByteRange) {
        self.automaton = automaton
        self.kind = kind
        let reading = Reading(automaton.longestBytes)
        plain = reading
        deeper = (EscapeReader(readsPercent: true), reading)
        literal = (EscapeReader(readsPercent: false), reading)
        for index in range.offset..<range.end {
            let letter = Letter(byte: buffer[index], start: index, end: index + 1)
            if kind == .json { takeJSON(letter) } else { read(letter, isContent: true) }
        }
    }

    /// The first byte of what may go on behind the text's end; nil when nothing is begun.
    var openStart: Int? {
        [
            plain.start(automaton), deeper.reading.start(automaton), deeper.reader.heldStart,
            literal.reading.start(automaton), literal.reader.heldStart, outer.heldStart,
        ].compactMap { $0 }.min()
    }

    /// In order and without overlaps. The text has ended.
    mutating func finish() -> [Span] {
        outer.flush()
        for index in 0..<outer.givenCount { read(outer.given[index], isContent: true) }
        deeper.reader.flush()
        literal.reader.flush()
        readDeeper(isContent: true)
        var merged: [Span] = []
        for span in spans.sorted(by: { ($0.start, $1.end) < ($1.start, $0.end) }) {
            if let last = merged.last, span.start < last.end {
                merged[merged.count - 1].end = max(last.end, span.end)
            } else {
                merged.append(span)
            }
        }
        return merged
    }

    private mutating func takeJSON(_ letter: Letter) {
        if outer.isIdle, letter.byte == UInt8(ascii: "\"") {
            // Content begins behind the opening quote and ends before the closing one.
            let opens = stringStart == nil
            stringStart = nil
            read(letter, isContent: false)
            if opens { stringStart = letter.end }
            return
        }
        outer.push(letter)
        let isContent = stringStart != nil
        for index in 0..<outer.givenCount { read(outer.given[index], isContent: isContent) }
    }

    private mutating func read(_ letter: Letter, isContent: Bool) {
        if plain.step(letter, automaton, &spans) { judgeLast(isContent: isContent) }
        deeper.reader.push(letter)
        literal.reader.push(letter)
        readDeeper(isContent: isContent)
    }

    private mutating func readDeeper(isContent: Bool) {
        for index in 0..<deeper.reader.givenCount
        where deeper.reading.step(deeper.reader.given[index], automaton, &spans) {
            judgeLast(isContent: isContent)
        }
        for index in 0..<literal.reader.givenCount
        where literal.reading.step(literal.reader.given[index], automaton, &spans) {
            judgeLast(isContent: isContent)
        }
    }

    /// A span that is not within one string cannot be cut out of JSON.
    private mutating func judgeLast(isContent: Bool) {
        guard kind == .json, let last = spans.last else { return }
        if !isContent || last.start < stringStart ?? .max { crossesStructure = true }
    }
}
