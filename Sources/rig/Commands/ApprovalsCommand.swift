internal import RIGApproval
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGStore

extension Command {
    static let approvals = Command(
        name: "approvals", synopsis: "", summary: "show the calls that wait for a person",
        options: [
            .toggle("all", "show decided, used and expired ones too, newest first"),
            .toggle("watch", "stay and show new ones as they come, until interrupted"),
            .config, .json,
        ],
        examples: ["rig approvals", "rig approvals --watch", "rig approvals --all --json"],
        run: showApprovals)

    static let showApproval = Command(
        name: "approvals show", synopsis: "ID", summary: "show one approval, arguments and all",
        options: [.config, .json], examples: ["rig approvals show ap_0123456789abcdef"],
        run: showOneApproval)

    @RequestLoop
    private static func showApprovals(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let path = try Workplace.find(arguments).database()
        guard !arguments.has("watch") else { return try await watch(path, console) }
        let records = try await ApprovalFile.list(path, all: arguments.has("all"))
        let now = WallClock.nowMilliseconds()
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "approvals": .array(records.map { ApprovalText.json($0, now) }),
            ]
            console.out(value.text + "\n")
        } else {
            console.out(ApprovalText.table(records, now))
        }
        return .success
    }

    /// One block of text, or one line of JSON, for each record that begins to wait.
    @RequestLoop
    private static func watch(_ path: String, _ console: Console) async throws -> ExitCode {
        let interrupted = Interruption()
        try Signal.block([.interrupt, .terminate])
        try EventLoop.shared.signals([.interrupt, .terminate]) { _ in interrupted.happened = true }
        var seen: Set<String> = []
        while !interrupted.happened {
            let records = try await ApprovalFile.list(path, all: false)
            let now = WallClock.nowMilliseconds()
            for record in records where !seen.contains(record.id) {
                console.out(
                    console.isJSON
                        ? ApprovalText.json(record, now).text + "\n"
                        : ApprovalText.block(record, now) + "  decide     rig approve \(record.id)"
                            + "  or  rig deny \(record.id)\n")
            }
            seen = Set(records.map(\.id))
            await EventLoop.shared.sleep(nanoseconds: 250_000_000)
        }
        return .success
    }

    @RequestLoop
    private static func showOneApproval(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        let id = try ApprovalFile.id(arguments)
        let record = try await ApprovalFile.find(id, try Workplace.find(arguments).database())
        let now = WallClock.nowMilliseconds()
        if console.isJSON {
            let value: JSONValue = ["ok": true, "approval": ApprovalText.json(record, now)]
            console.out(value.text + "\n")
        } else {
            console.out(ApprovalText.block(record, now))
        }
        return .success
    }
}

/// Whether whoever watches has had enough.
@RequestLoop
final class Interruption {
    var happened = false
}

/// Reads approvals of a RIG folder, off the loop.
enum ApprovalFile {
    /// The one argument of commands that are about one approval.
    static func id(_ arguments: Arguments) throws -> String {
        guard let id = arguments.rest.first, arguments.rest.count == 1 else {
            throw UsageError("needs the id of one approval", "rig approvals lists them")
        }
        guard ApprovalID.isValid(id) else {
            throw UsageError("\(id) is no id of an approval", "rig approvals lists them")
        }
        return id
    }

    static func list(_ path: String, all isAll: Bool) async throws -> [ApprovalRecord] {
        try await RequestLoop.offload {
            guard try FileStatus.ifPresent(path) != nil else { return [] }
            return try ApprovalReader.open(path).list(all: isAll, at: WallClock.nowMilliseconds())
        }
    }

    static func find(_ id: String, _ path: String) async throws -> ApprovalRecord {
        let record = try await RequestLoop.offload { () throws -> ApprovalRecord? in
            guard try FileStatus.ifPresent(path) != nil else { return nil }
            return try ApprovalReader.open(path).find(id)
        }
        guard let record else { throw ApprovalText.failure(id, .unknown) }
        return record
    }
}
