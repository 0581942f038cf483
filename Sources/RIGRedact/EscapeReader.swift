/// A byte of a text and where it is spelled there: an escape's spelling is longer than a byte.
struct Letter: Sendable {
    var byte: UInt8
    /// Offset in the buffer.
    var start: Int
    var end: Int
}

/// Reads through escapes as they come, byte by byte: `\n`, `\"`, `\u0061`, pairs of surrogates, and
/// `%61` where it is asked to. What only looks like an escape passes as it stands.
struct EscapeReader {
    private let readsPercent: Bool
    /// An escape that is not complete. Two `\uXXXX` are the longest.
    private var held = [12 of Letter](repeating: Letter(byte: 0, start: 0, end: 0))
    private var heldCount = 0
    /// What the last `push` or `flush` gave, in order.
    private(set) var given = [13 of Letter](repeating: Letter(byte: 0, start: 0, end: 0))
    private(set) var givenCount = 0

    init(readsPercent: Bool) {
        self.readsPercent = readsPercent
    }

    /// Whether no escape has begun.
    var isIdle: Bool { heldCount == 0 }

    /// Where the escape that has begun is spelled.
    var heldStart: Int? { heldCount == 0 ? nil : held[0].start }

    /// Whether an escape may begin with `byte`.
    func begins(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || readsPercent && byte == UInt8(ascii: "%")
    }

    mutating func push(_ letter: Letter) {
        givenCount = 0
        take(letter)
    }

    /// Gives what is held as it stands: the text has ended.
    mutating func flush() {
        givenCount = 0
        release()
    }

    private mutating func take(_ letter: Letter) {
        let byte = letter.byte
        guard heldCount > 0 else {
            if begins(byte) { hold(letter) } else { give(letter) }
            return
        }
        if held[0].byte == UInt8(ascii: "%") {
            guard Self.hexValue(byte) != nil else { return retry(letter) }
            hold(letter)
            if heldCount == 3 { finish(UInt8(truncatingIfNeeded: number(1, 2))) }
            return
        }
        switch heldCount {
        case 1 where byte != UInt8(ascii: "u"):
            guard let meaning = Self.meaning(byte) else { return retry(letter) }
            hold(letter)
            finish(meaning)
        case 1, 7:
            guard byte == UInt8(ascii: "u") else { return retry(letter) }
            hold(letter)
        case 6:
            guard byte == UInt8(ascii: "\\") else { return retry(letter) }
            hold(letter)
        default:
            guard Self.hexValue(byte) != nil else { return retry(letter) }
            hold(letter)
            if heldCount == 6 { finishUnit() }
            if heldCount == 12 { finishPair() }
        }
    }

    private mutating func finishUnit() {
        let unit = number(2, 4)
        if 0xD800...0xDBFF ~= unit { return }
        guard let scalar = Unicode.Scalar(unit) else { return release() }
        finish(scalar)
    }

    private mutating func finishPair() {
        let (high, low) = (number(2, 4), number(8, 4))
        guard 0xDC00...0xDFFF ~= low,
            let scalar = Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + low & 0x3FF)
        else { return release() }
        finish(scalar)
    }

    /// The held letters mean `byte`.
    private mutating func finish(_ byte: UInt8) {
        let (start, end) = (held[0].start, held[heldCount - 1].end)
        heldCount = 0
        give(Letter(byte: byte, start: start, end: end))
    }

    /// Each byte of the character is spelled by all of the held letters.
    private mutating func finish(_ scalar: Unicode.Scalar) {
        let (start, end) = (held[0].start, held[heldCount - 1].end)
        heldCount = 0
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            give(Letter(byte: byte, start: start, end: end))
        }
    }

    /// No escape after all, but `letter` may begin one.
    private mutating func retry(_ letter: Letter) {
        release()
        take(letter)
    }

    private mutating func release() {
        for index in 0..<heldCount { give(held[index]) }
        heldCount = 0
    }

    private mutating func hold(_ letter: Letter) {
        held[heldCount] = letter
        heldCount += 1
    }

    private mutating func give(_ letter: Letter) {
        given[givenCount] = letter
        givenCount += 1
    }

    private func number(_ start: Int, _ count: Int) -> UInt32 {
        (start..<start + count).reduce(0) { $0 << 4 | UInt32(Self.hexValue(held[$1].byte) ?? 0) }
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// What a backslash and `byte` mean in JSON, and in the languages that print it.
    static func meaning(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }
}
