/// Why a text is not the JSON that RIG accepts (RFC 8259, without duplicate names).
package enum JSONFault: UInt8, Sendable, CaseIterable {
    /// Longer than `JSONLimits.bytesMax`.
    case tooLarge
    /// Deeper than `JSONLimits.depthMax`.
    case tooDeep
    /// Nothing but white space.
    case empty
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// A control character (below 0x20) that stands unescaped inside a string.
    case controlCharacter
    /// The text ends inside a string.
    case unterminatedString
    /// A backslash before a character that cannot be escaped, or `\u` without four digits.
    case invalidEscape
    /// `\u` names half of a surrogate pair without the other half.
    case loneSurrogate
    /// A byte that can begin no value where a value must begin.
    case expectedValue
    /// A member that does not begin with a name in quotes.
    case expectedName
    /// A name that is not followed by a colon.
    case expectedColon
    /// A member or element that is followed by neither a comma nor the closing bracket.
    case expectedCommaOrEnd
    /// A literal other than `true`, `false` and `null`.
    case invalidLiteral
    /// A number the grammar does not know: `01`, `1.`, `.5`, `+1`, `NaN`.
    case invalidNumber
    /// The text ends inside an array or object.
    case unexpectedEnd
    /// Something follows the value.
    case trailingBytes
    /// An object names a member twice, compared after unescaping.
    case duplicateName
}

/// A fault and where it was found, in bytes from the text's start.
package struct JSONError: Error, Equatable, Sendable {
    package var code: JSONFault
    package var offset: Int

    package init(_ code: JSONFault, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}
