internal import RIGModel

/// One option a command understands.
struct Option: Sendable {
    /// Without the dashes: "json".
    let name: String
    /// What stands for the value in help, nil for a switch.
    let value: String?
    let about: String
    /// One letter that stands for it: "f" for -f.
    var letter: Character?

    static func value(_ name: String, _ value: String, _ about: String) -> Option {
        Option(name: name, value: value, about: about)
    }

    static func toggle(_ name: String, _ about: String, letter: Character? = nil) -> Option {
        Option(name: name, value: nil, about: about, letter: letter)
    }

    static let config = Option.value(
        "config", "FILE", "rig.yaml to use (default: RIG_CONFIG, else the nearest one upwards)")
    static let tenant = Option.value("tenant", "NAME", "on whose behalf (default: default)")
    static let actor = Option.value("actor", "NAME", "who calls (default: cli)")
    static let patience = Option.value(
        "wait", "TIME", "how long to wait for a pack that is slow to load (default: 5s)")
    static let json = Option.toggle("json", "print JSON for machines")
    static let help = Option.toggle("help", "show this help", letter: "h")
}

/// The words after a command's name, sorted into options and the rest.
struct Arguments: Sendable {
    private(set) var values: [String: String] = [:]
    private(set) var switches: Set<String> = []
    private(set) var rest: [String] = []

    /// Reads `words` by what `options` allow; `--` ends the options.
    init(_ words: some Sequence<String>, options: [Option]) throws(UsageError) {
        var pending: Option?
        var optionsEnded = false
        for word in words {
            if let option = pending {
                values[option.name] = word
                pending = nil
            } else if optionsEnded || word == "-" || !word.hasPrefix("-") {
                rest.append(word)
            } else if word == "--" {
                optionsEnded = true
            } else {
                pending = try read(word, options)
            }
        }
        if let option = pending {
            throw UsageError(
                "--\(option.name) needs a value",
                "write --\(option.name) \(option.value ?? "VALUE")")
        }
    }

    /// Takes one option word; an option that still waits for its value is returned.
    private mutating func read(_ word: String, _ options: [Option]) throws(UsageError) -> Option? {
        if word.count == 2, let option = options.first(where: { $0.letter == word.last }) {
            switches.insert(option.name)
            return nil
        }
        let parts = word.drop { $0 == "-" }.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard word.hasPrefix("--"), let option = options.first(where: { $0.name == name }) else {
            let near = Spelling.nearest(to: name, in: options.map(\.name))
            throw UsageError("unknown option \(word)", near.map { "did you mean --\($0)?" })
        }
        guard option.value != nil else {
            if parts.count > 1 { throw UsageError("--\(name) takes no value", nil) }
            switches.insert(name)
            return nil
        }
        guard parts.count > 1 else { return option }
        values[name] = String(parts[1])
        return nil
    }

    func has(_ option: Option) -> Bool { switches.contains(option.name) }
    func has(_ name: String) -> Bool { switches.contains(name) }

    subscript(_ name: String) -> String? { values[name] }

    /// Whom an option names; nil when it is not there.
    func callerName(_ option: String) throws(UsageError) -> CallerName? {
        guard let text = values[option] else { return nil }
        guard let name = CallerName(given: text) else {
            throw UsageError("--\(option) names nobody: '\(text.prefix(64))'", CallerName.rule)
        }
        return name
    }
}

/// A command line that cannot be understood: exit status 2.
struct UsageError: Error {
    let why: String
    let hint: String?

    init(_ why: String, _ hint: String?) {
        self.why = why
        self.hint = hint
    }
}
