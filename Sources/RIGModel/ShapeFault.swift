/// Why a value is not what RTP or RSP says it must be: where, and by which rule. The keyword and
/// the place are those a JSON Schema validator would name for the files in spec/rtp.
package struct ShapeFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The rule, by the name of its JSON Schema keyword.
    package enum Keyword: String, Sendable {
        case type
        case required
        case additionalProperties
        case propertyNames
        case const
        case `enum`
        case pattern
        case minLength
        case maxLength
        case minimum
        case maximum
        case minItems
    }

    /// RFC 6901; empty for the whole value.
    package let pointer: String
    package let keyword: Keyword
    /// What is wrong, in words that can follow the place.
    package let message: String

    package var description: String {
        (pointer.isEmpty ? "" : pointer + " ") + message
    }
}
