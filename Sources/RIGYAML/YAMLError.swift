/// Why a text is not read, and where.
package struct YAMLError: Error, Hashable, Sendable {
    package let code: Code
    package let position: YAMLPosition

    package enum Code: Hashable, Sendable {
        // Bytes.
        case tooLarge, invalidUTF8, controlCharacter, misplacedByteOrderMark
        // Refused by name.
        case anchor, alias, tag, directive, otherVersion, severalDocuments
        case mergeKey, complexKey
        case duplicateKey(first: YAMLPosition)
        case tabIndentation
        // Limits.
        case tooDeep, keyTooLong, numberTooLarge
        // Grammar.
        case badIndentation, trailingContent, commentNeedsSpace, expectedColon
        case nestedMappingOnOneLine, sequenceOnKeyLine, blockOnMarkerLine, sequenceInMapping
        case multiLineKey, directiveWithoutDocument
        case reservedIndicator, unexpectedIndicator
        case unterminatedString, unterminatedSequence, unterminatedMapping
        case markerInside, underIndented, expectedCommaOrBracket, expectedCommaOrBrace
        case unexpectedComma, spaceNeededAfterColon, blockScalarInFlow
        case badEscape, badUnicodeEscape, badBlockHeader, badBlockIndentation
    }
}
