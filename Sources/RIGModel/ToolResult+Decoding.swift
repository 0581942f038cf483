package import RIGJSON

extension ToolResult {
    /// Refuses, with the place and the rule, whatever the schema file refuses.
    package init(decoding value: JSONValue) throws(ShapeFault) {
        let reader = ShapeReader(value)
        let members = try reader.closedObject(
            required: ["rtp", "ok", "meta"], optional: ["output", "error"])
        try members.required("rtp").constant(ToolDefinition.rtpVersion)
        let isSuccess = try members.required("ok").boolean()
        let (wanted, unwanted) = isSuccess ? ("output", "error") : ("error", "output")
        guard members.optional(unwanted) == nil else {
            throw members.stranger(
                .propertyNames, unwanted, "must not stand in a \(isSuccess ? "success" : "failure")"
            )
        }
        guard let answer = members.optional(wanted) else {
            throw reader.fault(.required, "lacks the member \"\(wanted)\"")
        }
        if isSuccess {
            let meta = try ResultMeta(reading: members.required("meta"), isSuccess: true)
            self = .success(output: answer.value, meta)
        } else {
            let error = try RTPError(reading: answer)
            self = .failure(
                error, try ResultMeta(reading: members.required("meta"), isSuccess: false))
        }
    }
}

extension ResultMeta {
    init(reading reader: ShapeReader, isSuccess: Bool) throws(ShapeFault) {
        let members = try reader.closedObject(
            required: [
                "tool", "pack", "pack_version", "snapshot", "correlation_id", "attempts",
                "duration_us",
            ], optional: ["approval_id", "idempotent_replay"])
        let correlationReader = members.required("correlation_id")
        guard let correlation = CorrelationID(given: try correlationReader.text(.correlation))
        else { throw correlationReader.fault(.pattern, "must be a correlation id") }
        let least = isSuccess ? 1 : 0
        let toolReader = members.required("tool")
        self.init(
            tool: isSuccess
                ? try toolReader.text(.qualifiedName)
                : try toolReader.text(0, to: Self.toolCharactersMax),
            pack: try members.required("pack").text(least, to: PackName.bytesMax),
            packVersion: try members.required("pack_version").text(least, to: 128),
            snapshot: try members.required("snapshot").text(.snapshot),
            correlation: correlation,
            attempts: try members.required("attempts").integer(0, to: Limits.wholeNumberMax),
            durationMicroseconds: try members.required("duration_us")
                .integer(0, to: Limits.wholeNumberMax),
            approvalID: try members.optional("approval_id")?.text(.approvalID),
            isIdempotentReplay: try members.optional("idempotent_replay")?.boolean() ?? false)
    }
}
