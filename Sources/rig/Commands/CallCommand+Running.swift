internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// `rig call` by way of a running sidecar.
extension Command {
    @RequestLoop
    static func callRunning(
        _ running: RunningSidecar, _ tool: String, _ args: ByteBuffer, _ arguments: Arguments,
        _ console: Console
    ) async throws -> ExitCode {
        try Signal.block([.interrupt, .terminate])
        // The sidecar sees the connection end, and ends the call.
        try EventLoop.shared.signals([.interrupt, .terminate]) { _ in
            let failure = Failure(
                tool, "the call was withdrawn", type: ErrorType.cancelled.rawValue)
            ExitReport.print(failure, to: console)
            ProcessEnd.exit(ExitReport.code(of: .cancelled).rawValue)
        }
        var fields = [
            RunningSidecar.Field(name: "X-RIG-Actor-Id", value: arguments["actor"] ?? "cli")
        ]
        if let tenant = arguments["tenant"] {
            fields.append(RunningSidecar.Field(name: "X-RIG-Tenant-Id", value: tenant))
        }
        if let id = arguments["correlation"] {
            fields.append(RunningSidecar.Field(name: "X-RIG-Correlation-Id", value: id))
        }
        if let key = arguments["idempotency-key"] {
            fields.append(RunningSidecar.Field(name: "Idempotency-Key", value: key))
        }
        let response = try await running.post(
            "/v1/tools/\(percentEncoded(tool))/call", fields, try envelope(args, arguments))
        if console.isJSON { console.out(response.body + [UInt8(ascii: "\n")]) }
        return try show(response, tool, arguments, console)
    }

    /// What is no JSON by itself must not become a part of the envelope.
    private static func envelope(
        _ args: ByteBuffer, _ arguments: Arguments
    ) throws -> [UInt8] {
        do throws(JSONError) {
            _ = try JSONValue.parse(
                args, args.range,
                limits: JSONLimits(
                    depthMax: Limits.jsonDepthMax, bytesMax: Limits.payloadBytesMax))
        } catch {
            throw Failure(
                "arguments", "\(error.code.text) at byte \(error.offset)",
                hint: "ARGS is one JSON object, such as '{\"text\": \"hello\"}'", code: .usage,
                type: ErrorType.invalidRequest.rawValue)
        }
        let buffer = ByteBuffer(capacity: args.count + 512)
        buffer.append("{\"args\":" as StaticString)
        buffer.append(args, args.range)
        if let token = arguments["approval-token"] {
            buffer.append(",\"approval_token\":" as StaticString)
            JSONValue.string(token).write(to: buffer)
        }
        if let deadline = arguments["deadline"].flatMap({ Int($0) }) {
            buffer.append(
                ",\"deadline_ms\":\(min(deadline, Limits.callTimeoutMillisecondsMax))")
        }
        buffer.append("}" as StaticString)
        return buffer.array(buffer.range)
    }

    @RequestLoop
    private static func show(
        _ response: RunningSidecar.Response, _ tool: String, _ arguments: Arguments,
        _ console: Console
    ) throws -> ExitCode {
        do {
            let value = try JSONValue.parse(
                response.body, limits: JSONLimits(bytesMax: max(response.body.count, 1)))
            if value["ok"]?.bool == true, let output = value["output"] {
                if !console.isJSON { console.out(output.text + "\n") }
                return .success
            }
            let error = try RTPError(decoding: value["error"] ?? .null)
            if !console.isJSON { console.note(words(of: error, tool, arguments)) }
            return ExitReport.code(of: error.type)
        } catch {
            throw Failure(
                "serve", "its answer is no RTP result (status \(response.status))", type: "system")
        }
    }

    static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + Hex.encode([byte])
            }
        }
        return result
    }
}
