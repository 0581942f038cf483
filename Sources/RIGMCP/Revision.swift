/// A revision of the Model Context Protocol, by its date. The first four open with a handshake and
/// keep state in a session; in the newest every request says all there is to know.
package enum Revision: String, Sendable, CaseIterable, Comparable {
    case of2024November = "2024-11-05"
    case of2025March = "2025-03-26"
    case of2025June = "2025-06-18"
    case of2025November = "2025-11-25"
    case of2026July = "2026-07-28"

    /// What `initialize` offers to a client that names something unknown.
    package static let latestByHandshake = Revision.of2025November

    /// Newest first, as clients are told.
    package static let supported: [String] = allCases.reversed().map(\.rawValue)

    package static func < (one: Revision, other: Revision) -> Bool {
        one.rawValue < other.rawValue
    }

    /// Self-contained requests: no handshake, no session.
    package var isModern: Bool { self == .of2026July }

    /// Whether `initialize` can agree on it.
    package var isByHandshake: Bool { !isModern }

    /// Arrays of messages: one revision has them.
    package var hasBatches: Bool { self == .of2025March }

    var hasAnnotations: Bool { self >= .of2025March }
    var hasProgressText: Bool { self >= .of2025March }
    /// `structuredContent`, `outputSchema`, titles and elicitation came together.
    var hasStructuredContent: Bool { self >= .of2025June }
    /// Elicitation by URL, `mode`, and what describes the server beside its name.
    var hasURLElicitation: Bool { self >= .of2025November }
    /// An answer to a message that nobody could read has no id; before, there was no way to say it.
    var allowsErrorWithoutID: Bool { self >= .of2025November }
}
