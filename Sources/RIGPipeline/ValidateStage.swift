internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry

/// Arguments that passed the tool's input schema, and the name of their bytes.
struct ValidatedArguments {
    let range: ByteRange
    let digest: Digest
}

/// Reads the arguments where they arrived: stage 1, then grammar and schema in one walk. Only a
/// refusal is looked at a second time, to say what is wrong with it.
@RequestLoop
enum ValidateStage {
    static func check(
        _ call: inout Call, _ route: Route, _ scanner: inout Scanner, _ checker: inout Checker
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
        call.trail.argsDigest = digest(request)
        guard checker.checkAll(route.tool.input, scanner, request.buffer) else {
            throw Refusal.arguments(request.buffer, request.args, route, checker.fault)
        }
        return ValidatedArguments(
            range: request.args, digest: call.trail.argsDigest ?? digest(request))
    }

    private static func digest(_ request: CallRequest) -> Digest {
        var hash = SHA256()
        hash.update(request.buffer, request.args)
        return hash.finish()
    }
}
