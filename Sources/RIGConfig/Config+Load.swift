internal import RIGLinux
internal import RIGModel
internal import RIGYAML

extension Config {
    /// The largest rig.yaml that is read.
    package static let sizeBytesMax = 1 << 20

    /// Reads and checks a file.
    /// - Throws: All that is wrong with it, in the order of its lines.
    package static func load(path: String) throws(ConfigErrors) -> Config {
        try parse(try read(path), file: path)
    }

    /// Reads and checks a text, as if it were the file at `file`.
    package static func parse(
        _ text: some Collection<UInt8>, file: String
    ) throws(ConfigErrors) -> Config {
        let document = try document(text, file: file)
        let report = ConfigReport(file: file)
        let config = ConfigReader(file: file, report: report).config(document.root)
        if let errors = report.errors { throw errors }
        return config
    }

    /// - Parameters:
    ///   - what: What the file is, for the error.
    ///   - absent: What helps when it is not there.
    static func read(
        _ path: String, what: String = "rig.yaml",
        absent: String = "write one with `rig init`, or name it with --config"
    ) throws(ConfigErrors) -> [UInt8] {
        do throws(Errno) {
            // Reading a pipe would wait for whoever writes to it.
            let kind = try FileStatus.of(path).kind
            if kind == .file || kind == .directory {
                return try File.readWhole(path, sizeBytesMax: sizeBytesMax)
            }
        } catch {
            let hint =
                switch error {
                case .noEntry: absent
                case .fileTooLarge: "it may have 1 MiB"
                default: String?.none
                }
            throw fault(path, what, error.text, hint)
        }
        throw fault(path, what, "it is no file", "write it to a file and name that")
    }

    private static func fault(
        _ path: String, _ what: String, _ why: String, _ hint: String?
    ) -> ConfigErrors {
        ConfigErrors(ConfigError(file: path, what: what, why: why, hint: hint))
    }

    static func document(
        _ text: some Collection<UInt8>, file: String
    ) throws(ConfigErrors) -> YAMLDocument {
        do throws(YAMLError) {
            return try YAMLDocument(text)
        } catch {
            throw ConfigErrors(
                ConfigError(
                    file: file, line: error.position.line, column: error.position.column,
                    what: "YAML", why: error.message, hint: error.hint))
        }
    }

    /// The file that a command uses: the one named by `--config`, else by RIG_CONFIG, else the
    /// nearest rig.yaml from `folder` upwards; nil when there is none. Without any file the nearest
    /// thing of that name is named, so that reading it says what it is.
    package static func find(
        named: String?, environment: [String: String], from folder: String
    ) -> String? {
        if let named, !named.isEmpty { return named }
        if let set = environment["RIG_CONFIG"], !set.isEmpty { return set }
        var folder = folder
        var other: String?
        while true {
            let candidate = Path.join(folder, "rig.yaml")
            if isFile(candidate) { return candidate }
            if other == nil, isThere(candidate) { other = candidate }
            let parent = Path.parent(folder)
            if parent == folder || parent == "." { return other }
            folder = parent
        }
    }

    private static func isFile(_ path: String) -> Bool {
        do throws(Errno) {
            return try FileStatus.of(path).kind == .file
        } catch {
            return false
        }
    }

    private static func isThere(_ path: String) -> Bool {
        do throws(Errno) {
            return try FileStatus.ifPresent(path, followsLink: false) != nil
        } catch {
            return false
        }
    }
}
