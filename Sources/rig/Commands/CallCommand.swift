internal import RIGAudit
internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGPolicy
internal import RIGWorker

extension Command {
    static let call = Command(
        name: "call", synopsis: "TOOL [ARGS]", summary: "call a tool and print its output",
        details: """
            ARGS is a JSON object; @FILE reads it from a file and - from standard input. Without
            it the arguments are {}. Exit status: 0 done, 1 failed, 2 not understood, 3 a person
            has to approve, 4 refused.
            """,
        options: [
            .tenant, .actor,
            .value("correlation", "ID", "correlation id to be used and recorded"),
            .value("approval-token", "TOKEN", "of the approval that a person gave this call"),
            .value("idempotency-key", "KEY", "do what this key names once, whoever asks again"),
            .value("deadline", "MS", "give up after so many milliseconds"),
            .config, .json,
        ],
        examples: [
            #"rig call demo.say '{"text": "hello"}'"#,
            #"rig call till.pay '{"amount": 5}' --idempotency-key order-7"#,
            "echo '{\"text\": \"hello\"}' | rig call demo.say - --json",
        ],
        run: callTool)

    @RequestLoop
    private static func callTool(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard let tool = arguments.rest.first, arguments.rest.count <= 2 else {
            throw UsageError("needs a tool and at most one argument text", "rig call demo.say '{}'")
        }
        let place = try Workplace.find(arguments)
        let buffer = try readArguments(arguments.rest.dropFirst().first ?? "{}")
        let deadline = try deadline(arguments)
        let given = try correlation(arguments)
        let key = try idempotencyKey(arguments)
        let caller = try caller(arguments)
        if let running = try RunningSidecar.find(place, .agent) {
            return try await callRunning(running, tool, buffer, arguments, console)
        }
        let cancellation = Cancellation()
        let startup = Startup()
        try Signal.block([.interrupt, .terminate])
        try EventLoop.shared.signals([.interrupt, .terminate]) { signal in
            if !startup.isOver { endWhileStarting(console) }
            // Who asks twice does not wait for what the first one began to end. The workers end
            // with this process, and the record then says that the call's end is unknown.
            if cancellation.isCancelled { ProcessEnd.exit(128 + signal.number) }
            cancellation.cancel()
        }
        console.progress("starting the packs …")
        let sidecar = try await Sidecar.open(place, .serving([tool]))
        startup.isOver = true
        console.progress("")
        let request = CallRequest(
            tool: tool, caller: caller,
            correlationID: given ?? sidecar.gateway.makeCorrelationID(), buffer: buffer,
            args: buffer.range, approvalToken: arguments["approval-token"],
            idempotencyKey: key,
            deadlineMilliseconds: deadline, cancellation: cancellation,
            onProgress: { console.progress(line(of: $0)) })
        let answer = await sidecar.gateway.perform(request)
        console.progress("")
        try await sidecar.close()
        return show(answer, tool, arguments, console)
    }

    private static func caller(_ arguments: Arguments) throws(UsageError) -> Caller {
        Caller(
            tenant: try arguments.callerName("tenant") ?? "default",
            actor: try arguments.callerName("actor") ?? "cli", front: .cli)
    }

    private static func deadline(_ arguments: Arguments) throws -> Int? {
        guard let text = arguments["deadline"] else { return nil }
        guard let number = Int(text), number > 0 else {
            throw UsageError("--deadline is no number of milliseconds", nil)
        }
        return number
    }

