internal import RIGLoop

/// One command: what help says of it and what it does.
struct Command: Sendable {
    /// As typed: "audit query".
    let name: String
    /// What follows the name: "TOOL [ARGS]".
    let synopsis: String
    /// One line for the list of commands.
    let summary: String
    /// More, for the command's own help; may be empty.
    var details: String = ""
    let options: [Option]
    /// Lines a user can paste.
    let examples: [String]
    let run: @RequestLoop @Sendable (Arguments, Console) async throws -> ExitCode

    /// Options every command has.
    var allOptions: [Option] { options + [.help] }

    var help: String {
        var text = "\(summary)\n\nusage: rig \(name)\(synopsis.isEmpty ? "" : " " + synopsis)\n"
        if !details.isEmpty { text += "\n\(details)\n" }
        text += "\noptions:\n"
        let shown = allOptions.map { option in
            ("--" + option.name + (option.value.map { " " + $0 } ?? ""), option.about)
        }
        let width = shown.map(\.0.count).max() ?? 0
        for (left, about) in shown {
            text += "  \(left)\(String(repeating: " ", count: width - left.count))  \(about)\n"
        }
        text += "\nexamples:\n"
        for example in examples { text += "  \(example)\n" }
        return text
    }
}

/// The exit statuses that scripts may rely on.
enum ExitCode: Int32, Sendable {
    case success = 0
    /// The call or command failed.
    case failure = 1
    /// The command line or the input cannot be understood.
    case usage = 2
    /// A person has to approve first.
    case approvalRequired = 3
    /// Policy, role or credential says no.
    case refused = 4
}
