/// One thing that doctor looked at.
package struct HealthCheck: Equatable, Sendable {
    package enum State: String, Sendable {
        case good = "ok"
        /// RIG works, and somebody should know.
        case worth = "note"
        /// RIG will not work, or will not hold what its configuration says.
        case bad = "FAIL"
    }

    /// A word for machines: `interpreter.python`.
    package let name: String
    package let state: State
    package let what: String
    package let hint: String?

    package init(_ name: String, _ state: State, _ what: String, hint: String? = nil) {
        self.name = name
        self.state = state
        self.what = what
        self.hint = hint
    }
}
