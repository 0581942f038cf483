/// Why a pattern cannot be compiled.
enum PatternError: Error, Equatable {
    /// Not a regular expression of ECMA-262 in Unicode mode.
    case invalid(String)
    /// Look-around, a back-reference or a property without a table: named.
    case unsupported(String)
    /// The automaton would pass `PatternAutomaton.statesMax`.
    case tooLarge

    var schemaCode: SchemaError.Code {
        switch self {
        case .invalid: .invalidPattern
        case .unsupported: .unsupportedPattern
        case .tooLarge: .patternTooLarge
        }
    }

    var detail: String {
        switch self {
        case .invalid(let what), .unsupported(let what): what
        case .tooLarge: ""
        }
    }
}