    /// The text of a call's arguments: itself, `@FILE`, or `-` for standard input.
    static func readArguments(_ text: String) throws -> ByteBuffer {
        // One byte more than any pack may allow: the path then says what is too large.
        let bytesMax = Limits.payloadBytesMax + 1
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try read(text, bytesMax)
        } catch {
            guard error == .fileTooLarge else { throw Failure("arguments", "\(text): \(error)") }
            throw Failure(
                "arguments", "have more than \(Limits.payloadBytesMax) bytes",
                hint: "send less at a time", type: ErrorType.payloadTooLarge.rawValue)
        }
        return ByteBuffer(bytes)
    }

    private static func read(_ text: String, _ bytesMax: Int) throws(Errno) -> [UInt8] {
        if text == "-" { return try Transmit.readAll(Terminal.inputFd, bytesMax: bytesMax) }
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        return try File.readWhole(String(text.dropFirst()), sizeBytesMax: bytesMax)
    }

    private static func correlation(_ arguments: Arguments) throws -> CorrelationID? {
        guard let text = arguments["correlation"] else { return nil }
        guard let id = CorrelationID(given: text) else {
            throw UsageError("--correlation is no correlation id", "1 to 128 of A-Z a-z 0-9 . _ -")
        }
        return id
    }

    private static func idempotencyKey(_ arguments: Arguments) throws -> IdempotencyKey? {
        guard let text = arguments["idempotency-key"] else { return nil }
        guard let key = IdempotencyKey(given: text) else {
            throw UsageError(
                "--idempotency-key is no idempotency key",
                "1 to \(IdempotencyKey.bytesMax) visible ASCII characters, such as a UUID")
        }
        return key
    }

    /// A pack may take its time to start, and nothing has been asked of any yet. The workers end
    /// with this process.
    private static func endWhileStarting(_ console: Console) -> Never {
        let failure = Failure(
            "call", "was interrupted while the packs were starting",
            type: ErrorType.cancelled.rawValue)
        ExitReport.print(failure, to: console)
        ProcessEnd.exit(ExitReport.code(of: .cancelled).rawValue)
    }

    private static func line(of progress: Progress) -> String {
        let share = progress.total.map { "\(amount(progress.done)) of \(amount($0))" }
        let message = progress.message.map { " " + Printable.escaped($0) } ?? ""
        return (share ?? amount(progress.done)) + message
    }

    /// Without its fraction where it is a count; a pack may say any number, also 1e400.
    private static func amount(_ number: Double) -> String {
        Int64(exactly: number.rounded(.towardZero)).map(String.init) ?? "\(number)"
    }

    @RequestLoop
    private static func show(
        _ answer: Answer, _ tool: String, _ arguments: Arguments, _ console: Console
    ) -> ExitCode {
        if console.isJSON {
            let text = ByteBuffer()
            answer.write(to: text)
            text.append(UInt8(ascii: "\n"))
            console.out(text.array(text.range))
        }
        switch answer.result {
        case .output(let output, let range):
            if !console.isJSON { console.out(output.array(range) + [UInt8(ascii: "\n")]) }
            return .success
        case .failure(let error):
            if !console.isJSON { console.note(words(of: error, tool, arguments)) }
            return ExitReport.code(of: error.type)
        }
    }

    static func words(
        of error: RTPError, _ tool: String, _ arguments: Arguments
    ) -> String {
        var text = "rig: \(Printable.escaped(tool)): \(error.type.rawValue): "
        text += Printable.foreign(error.message) + "\n"
        for violation in error.details?.array ?? [] {
            guard let pointer = violation["pointer"]?.string,
                let message = violation["message"]?.string
            else { continue }
            let whole = error.type == .outputInvalid ? "(output)" : "(arguments)"
            text += "  \(pointer.isEmpty ? whole : Printable.escaped(pointer)): "
            text += Printable.escaped(message) + "\n"
        }
        if let approval = error.approval {
            let config = arguments["config"].map { " --config " + ShellWord.quoted($0) } ?? ""
            return text
                + "hint: a person lets it run with  rig approve \(approval.approvalID)\(config)\n"
                + "      before \(approval.expiresAt); then repeat the call\n"
        }
        if let remediation = error.remediation {
            text += "hint: \(Printable.foreign(remediation))\n"
        }
        if error.type == .invalidRequest {
            text += "hint: ARGS is one JSON object, such as '{\"text\": \"hello\"}'\n"
        }
        return text
    }
}

/// Whether the packs have been started, for who hears a signal.
@RequestLoop
private final class Startup {
    var isOver = false
}
