internal import RIGLinux

/// Where a command's words go: results to stdout, everything about them to stderr.
struct Console: Sendable {
    /// `--json` was given: stdout carries JSON and nothing else.
    let isJSON: Bool
    /// Someone is looking: colours and progress make sense.
    let isTerminal: Bool

    /// A closed pipe (`rig list | head`) ends the program quietly, as it ends any filter.
    func out(_ text: String) {
        out(Array(text.utf8))
    }

    func out(_ bytes: [UInt8]) {
        do {
            if try Terminal.write(bytes) { return }
            ProcessEnd.exit(ExitCode.success.rawValue)
        } catch {
            Terminal.report("rig: stdout: \(error)\n")
            ProcessEnd.exit(ExitCode.failure.rawValue)
        }
    }

    func note(_ text: String) {
        Terminal.report(text)
    }

    /// A line that the next one replaces; only where someone looks.
    func progress(_ text: String) {
        guard isTerminal, !isJSON else { return }
        Terminal.report("\r\u{1B}[2K" + text)
    }
}
