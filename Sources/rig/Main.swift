internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// `rig`: finds the command, runs it on the request loop, turns what it threw into words.
@main
struct Main {
    static func main() {
        do {
            try Terminal.occupyMissingStreams()
        } catch {
            ProcessEnd.exit(ExitCode.failure.rawValue)
        }
        let words = Array(CommandLine.arguments.dropFirst())
        let status = EventLoop.shared.run { await run(words).rawValue }
        ProcessEnd.exit(status)
    }

    @RequestLoop
    private static func run(_ words: [String]) async -> ExitCode {
        guard let first = words.first, !["help", "--help", "-h"].contains(first) else {
            Terminal.report(words.isEmpty ? CommandList.help : "")
            if !words.isEmpty { console(isJSON: false).out(CommandList.help) }
            return words.isEmpty ? .usage : .success
        }
        if first == "--version" { return await run(["version"] + words.dropFirst()) }
        let isJSON = words.contains("--json")
        guard let (command, rest) = CommandList.find(words) else {
            return report(unknown(words), isJSON: isJSON)
        }
        do {
            let arguments = try Arguments(rest, options: command.allOptions)
            let console = console(isJSON: arguments.has(.json))
            if arguments.has(.help) {
                console.out(command.help)
                return .success
            }
            return try await command.run(arguments, console)
        } catch {
            return report(ExitReport.failure(of: error, in: command), isJSON: isJSON)
        }
    }

    private static func console(isJSON: Bool) -> Console {
        Console(isJSON: isJSON, isTerminal: Facts.isTerminal(Terminal.errorFd))
    }

    private static func report(_ failure: Failure, isJSON: Bool) -> ExitCode {
        ExitReport.print(failure, to: console(isJSON: isJSON))
        return failure.code
    }

    private static func unknown(_ words: [String]) -> Failure {
        let names = CommandList.all.map(\.name)
        let typed = words.prefix { !$0.hasPrefix("-") }.prefix(2).joined(separator: " ")
        // "rig add" alone: name what can follow.
        let below = names.filter { $0.hasPrefix(words[0] + " ") }
        if !below.isEmpty {
            return Failure(
                words[0], "needs another word",
                hint: "one of: rig " + below.joined(separator: ", rig "),
                code: .usage, type: "usage")
        }
        let near =
            Spelling.nearest(to: words[0], in: names) ?? Spelling.nearest(to: typed, in: names)
        return Failure(
            words[0], "is no command of rig",
            hint: near.map { "did you mean `rig \($0)`?" } ?? "`rig --help` lists them",
            code: .usage, type: "usage")
    }
}
