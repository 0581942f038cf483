/// How a schema is read.
package struct SchemaOptions: Sendable {
    package enum Formats: Sendable {
        /// `format` refuses what does not fit; formats nobody knows ask nothing.
        case assert
        /// `format` asks nothing, unless the schema's own vocabulary makes it assert.
        case annotate
    }

    package enum Unknown: Sendable {
        /// A keyword nobody knows is an error, but for names that begin with `x-`.
        case refuse
        case ignore
    }

    package var formats = Formats.assert
    package var unknownKeywords = Unknown.refuse
    /// Other schemas that `$ref` may name, by absolute URI. Nothing is ever fetched.
    package var documents: [String: JSONValue] = [:]
    /// Subschemas of all documents that are reached, references included.
    package var subschemasMax = 20_000
    /// Steps that building the automata of all patterns may take together.
    package var patternWorkMax = 16_000_000

    package init() {}
}

/// Why a schema cannot be compiled: which keyword, where.
package struct SchemaError: Error, Equatable, Sendable {
    package enum Code: Sendable {
        /// A keyword's value is not what the standard allows there.
        case malformedKeyword
        case unknownKeyword
        /// A keyword of another draft, which would be ignored in silence.
        case unsupportedKeyword
        /// `$schema` names a dialect that is not 2020-12 and was not given.
        case unsupportedDialect
        /// A required vocabulary that is not known.
        case unsupportedVocabulary
        /// `$ref` to a document that was not given; RIG never fetches.
        case remoteReference
        /// `$ref` to a place that does not exist.
        case unresolvedReference
        /// `$ref` that leads to itself and nothing else.
        case referenceLoop
        case invalidPattern
        /// A pattern that no linear-time engine can run: look-around, back-references.
        case unsupportedPattern
        case patternTooLarge
        /// More subschemas than `SchemaOptions.subschemasMax`, or nested too deep.
        case tooLarge
    }

    package var code: Code
    package var keyword: String
    /// Where the schema stands that holds the keyword, as a URI fragment: `#/properties/a`.
    package var pointer: String
    /// What exactly, when code and keyword do not say it: a URI, a construct of a pattern.
    package var detail: String

    package init(_ code: Code, _ keyword: String, at pointer: String, _ detail: String = "") {
        self.code = code
        self.keyword = keyword
        self.pointer = pointer
        self.detail = detail
    }

    /// One sentence for people.
    package var message: String {
        let what =
            switch code {
            case .malformedKeyword: "\(keyword) has a value the standard does not allow"
            case .unknownKeyword: "\(keyword) is not a keyword of JSON Schema 2020-12"
            case .unsupportedKeyword: "\(keyword) belongs to another draft than 2020-12"
            case .unsupportedDialect: "\(keyword) names a dialect that is not supported"
            case .unsupportedVocabulary: "\(keyword) requires a vocabulary that is not supported"
            case .remoteReference: "\(keyword) points outside the schema, and nothing is fetched"
            case .unresolvedReference: "\(keyword) points at nothing"
            case .referenceLoop: "\(keyword) leads back to itself"
            case .invalidPattern: "\(keyword) is not a regular expression"
            case .unsupportedPattern: "\(keyword) needs a construct that no linear engine can run"
            case .patternTooLarge: "\(keyword) makes too large an automaton"
            case .tooLarge: "the schema is too large"
            }
        return detail.isEmpty ? "\(what) (at \(pointer))" : "\(what): \(detail) (at \(pointer))"
    }
}
