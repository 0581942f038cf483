/// A set of Unicode scalar values, as sorted ranges that do not touch.
struct ScalarSet: Equatable, Sendable {
    struct Span: Equatable, Sendable {
        var first: UInt32
        var last: UInt32
    }

    private(set) var spans: [Span]

    static let last: UInt32 = 0x10FFFF
    static let empty = ScalarSet([])
    static let all = ScalarSet([(0, last)])

    init(_ ranges: [(UInt32, UInt32)]) {
        let sorted = ranges.filter { $0.0 <= $0.1 }.sorted { $0.0 < $1.0 }
        spans = []
        for (first, last) in sorted {
            if let end = spans.last, first <= end.last &+ 1 {
                spans[spans.count - 1].last = max(end.last, last)
            } else {
                spans.append(Span(first: first, last: last))
            }
        }
    }

    init(_ scalar: UInt32) {
        spans = [Span(first: scalar, last: scalar)]
    }

    var isEmpty: Bool { spans.isEmpty }
    var isASCII: Bool { spans.last.map { $0.last < 0x80 } ?? true }

    func union(_ other: ScalarSet) -> ScalarSet {
        ScalarSet((spans + other.spans).map { ($0.first, $0.last) })
    }

    var inverted: ScalarSet {
        var ranges: [(UInt32, UInt32)] = []
        var next: UInt32 = 0
        for span in spans {
            if span.first > next { ranges.append((next, span.first - 1)) }
            next = span.last + 1
        }
        if next <= Self.last { ranges.append((next, Self.last)) }
        return ScalarSet(ranges)
    }

    func contains(_ scalar: UInt32) -> Bool {
        spans.contains { $0.first <= scalar && scalar <= $0.last }
    }

    func isDisjoint(_ other: ScalarSet) -> Bool {
        !spans.contains { span in
            other.spans.contains { $0.first <= span.last && span.first <= $0.last }
        }
    }

    // The classes of ECMA-262 section 22.2.2: digits and word characters are ASCII.
    static let digits = ScalarSet([(0x30, 0x39)])
    static let word = ScalarSet([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
    static let space = ScalarSet([
        (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
        (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
    ])
    static let lineEnds = ScalarSet([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])
}

/// `\p{…}`: sets by what the standard library knows of each scalar.
enum ScalarProperty {
    /// nil for names that are not a general category or a known binary property.
    static func named(_ name: String) -> ScalarSet? {
        var category = name
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) {
            category = String(name.dropFirst(prefix.count))
        }
        if let names = categories[category] {
            return collect { names.contains(abbreviation($0.properties.generalCategory)) }
        }
        switch name {
        case "Any": return .all
        case "ASCII": return ScalarSet([(0, 0x7F)])
        case "Assigned": return collect { $0.properties.generalCategory != .unassigned }
        case "Alphabetic", "Alpha": return collect { $0.properties.isAlphabetic }
        case "Lowercase", "Lower": return collect { $0.properties.isLowercase }
        case "Uppercase", "Upper": return collect { $0.properties.isUppercase }
        case "White_Space", "space": return collect { $0.properties.isWhitespace }
        case "Emoji": return collect { $0.properties.isEmoji }
        case "ID_Start", "IDS": return collect { $0.properties.isIDStart }
        case "ID_Continue", "IDC": return collect { $0.properties.isIDContinue }
        case "XID_Start", "XIDS": return collect { $0.properties.isXIDStart }
        case "XID_Continue", "XIDC": return collect { $0.properties.isXIDContinue }
        case "Math": return collect { $0.properties.isMath }
        case "Dash": return collect { $0.properties.isDash }
        case "Ideographic", "Ideo": return collect { $0.properties.isIdeographic }
        case "Hex_Digit", "Hex": return collect { $0.properties.isHexDigit }
        case "ASCII_Hex_Digit", "AHex": return collect { $0.properties.isASCIIHexDigit }
        default: return nil
        }
    }

    private static func collect(_ holds: (Unicode.Scalar) -> Bool) -> ScalarSet {
        var ranges: [(UInt32, UInt32)] = []
        var start: UInt32?
        var value: UInt32 = 0
        while value <= ScalarSet.last {
            let inside = Unicode.Scalar(value).map(holds) ?? false
            if inside, start == nil { start = value }
            if !inside, let first = start {
                ranges.append((first, value - 1))
                start = nil
            }
            value += 1
        }
        if let start { ranges.append((start, ScalarSet.last)) }
        return ScalarSet(ranges)
    }

    private static func abbreviation(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }

    /// The category values of Unicode's PropertyValueAliases, long and short.
    private static let categories: [String: Set<String>] = {
        let groups: [(names: [String], members: Set<String>)] = [
            (["L", "Letter"], ["Lu", "Ll", "Lt", "Lm", "Lo"]),
            (["LC", "Cased_Letter"], ["Lu", "Ll", "Lt"]),
            (["M", "Mark", "Combining_Mark"], ["Mn", "Mc", "Me"]),
            (["N", "Number"], ["Nd", "Nl", "No"]),
            (["P", "Punctuation", "punct"], ["Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"]),
            (["S", "Symbol"], ["Sm", "Sc", "Sk", "So"]),
            (["Z", "Separator"], ["Zs", "Zl", "Zp"]),
            (["C", "Other"], ["Cc", "Cf", "Cs", "Co", "Cn"]),
            (["Lu", "Uppercase_Letter"], ["Lu"]), (["Ll", "Lowercase_Letter"], ["Ll"]),
            (["Lt", "Titlecase_Letter"], ["Lt"]), (["Lm", "Modifier_Letter"], ["Lm"]),
            (["Lo", "Other_Letter"], ["Lo"]), (["Mn", "Nonspacing_Mark"], ["Mn"]),
            (["Mc", "Spacing_Mark"], ["Mc"]), (["Me", "Enclosing_Mark"], ["Me"]),
            (["Nd", "Decimal_Number", "digit"], ["Nd"]), (["Nl", "Letter_Number"], ["Nl"]),
            (["No", "Other_Number"], ["No"]), (["Pc", "Connector_Punctuation"], ["Pc"]),
            (["Pd", "Dash_Punctuation"], ["Pd"]), (["Ps", "Open_Punctuation"], ["Ps"]),
            (["Pe", "Close_Punctuation"], ["Pe"]), (["Pi", "Initial_Punctuation"], ["Pi"]),
            (["Pf", "Final_Punctuation"], ["Pf"]), (["Po", "Other_Punctuation"], ["Po"]),
            (["Sm", "Math_Symbol"], ["Sm"]), (["Sc", "Currency_Symbol"], ["Sc"]),
            (["Sk", "Modifier_Symbol"], ["Sk"]), (["So", "Other_Symbol"], ["So"]),
            (["Zs", "Space_Separator"], ["Zs"]), (["Zl", "Line_Separator"], ["Zl"]),
            (["Zp", "Paragraph_Separator"], ["Zp"]), (["Cc", "Control", "cntrl"], ["Cc"]),
            (["Cf", "Format"], ["Cf"]), (["Cs", "Surrogate"], ["Cs"]),
            (["Co", "Private_Use"], ["Co"]), (["Cn", "Unassigned"], ["Cn"]),
        ]
        var table: [String: Set<String>] = [:]
        for group in groups { for name in group.names { table[name] = group.members } }
        return table
    }()
}
