package import RIGJSON

extension JSONFault {
    /// What is wrong, in words that can follow the place.
    package var text: String {
        switch self {
        case .tooLarge: "longer than allowed"
        case .tooDeep: "nested deeper than allowed"
        case .empty: "no JSON value"
        case .invalidUTF8: "not UTF-8"
        case .controlCharacter: "a control character that is not escaped"
        case .unterminatedString: "a string that does not end"
        case .invalidEscape: "an escape that JSON does not have"
        case .loneSurrogate: "half of a surrogate pair"
        case .expectedValue: "no value where one must stand"
        case .expectedName: "no quoted name where one must stand"
        case .expectedColon: "no colon after a name"
        case .expectedCommaOrEnd: "neither a comma nor the end"
        case .invalidLiteral: "a word other than true, false and null"
        case .invalidNumber: "a number that JSON does not have"
        case .unexpectedEnd: "the end of the text inside a value"
        case .trailingBytes: "something after the value"
        case .duplicateName: "a name that stands twice in one object"
        }
    }
}
