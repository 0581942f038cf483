internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGWorker

/// An output that the tool's schema allows, where it stands in the worker's frame.
struct CheckedOutput {
    let buffer: ByteBuffer
    let range: ByteRange
}

/// Reads a worker's frame without a tree: the envelope by a cursor, the output by the tool's
/// program, where it stands. What the pack calls an error becomes one of RTP's.
@RequestLoop
enum OutputStage {
    static func check(
        _ call: inout Call, _ route: Route, _ reply: ReplyFrame, _ scanner: inout Scanner,
        _ checker: inout Checker
    ) throws(RTPError) -> CheckedOutput {
        defer { call.clock.mark(.outputCheck) }
        do throws(JSONError) {
            try scanner.scan(reply.buffer, reply.text, limits: route.frameLimits)
        } catch {
            throw .outputInvalid([], what: Refusal.text(error, "the worker's frame"))
        }
        var ok: Bool?
        var output: ByteRange?
        var error: ByteRange?
        var cursor = Cursor(scanner, reply.buffer)
        while cursor.next() {
            if cursor.isKey("ok") {
                ok = cursor.bool()
            } else if cursor.isKey("output") {
                output = cursor.check(route.tool.output ?? .any, &checker, scanner)
            } else if cursor.isKey("error") {
                error = cursor.check(.any, &checker, scanner)
            } else {
                cursor.check(.any, &checker, scanner)
            }
        }
        guard cursor.isFinished, let ok else { throw Refusal.output(reply, route) }
        guard ok else { throw Refusal.packError(reply.buffer, error, route) }
        guard let output else { throw Refusal.output(reply, route) }
        guard output.count <= route.outputBytesMax else {
            throw .payloadTooLarge(.output, bytes: output.count, bytesMax: route.outputBytesMax)
        }
        return CheckedOutput(buffer: reply.buffer, range: output)
    }
}
