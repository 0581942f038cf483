package import RIGModel

/// Which rows a reader wants; what is nil is not asked about.
package struct AuditFilter: Sendable {
    /// A qualified name, `*` standing for any run of characters: `stripe.*`.
    package var tool: String?
    package var tenant: String?
    package var actor: String?
    /// `ok` or an error type's word.
    package var status: String?
    package var kind: AuditRow.Kind?
    package var risk: Risk?
    package var callID: String?
    package var correlationID: String?
    /// Milliseconds since 1970, included.
    package var sinceMilliseconds: Int64?
    /// Milliseconds since 1970, not included.
    package var untilMilliseconds: Int64?

    package init() {}

    /// SQL conditions, and the values for their question marks in order.
    var conditions: [(sql: String, value: Value)] {
        let texts: [(String, String?)] = [
            ("tool GLOB ?", tool.map(Self.glob)), ("tenant = ?", tenant), ("actor = ?", actor),
            ("status = ?", status), ("kind = ?", kind?.rawValue),
            ("risk = ?", risk?.rawValue), ("call_id = ?", callID),
            ("correlation_id = ?", correlationID),
        ]
        let numbers: [(String, Int64?)] = [
            ("time_ms >= ?", sinceMilliseconds), ("time_ms < ?", untilMilliseconds),
        ]
        return texts.compactMap { sql, text in text.map { (sql, .text($0)) } }
            + numbers.compactMap { sql, number in number.map { (sql, .integer($0)) } }
    }

    enum Value {
        case text(String)
        case integer(Int64)
    }

    /// SQLite's pattern in which only `*` is special.
    private static func glob(_ pattern: String) -> String {
        var text = ""
        for character in pattern {
            switch character {
            case "?", "[": text += "[\(character)]"
            default: text.append(character)
            }
        }
        return text
    }
}
