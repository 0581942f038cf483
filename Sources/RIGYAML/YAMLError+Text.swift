extension YAMLError {
    /// What is wrong, as a half sentence.
    package var message: String {
        switch code {
        case .tooLarge: "the text is longer than this reader takes"
        case .invalidUTF8: "the text is not UTF-8"
        case .controlCharacter: "a control character stands in the text"
        case .misplacedByteOrderMark: "a byte order mark stands inside the text"
        case .anchor: "anchors (&name) are not allowed"
        case .alias: "aliases (*name) are not allowed"
        case .tag: "tags (!name) are not allowed"
        case .directive: "directives are not allowed, but for %YAML 1.2"
        case .otherVersion: "only YAML 1.2 is read"
        case .severalDocuments: "a second document starts here; only one is allowed"
        case .mergeKey: "merge keys (<<) are not allowed"
        case .complexKey: "a list or a mapping cannot be a key"
        case .duplicateKey(let first): "the key was already set in line \(first.line)"
        case .tabIndentation: "a tab is used as indentation"
        case .tooDeep: "the text is nested too deep"
        case .keyTooLong: "the key is longer than 1024 characters"
        case .numberTooLarge: "the number has more than 128 bits"
        case .badIndentation: "the indentation fits nothing above"
        case .trailingContent: "the value ended, but text follows"
        case .commentNeedsSpace: "a comment needs a space before '#'"
        case .expectedColon: "a key must be followed by ':'"
        case .nestedMappingOnOneLine: "a mapping cannot start here: two ': ' in one line"
        case .sequenceOnKeyLine: "a list cannot start on the line of its key"
        case .blockOnMarkerLine: "a list or mapping cannot start on the line of '---'"
        case .sequenceInMapping: "a list entry stands where a key is expected"
        case .multiLineKey: "a key must be on one line"
        case .directiveWithoutDocument: "a directive must be followed by '---'"
        case .reservedIndicator: "'@' and '`' cannot start a plain value"
        case .unexpectedIndicator: "this character cannot start a value"
        case .unterminatedString: "the string is not closed"
        case .unterminatedSequence: "the list is not closed"
        case .unterminatedMapping: "the mapping is not closed"
        case .markerInside: "'---' or '...' stands inside a value"
        case .underIndented: "the line must be indented deeper than the key above"
        case .expectedCommaOrBracket: "expected ',' or ']'"
        case .expectedCommaOrBrace: "expected ',' or '}'"
        case .unexpectedComma: "a value is missing before ','"
        case .spaceNeededAfterColon: "a space is needed after ':'"
        case .blockScalarInFlow: "'|' and '>' cannot be used inside brackets"
        case .badEscape: "this escape is unknown"
        case .badUnicodeEscape: "this escape names no character"
        case .badBlockHeader: "this cannot follow '|' or '>'"
        case .badBlockIndentation: "a leading blank line is indented deeper than the text"
        }
    }

    /// What to do about it, where that is not plain from the message.
    package var hint: String? {
        switch code {
        case .controlCharacter: "write it as an escape inside double quotes"
        case .anchor, .alias, .mergeKey: "write the value out where it is used"
        case .tag: "quote the text to make it a string"
        case .tabIndentation, .badIndentation: "indent with spaces"
        case .nestedMappingOnOneLine: "quote the value, or start the mapping on the next line"
        case .sequenceOnKeyLine: "start the list on the next line, or write [a, b]"
        case .reservedIndicator, .unexpectedIndicator: "quote the text to make it a string"
        case .badEscape: "write '\\\\' for a backslash, or use single quotes"
        default: nil
        }
    }
}
