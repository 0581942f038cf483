internal import RIGJSON
internal import RIGModel
internal import RIGYAML

extension ConfigSection {
    /// A string that `rule` reads; `words` say what it should have been.
    func value<Value>(
        _ key: String, _ words: String, _ rule: (String) -> Value?
    ) -> Value? {
        guard let node = self[key] else { return nil }
        return value(of: node, path(key), words, rule)
    }

    func value<Value>(
        of node: YAMLNode, _ path: String, _ words: String, _ rule: (String) -> Value?
    ) -> Value? {
        guard case .string(let text) = node.value else {
            let isScalar = node.kind != "list" && node.kind != "mapping" && node.kind != "null"
            report.add(
                node.start, path, "expected \(words), found \(node.found)",
                hint: isScalar ? "put it in quotes to make it a string" : nil)
            return nil
        }
        guard let value = rule(text) else {
            report.add(node.start, path, "'\(Self.shown(text))' is not \(words)")
            return nil
        }
        return value
    }

    /// A list of strings that `rule` reads, each once where `unique`.
    func list<Value: Hashable>(
        _ key: String, _ words: String, unique: Bool = false, _ rule: (String) -> Value?
    ) -> [Value]? {
        guard has(key) else { return nil }
        var values: [Value] = []
        var seen: Set<Value> = []
        for (path, node) in items(key) {
            guard let value = value(of: node, path, words, rule) else { continue }
            if unique && !seen.insert(value).inserted {
                report.add(node.start, path, "is listed twice")
            }
            values.append(value)
        }
        return values
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let node = self[key] else { return nil }
        let known = Choice.allCases.map(\.rawValue)
        let words = "one of " + known.joined(separator: ", ")
        guard case .string(let text) = node.value else {
            fault(key, "expected \(words), found \(node.found)")
            return nil
        }
        if let choice = Choice(rawValue: text) { return choice }
        let closest = Spelling.nearest(to: text, in: known)
        fault(
            key, "'\(Self.shown(text))' is not \(words)",
            hint: closest.map { "did you mean '\($0)'?" })
        return nil
    }

    func flag(_ key: String, default fallback: Bool) -> Bool {
        guard let node = self[key] else { return fallback }
        if case .bool(let flag) = node.value { return flag }
        fault(key, "expected true or false, found \(node.found)")
        return fallback
    }

    func integer(_ key: String, _ range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let node = self[key] else { return fallback }
        guard let number = Self.wholeNumber(node) else {
            fault(key, "expected a whole number, found \(node.found)")
            return fallback
        }
        guard range.contains(number) else {
            fault(key, "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
            return fallback
        }
        return number
    }

    /// JSON Schema counts `2.0` as an integer, so this does too.
    private static func wholeNumber(_ node: YAMLNode) -> Int? {
        switch node.value {
        case .integer(let number):
            // Larger than a word is out of every range here.
            return number.int ?? (number.text.hasPrefix("-") ? .min : .max)
        case .float: return node.json?.int64.flatMap { Int(exactly: $0) }
        default: return nil
        }
    }

    /// A number above `low` and at most `high`.
    func number(_ key: String, above low: Double, upTo high: Double, default fallback: Double)
        -> Double
    {
        guard let node = self[key] else { return fallback }
        let number: Double? =
            switch node.value {
            case .integer(let number): Double(number.text)
            case .float(let number) where number.isFinite: number.double
            default: nil
            }
        guard let number else {
            fault(key, "expected a number, found \(node.found)")
            return fallback
        }
        guard number > low && number <= high else {
            fault(key, "must be above \(low) and at most \(high)")
            return fallback
        }
        return number
    }

    /// - Returns: Milliseconds.
    func duration(_ key: String, default fallback: Int, zero: Bool = false) -> Int {
        let words = "a duration such as 500ms, 30s, 15m, 1h or 3d"
        return value(key, words) { text in
            Units.milliseconds(text).flatMap { $0 > 0 || zero ? $0 : nil }
        } ?? fallback
    }

    /// - Returns: Bytes.
    func size(_ key: String, default fallback: Int) -> Int {
        value(key, "a size such as 64KiB, 512MiB or 1GB", Units.bytes) ?? fallback
    }

    /// A string of at least one character and no NUL.
    func text(_ key: String, _ words: String) -> String? {
        value(key, words) { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
    }

    /// A name of at most 64 letters, digits and `. _ -`.
    func name(_ key: String) -> String? {
        value(key, "a name of letters, digits, '.', '_' and '-'") { text in
            guard let first = text.utf8.first, text.utf8.count <= 64, Self.isAlphanumeric(first),
                text.utf8.allSatisfy({ Self.isAlphanumeric($0) || "._-".utf8.contains($0) })
            else { return nil }
            return text
        }
    }

    static let globWords = "a pattern of visible characters, at most 128"

    static func glob(_ text: String) -> String? {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            ? text : nil
    }

    func glob(_ key: String) -> String { value(key, Self.globWords, Self.glob) ?? "*" }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }

    /// What a person typed, cut and with control characters shown.
    private static func shown(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(60).map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : String(Character(scalar))
        }
        return visible.joined() + (text.unicodeScalars.count > 60 ? "…" : "")
    }
}
