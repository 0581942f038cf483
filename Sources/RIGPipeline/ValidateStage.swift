internal import RIGAudit
internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry

/// Arguments that passed the tool's input schema.
struct ValidatedArguments {
    let range: ByteRange
}

/// Reads the arguments where they arrived: stage 1, then grammar and schema in one walk. Only a
/// refusal is looked at a second time, to say what is wrong with it.
@RequestLoop
enum ValidateStage {
    static func check(
        _ call: inout Call, _ route: Route, _ record: AuditArguments, _ scanner: inout Scanner,
        _ checker: inout Checker
    ) throws(RTPError) -> ValidatedArguments {
        defer { call.clock.mark(.validate) }
        let request = call.request
        guard request.args.count <= route.inputBytesMax else {
            throw .payloadTooLarge(
                .input, bytes: request.args.count, bytesMax: route.inputBytesMax)
        }
        do throws(JSONError) {
            try scanner.scan(request.buffer, request.args, limits: route.inputLimits)
        } catch {
            throw Refusal.malformed(error, "the arguments")
        }
        call.clock.mark(.scan)
        call.trail.argsDigest = record.digest(request.buffer, request.args)
        if record.areRedacted { call.trail.redactedArgs = redacted(request, route, scanner) }
        guard checker.checkAll(route.tool.input, scanner, request.buffer) else {
            throw Refusal.arguments(request.buffer, request.args, route, checker.fault)
        }
        return ValidatedArguments(range: request.args)
    }

    /// For the record, also of a call that is then refused: with what it was tried counts.
    private static func redacted(
        _ request: CallRequest, _ route: Route, _ scanner: borrowing Scanner
    ) -> String {
        do throws(JSONError) {
            return AuditArguments.redacted(try scanner.document(), hiding: route.secretNames)
        } catch {
            // Not JSON after all, which the walk is about to refuse: there is nothing to keep.
            return ""
        }
    }
}
