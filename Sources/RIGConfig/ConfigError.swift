/// One thing that is wrong with rig.yaml, for the person who wrote it.
package struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As the person named it.
    package let file: String
    /// From 1; 0 when the file as a whole is meant.
    package let line: Int
    /// From 1, in characters; 0 when the file as a whole is meant.
    package let column: Int
    /// What it is about, such as `packs[0].limits.timeout`; "rig.yaml" for the file itself.
    package let what: String
    package let why: String
    package let hint: String?

    package init(
        file: String, line: Int = 0, column: Int = 0, what: String, why: String,
        hint: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.what = what
        self.why = why
        self.hint = hint
    }

    /// `rig.yaml:3:7`, or the file alone.
    package var place: String { line == 0 ? file : "\(file):\(line):\(column)" }

    package var description: String { "\(place): \(what): \(why)" }
}

/// All that is wrong with rig.yaml, in the order of the text, up to a limit.
package struct ConfigErrors: Error, Hashable, Sendable, CustomStringConvertible {
    package static let countMax = 32

    /// Never empty.
    package let errors: [ConfigError]
    /// There were more than `countMax`.
    package let isTruncated: Bool

    package init(_ errors: [ConfigError], isTruncated: Bool = false) {
        precondition(!errors.isEmpty, "a failure has at least one reason")
        self.errors = errors
        self.isTruncated = isTruncated
    }

    package init(_ error: ConfigError) { self.init([error]) }

    package var first: ConfigError { errors[0] }

    package var description: String { errors.map(\.description).joined(separator: "\n") }
}
