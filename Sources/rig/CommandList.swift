/// Every command, in the order help shows them.
enum CommandList {
    static let all: [Command] = [
        .initialize, .addPath, .removePath, .packs, .list, .call, .serve, .tokenRotate, .serveMCP,
        .connect, .approvals, .showApproval, .approve, .deny, .policyExplain, .policyTest,
        .configCheck, .auditQuery, .auditTail, .auditVerify, .auditExport, .doctor, .version,
    ]

    /// The command whose name starts `words`, longest first, and the words that follow it.
    static func find(_ words: [String]) -> (Command, [String])? {
        let candidates = all.sorted { $0.name.count > $1.name.count }
        for command in candidates {
            let name = command.name.split(separator: " ").map(String.init)
            if words.starts(with: name) { return (command, Array(words.dropFirst(name.count))) }
        }
        return nil
    }

    static var help: String {
        var text = """
            RIG turns SDKs into safe, versioned agent tools.

            usage: rig COMMAND [OPTIONS]

            commands:

            """
        let width = all.map(\.name.count).max() ?? 0
        for command in all {
            let gap = String(repeating: " ", count: width - command.name.count)
            text += "  \(command.name)\(gap)  \(command.summary)\n"
        }
        return text + """

            start here:
              rig init
              rig add path ./my-pack
              rig list
              rig call my-pack.say '{"text": "hello"}'

            `rig COMMAND --help` shows options and examples.

            """
    }
}
