package import RIGJSON

/// What a caller gets in place of an outcome when a person has to agree first
/// (spec/rtp/approval-required.schema.json).
package struct ApprovalRequired: Equatable, Sendable {
    package static let summaryCharactersMax = 4_096

    /// Names the approval for the person; knowing it permits nothing.
    package var approvalID: String
    /// What the caller presents with the same call once a person has approved.
    package var approvalToken: String
    package var tool: QualifiedName
    package var risk: Risk
    /// What will happen, for the person; cut to `summaryCharactersMax` when it is made.
    package private(set) var summary: String
    /// `sha256:` and the digest of the arguments' canonical form.
    package var argsDigest: String
    /// RFC 3339, UTC.
    package var expiresAt: String
    /// Commands or addresses, best first; at least one.
    package var approveWith: [String]

    package init(
        approvalID: String, approvalToken: String, tool: QualifiedName, risk: Risk,
        summary: String, argsDigest: String, expiresAt: String, approveWith: [String]
    ) {
        self.approvalID = approvalID
        self.approvalToken = approvalToken
        self.tool = tool
        self.risk = risk
        self.summary = RTPError.clip(summary, to: Self.summaryCharactersMax)
        self.argsDigest = argsDigest
        self.expiresAt = expiresAt
        self.approveWith = approveWith
    }

    package init(decoding value: JSONValue) throws(ShapeFault) {
        try self.init(reading: ShapeReader(value))
    }

    init(reading reader: ShapeReader) throws(ShapeFault) {
        let members = try reader.closedObject(required: [
            "approval_id", "approval_token", "tool", "risk", "summary", "args_digest",
            "expires_at", "approve_with",
        ])
        approvalID = try members.required("approval_id").text(.approvalID)
        approvalToken = try members.required("approval_token").text(.approvalToken)
        let toolReader = members.required("tool")
        guard let tool = QualifiedName(try toolReader.text(.qualifiedName)) else {
            throw toolReader.fault(.pattern, "must be \(TextRule.qualifiedName.words)")
        }
        self.tool = tool
        risk = try members.required("risk").choice(of: Risk.self)
        summary = try members.required("summary").text(1, to: Self.summaryCharactersMax)
        argsDigest = try members.required("args_digest").text(.digest)
        expiresAt = try members.required("expires_at").text(.timestamp)
        approveWith = []
        for element in try members.required("approve_with").elements(countMin: 1) {
            approveWith.append(try element.text(1, to: 1_024))
        }
    }

    /// Writes the object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("approval_id")
        writer.string(approvalID)
        writer.key("approval_token")
        writer.string(approvalToken)
        writer.key("tool")
        writer.string(tool.text)
        writer.key("risk")
        writer.string(risk.rawValue)
        writer.key("summary")
        writer.string(summary)
        writer.key("args_digest")
        writer.string(argsDigest)
        writer.key("expires_at")
        writer.string(expiresAt)
        writer.key("approve_with")
        writer.beginArray()
        for way in approveWith { writer.string(way) }
        writer.endArray()
        writer.endObject()
    }
}
