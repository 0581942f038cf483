internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLoop
internal import RIGServer

extension Command {
    static let tokenRotate = Command(
        name: "token rotate", synopsis: "ROLE",
        summary: "put a new token in the place of an old one",
        details: """
            ROLE is agent or operator. The token is in .rig/tokens/ROLE and is not printed; a running
            `rig serve` takes the new one and refuses the old one within seconds. --hash prints the
            line for `tokens:` in rig.yaml of a sidecar that is to take this token too.
            """,
        options: [
            .toggle("hash", "print the new token's hash, as rig.yaml has it"), .config, .json,
        ],
        examples: ["rig token rotate agent", "rig token rotate operator --hash"],
        run: rotateToken)

    @RequestLoop
    private static func rotateToken(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard let word = arguments.rest.first, arguments.rest.count == 1,
            let role = TokenConfig.Role(rawValue: word)
        else { throw UsageError("needs a role: agent or operator", "rig token rotate agent") }
        let files = TokenFiles(stateFolder: try Workplace.find(arguments).stateFolder())
        try files.rotate(role)
        let hash = SHA256.digest(try files.read(role)).description
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "role": .string(word), "path": .string(files.path(role)),
                "hash": .string(hash),
            ]
            console.out(value.text + "\n")
        } else {
            console.out(
                "\(files.path(role))\n" + (arguments.has("hash") ? "hash: \"\(hash)\"\n" : ""))
        }
        return .success
    }
}
