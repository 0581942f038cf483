internal import RIGModel

/// Why a command did not do its work, in the words of the error form: `rig: <what>: <why>` and a
/// line that says what to do.
struct Failure: Error {
    /// What was tried or is wrong: a command, a file, a tool.
    let what: String
    let why: String
    let hint: String?
    let code: ExitCode
    /// The word for machines: an RTP error type, or the command's own.
    let type: String

    init(
        _ what: String, _ why: String, hint: String? = nil, code: ExitCode = .failure,
        type: String = "failed"
    ) {
        self.what = what
        self.why = why
        self.hint = hint
        self.code = code
        self.type = type
    }
}
