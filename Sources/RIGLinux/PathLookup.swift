/// Finding a program as a shell does.
package enum PathLookup {
    /// The first executable file named `name` in the folders of `path` (as in $PATH), or `name`
    /// itself when it holds a slash. Empty and relative folders are skipped: what is found must
    /// not depend on where RIG was started.
    package static func find(_ name: String, in path: String) -> String? {
        if name.contains("/") { return isProgram(name) ? name : nil }
        if name.isEmpty { return nil }
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            let candidate = Path.join(String(folder), name)
            if isProgram(candidate) { return candidate }
        }
        return nil
    }

    private static func isProgram(_ path: String) -> Bool {
        guard File.isExecutable(path) else { return false }
        do {
            return try FileStatus.of(path).kind == .file
        } catch {
            // Gone since the line above: not found.
            return false
        }
    }
}
