internal import RIGAudit
internal import RIGBytes
internal import RIGJSON
internal import RIGLoop

extension Command {
    static let auditVerify = Command(
        name: "audit verify", synopsis: "", summary: "check that nobody changed the audit",
        details: """
            Checks every row against the chain, the chain against the signed checkpoints, and those
            in the database against those in .rig/audit.checkpoints. Names the first broken row.
            Exit status: 0 intact, 1 not. docs/audit.md says what is found and what is not.
            """,
        options: [.config, .json], examples: ["rig audit verify", "rig audit verify --json"],
        run: verifyAudit)

    @RequestLoop
    private static func verifyAudit(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        guard let path = try AuditSelection.database(arguments) else {
            console.out(console.isJSON ? #"{"ok":true,"rows":0}"# + "\n" : "no calls yet\n")
            return .success
        }
        console.progress("reading the audit …")
        let found = try await RequestLoop.offload { try AuditVerifier.verify(path) }
        console.progress("")
        if console.isJSON {
            console.out(json(found).text + "\n")
        } else if found.isIntact {
            console.out(words(found))
        }
        guard let first = found.breaches.first else { return .success }
        if !console.isJSON {
            for breach in found.breaches.dropFirst().prefix(20) {
                console.out("also: \(breach.text)\n")
            }
            console.note("rig: audit verify: \(first.text)\n")
            console.note(
                "hint: rows up to \(found.signedThrough) are as they were signed; keep a copy of "
                    + ".rig before anything else\n")
        }
        return .failure
    }

    private static func words(_ found: AuditVerification) -> String {
        guard found.last >= found.first else { return "intact: no rows yet\n" }
        let tail = found.last - found.signedThrough
        return "intact: rows \(found.first) to \(found.last), \(found.checkpoints) checkpoints\n"
            + (tail > 0 ? "the last \(tail) rows are not signed yet\n" : "")
    }

    private static func json(_ found: AuditVerification) -> JSONValue {
        var object: JSONObject = [
            "ok": .bool(found.isIntact), "rows": .number(.init(found.last - found.first + 1)),
            "first": .number(.init(found.first)), "last": .number(.init(found.last)),
            "head": .string(found.head.hex), "checkpoints": .number(.init(found.checkpoints)),
            "signed_through": .number(.init(found.signedThrough)),
        ]
        guard let first = found.breaches.first else { return .object(object) }
        object["error"] = [
            "type": .string(first.kind.rawValue), "what": "audit verify",
            "message": .string(first.text),
        ]
        object["breaches"] = .array(
            found.breaches.map { breach in
                var value: JSONObject = [
                    "kind": .string(breach.kind.rawValue), "seq": .number(.init(breach.seq)),
                    "through": .number(.init(breach.through)), "message": .string(breach.text),
                ]
                if breach.checkpoint > 0 {
                    value["checkpoint"] = .number(.init(breach.checkpoint))
                }
                return .object(value)
            })
        return .object(object)
    }
}
