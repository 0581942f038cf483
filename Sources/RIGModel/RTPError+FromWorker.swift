package import RIGJSON

extension RTPError {
    /// The error that a worker answered. A pack is not trusted to keep the rules of RTP, and what
    /// it meant to say must not get lost: parts that break a rule fall away, and a type that it
    /// may not claim, or does not furnish with what that type must carry, becomes `tool_error`
    /// with the claimed word as its code.
    ///
    /// `isIdempotent` is the tool's; it decides `retryable` where the pack's word does not count.
    package static func fromWorker(_ value: JSONValue, isIdempotent: Bool) -> RTPError {
        let claimed = value["type"]?.string
        let details = details(of: value)
        var type = claimed.flatMap(ErrorType.init(rawValue:)) ?? .toolError
        if !type.mayComeFromWorker || !isFurnished(type, details: details, value) {
            type = .toolError
        }
        var code = value["code"]?.string.flatMap { TextRule.code.isMet($0) ? $0 : nil }
        if code == nil, let claimed, claimed != type.rawValue, TextRule.code.isMet(claimed) {
            code = claimed
        }
        let word = value["retryable"]?.bool ?? false
        return RTPError(
            type, value["message"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? silence,
            retryable: type.retryRule == .ifIdempotent ? isIdempotent : word,
            code: code, details: details,
            remediation: value["remediation"]?.string.flatMap { $0.isEmpty ? nil : $0 })
    }

    private static let silence = "the tool failed and said nothing more"

    /// An object or a list, and small; a scalar is wrapped, so that it is not lost.
    private static func details(of value: JSONValue) -> JSONValue? {
        guard let details = value["details"], !details.isNull else { return nil }
        let bytes = details.text.utf8.count
        if bytes > Limits.errorDetailsBytesMax {
            return ["omitted_bytes": .number(JSONNumber(bytes))]
        }
        if details.object != nil || details.array != nil { return details }
        return ["value": details]
    }

    /// Whether everything is there that a type has to carry.
    private static func isFurnished(
        _ type: ErrorType, details: JSONValue?, _ value: JSONValue
    ) -> Bool {
        let place = details.map { ShapeReader($0, at: "/details") }
        do {
            switch type {
            case .validationFailed:
                guard let place else { return false }
                _ = try Violation.list(reading: place)
            case .rateLimited, .overloaded:
                guard let place else { return false }
                _ = try place.members(required: ["retry_after_ms"]).required("retry_after_ms")
                    .integer(0, to: Limits.wholeNumberMax)
            case .unknownOutcome:
                return value["remediation"]?.string.map { !$0.isEmpty } ?? false
            default:
                break
            }
            return true
        } catch {
            // Which rule the pack broke is of no use to its caller.
            return false
        }
    }
}
