internal import RIGLinux

/// Where a command's words go: results to stdout, everything about them to stderr.
struct Console: Sendable {
    /// `--json` was given: stdout carries JSON and nothing else.
    let isJSON: Bool
    /// Someone is looking: colours and progress make sense.
    let isTerminal: Bool

    /// A closed pipe (`rig list | head`) ends the program quietly, as it ends any filter.
    func out(_ text: String) {
        write(1, text)
    }

    func note(_ text: String) {
        write(2, text)
    }

    /// A line that the next one replaces; only where someone looks.
    func progress(_ text: String) {
        guard isTerminal, !isJSON else { return }
        write(2, "\r\u{1B}[2K" + text)
    }

    func endProgress() {
        progress("")
    }

    private func write(_ fd: CInt, _ text: String) {
        do {
            try Transmit.writeAll(fd, Array(text.utf8))
        } catch {
            // Nothing can be told to anyone any more.
            Program.exit(code: ExitCode.failure.rawValue)
        }
    }
}
