/// `meta` of every answer: which tool, of which pack, on which snapshot, at what price.
///
/// The texts are shared with the snapshot, so making one copies no characters.
package struct ResultMeta: Equatable, Sendable {
    package static let toolCharactersMax = 128

    /// The qualified name; in a failure before routing the name that was asked for, or empty.
    package private(set) var tool: String
    /// The package name; empty as long as it is not known.
    package var pack: String
    package var packVersion: String
    package var snapshot: String
    package var correlation: CorrelationID
    /// Dispatches to a worker; 0 when the call was refused before.
    package var attempts: Int
    package var durationMicroseconds: Int
    package var approvalID: String?
    /// Written only when true.
    package var isIdempotentReplay: Bool

    package init(
        tool: String, pack: String = "", packVersion: String = "", snapshot: String,
        correlation: CorrelationID, attempts: Int = 0, durationMicroseconds: Int = 0,
        approvalID: String? = nil, isIdempotentReplay: Bool = false
    ) {
        // A name that was asked for has any length; a real one fits.
        self.tool = RTPError.clip(tool, to: Self.toolCharactersMax)
        self.pack = pack
        self.packVersion = packVersion
        self.snapshot = snapshot
        self.correlation = correlation
        self.attempts = attempts
        self.durationMicroseconds = durationMicroseconds
        self.approvalID = approvalID
        self.isIdempotentReplay = isIdempotentReplay
    }
}
