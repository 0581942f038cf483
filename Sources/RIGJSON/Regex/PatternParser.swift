/// Reads the syntax of ECMA-262 section 22.2.1 in Unicode mode. Looser in two points, which nobody
/// means otherwise: any ASCII punctuation may be escaped, and a brace or bracket that closes
/// nothing stands for itself.
///
///     ^[a-z]{2}(-[A-Z]{2})?$
///     start, set{2,2}, repeated(sequence(-, set{2,2}), 0, 1), end
///
/// Look-around and back-references are parsed to the end and then refused by name, so that what is
/// invalid is told apart from what no linear engine can run.
struct PatternParser {
    private let scalars: [UInt32]
    private var index = 0
    private var depth = 0
    private var unsupported: String?
    private var names: [String] = []
    private var nameReferences: [String] = []
    private var groups = 0
    private var properties: [String: ScalarSet] = [:]
    private var numberReferences: [Int] = []

    private static let depthMax = 200
    private static let repeatsMax = 20_000

    /// `properties` keeps the sets of `\p{…}` from one pattern to the next.
    static func parse(
        _ source: String, properties: inout [String: ScalarSet]
    ) throws(PatternError) -> PatternTree {
        var parser = PatternParser(source)
        parser.properties = properties
        defer { properties = parser.properties }
        let tree = try parser.disjunction()
        guard parser.index == parser.scalars.count else { throw .invalid("unbalanced )") }
        for name in parser.nameReferences where !parser.names.contains(name) {
            throw .invalid("\\k<\(name)> names no group")
        }
        for number in parser.numberReferences where number > parser.groups {
            throw .invalid("\\\(number) names no group")
        }
        if let what = parser.unsupported { throw .unsupported(what) }
        return tree
    }

    private init(_ source: String) {
        scalars = source.unicodeScalars.map(\.value)
    }

    private var next: UInt32? { index < scalars.count ? scalars[index] : nil }

    private func isNext(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        return scalars[index...].starts(with: wanted)
    }

    private mutating func skip(_ text: String) -> Bool {
        guard isNext(text) else { return false }
        index += text.unicodeScalars.count
        return true
    }

