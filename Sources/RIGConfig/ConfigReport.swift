internal import RIGYAML

/// Collects what is wrong while a configuration is read, so that one run tells all of it.
final class ConfigReport {
    private let file: String
    private var found: [(offset: Int, error: ConfigError)] = []

    init(file: String) { self.file = file }

    func add(_ position: YAMLPosition, _ what: String, _ why: String, hint: String? = nil) {
        let error = ConfigError(
            file: file, line: position.line, column: position.column, what: what, why: why,
            hint: hint)
        found.append((position.offset, error))
    }

    /// nil when nothing was wrong.
    var errors: ConfigErrors? {
        guard !found.isEmpty else { return nil }
        let sorted = found.sorted { $0.offset < $1.offset }.map(\.error)
        let max = ConfigErrors.countMax
        return ConfigErrors(Array(sorted.prefix(max)), isTruncated: sorted.count > max)
    }
}