    private mutating func disjunction() throws(PatternError) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw .tooLarge }
        var branches = [try alternative()]
        while skip("|") { branches.append(try alternative()) }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func alternative() throws(PatternError) -> PatternTree {
        var terms: [PatternTree] = []
        while let scalar = next, scalar != 0x7C, scalar != 0x29 { terms.append(try term()) }
        return terms.count == 1 ? terms[0] : terms.isEmpty ? .empty : .sequence(terms)
    }

    private mutating func term() throws(PatternError) -> PatternTree {
        if skip("^") { return .assertion(.start) }
        if skip("$") { return .assertion(.end) }
        if skip("\\b") { return .assertion(.word) }
        if skip("\\B") { return .assertion(.notWord) }
        let atom = try atom()
        guard let bounds = try quantifier() else { return atom }
        guard bounds.least <= Self.repeatsMax, bounds.most ?? 0 <= Self.repeatsMax else {
            throw .tooLarge
        }
        return .repeated(atom, least: bounds.least, most: bounds.most)
    }

    private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        var bounds: (least: Int, most: Int?)
        if skip("*") {
            bounds = (0, nil)
        } else if skip("+") {
            bounds = (1, nil)
        } else if skip("?") {
            bounds = (0, 1)
        } else if let braces = braces() {
            bounds = braces
        } else {
            return nil
        }
        // Greedy or lazy makes no difference to whether there is a match.
        _ = skip("?")
        if let most = bounds.most, most < bounds.least {
            throw .invalid("numbers out of order in {}")
        }
        if next == 0x2A || next == 0x2B || next == 0x3F || isBraces {
            throw .invalid("nothing to repeat")
        }
        return bounds
    }

    private var isBraces: Bool {
        var copy = self
        return copy.braces() != nil
    }

    /// `{2}`, `{2,}` or `{2,3}`; nil, and nothing is read, when it is something else.
    private mutating func braces() -> (least: Int, most: Int?)? {
        let start = index
        guard skip("{"), let least = decimal() else {
            index = start
            return nil
        }
        var most: Int? = least
        if skip(",") { most = isNext("}") ? nil : decimal() ?? -1 }
        guard skip("}"), most != -1 else {
            index = start
            return nil
        }
        return (least, most)
    }

    private mutating func decimal() -> Int? {
        let start = index
        var value = 0
        while let scalar = next, ScalarSet.digits.contains(scalar) {
            value = min(value * 10 + Int(scalar - 0x30), 1 << 30)
            index += 1
        }
        return index > start ? value : nil
    }

    private mutating func atom() throws(PatternError) -> PatternTree {
        guard let scalar = next else { throw .invalid("unexpected end") }
        switch scalar {
        case 0x28: return try group()
        case 0x5B:
            index += 1
            return .set(try characterClass())
        case 0x5C:
            index += 1
            return try escape()
        case 0x2E:
            index += 1
            return .set(ScalarSet.lineEnds.inverted)
        case 0x2A, 0x2B, 0x3F: throw .invalid("nothing to repeat")
        case 0x7B where isBraces: throw .invalid("nothing to repeat")
        default:
            index += 1
            return .set(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(PatternError) -> PatternTree {
        var isLook = false
        if skip("(?:") {
        } else if skip("(?=") || skip("(?!") {
            isLook = true
            unsupported = unsupported ?? "look-ahead"
        } else if skip("(?<=") || skip("(?<!") {
            isLook = true
            unsupported = unsupported ?? "look-behind"
        } else if skip("(?<") {
            groups += 1
            let name = try groupName()
            if names.contains(name) { throw .invalid("two groups are named \(name)") }
            names.append(name)
        } else if isNext("(?") {
            throw .invalid("unknown group (?")
        } else {
            groups += 1
            index += 1
        }
        let tree = try disjunction()
        guard skip(")") else { throw .invalid("missing )") }
        return isLook ? .empty : tree
    }

    private mutating func groupName() throws(PatternError) -> String {
        var name = ""
        while let scalar = next, scalar != 0x3E {
            guard let unicode = Unicode.Scalar(scalar) else { break }
            let starts = unicode.properties.isIDStart || unicode == "$" || unicode == "_"
            guard starts || (!name.isEmpty && unicode.properties.isIDContinue) else {
                throw .invalid("bad group name")
            }
            name.unicodeScalars.append(unicode)
            index += 1
        }
        guard !name.isEmpty, skip(">") else { throw .invalid("bad group name") }
        return name
    }

    private mutating func escape() throws(PatternError) -> PatternTree {
        guard let scalar = next else { throw .invalid("\\ at the end") }
        if scalar >= 0x31 && scalar <= 0x39 {
            numberReferences.append(decimal() ?? 0)
            unsupported = unsupported ?? "back-reference"
            return .empty
        }
        if skip("k") {
            guard skip("<") else { throw .invalid("bad \\k") }
            nameReferences.append(try groupName())
            unsupported = unsupported ?? "back-reference"
            return .empty
        }
        if let set = try classEscape() { return .set(set) }
        return .set(ScalarSet(try characterEscape(inClass: false)))
    }

    /// `\d \w \s \p` and their opposites; nil for everything else.
    private mutating func classEscape() throws(PatternError) -> ScalarSet? {
        if skip("d") { return .digits }
        if skip("D") { return ScalarSet.digits.inverted }
        if skip("w") { return .word }
        if skip("W") { return ScalarSet.word.inverted }
        if skip("s") { return .space }
        if skip("S") { return ScalarSet.space.inverted }
        let inverts = isNext("P")
        guard skip("p") || skip("P") else { return nil }
        guard skip("{") else { throw .invalid("bad \\p") }
        var name = ""
        while let scalar = next, scalar != 0x7D {
            guard let unicode = Unicode.Scalar(scalar) else { break }
            name.unicodeScalars.append(unicode)
            index += 1
        }
        guard skip("}") else { throw .invalid("bad \\p") }
        guard let set = properties[name] ?? ScalarProperty.named(name) else {
            if name.hasPrefix("Script") || name.hasPrefix("sc") {
                unsupported = unsupported ?? "\\p{\(name)}"
                return .empty
            }
            throw .invalid("unknown property \(name)")
        }
        properties[name] = set
        return inverts ? set.inverted : set
    }

    private mutating func characterEscape(inClass: Bool) throws(PatternError) -> UInt32 {
        guard let scalar = next else { throw .invalid("\\ at the end") }
        index += 1
        switch scalar {
        case 0x74: return 0x09
        case 0x6E: return 0x0A
        case 0x76: return 0x0B
        case 0x66: return 0x0C
        case 0x72: return 0x0D
        case 0x62 where inClass: return 0x08
        case 0x30:
            if let digit = next, ScalarSet.digits.contains(digit) {
                throw .invalid("octal escape")
            }
            return 0
        case 0x63:
            guard let letter = next, (0x41...0x5A).contains(letter & ~0x20) else {
                throw .invalid("bad \\c")
            }
            index += 1
            return letter & 0x1F
        case 0x78: return try hexadecimal(2)
        case 0x75: return try unicodeEscape()
        default:
            let isPlain = scalar < 0x80 && !ScalarSet.word.contains(scalar) && scalar > 0x20
            guard isPlain || scalar == 0x5F else {
                let name = Unicode.Scalar(scalar).map { String($0) } ?? "?"
                throw .invalid("unknown escape \\\(name)")
            }
            return scalar
        }
    }

    private mutating func unicodeEscape() throws(PatternError) -> UInt32 {
        if skip("{") {
            var value: UInt32 = 0
            var digits = 0
            while let scalar = next, let digit = hexDigit(scalar) {
                value = value << 4 | digit
                digits += 1
                guard value <= ScalarSet.last else { throw .invalid("\\u{…} is too large") }
                index += 1
            }
            guard digits > 0, skip("}") else { throw .invalid("bad \\u") }
            return value
        }
        let high = try hexadecimal(4)
        guard (0xD800...0xDBFF).contains(high), isNext("\\u") else { return high }
        let start = index
        index += 2
        // The second half of a pair; anything else stands for itself.
        if let digits = fourDigits(), (0xDC00...0xDFFF).contains(digits) {
            return 0x10000 + (high & 0x3FF) << 10 + digits & 0x3FF
        }
        index = start
        return high
    }

    private mutating func fourDigits() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap(hexDigit) else { return nil }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    private mutating func hexadecimal(_ digits: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = next.flatMap(hexDigit) else { throw .invalid("bad hex escape") }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    private func hexDigit(_ scalar: UInt32) -> UInt32? {
        scalar < 0x80 ? JSONText.hexValue(UInt8(scalar)).map(UInt32.init) : nil
    }

    /// The rest of `[…]`.
    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        let inverts = skip("^")
        var set = ScalarSet.empty
        while !skip("]") {
            let first = try classAtom()
            if isNext("-"), index + 1 < scalars.count, scalars[index + 1] != 0x5D {
                index += 1
                let last = try classAtom()
                guard case .one(let low) = first, case .one(let high) = last else {
                    throw .invalid("a range of classes")
                }
                guard low <= high else { throw .invalid("range out of order") }
                set = set.union(ScalarSet([(low, high)]))
            } else {
                switch first {
                case .one(let scalar): set = set.union(ScalarSet(scalar))
                case .many(let other): set = set.union(other)
                }
            }
        }
        return inverts ? set.inverted : set
    }

    private enum ClassAtom {
        case one(UInt32)
        case many(ScalarSet)
    }

    private mutating func classAtom() throws(PatternError) -> ClassAtom {
        guard let scalar = next else { throw .invalid("missing ]") }
        index += 1
        guard scalar == 0x5C else { return .one(scalar) }
        if let set = try classEscape() { return .many(set) }
        return .one(try characterEscape(inClass: true))
    }
}
