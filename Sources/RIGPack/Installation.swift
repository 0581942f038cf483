internal import RIGLinux
package import RIGSandbox

/// Where this copy of RIG keeps what it starts and reads.
package struct Installation: Sendable {
    /// Path of rig-jail.
    package let launcher: String
    /// Holds `runners` and `sandbox-profiles`.
    package let home: String

    package init(launcher: String, home: String) {
        self.launcher = launcher
        self.home = home
    }

    /// Path of rig-egress, which stands beside the launcher; needed for secrets at egress only.
    package var egress: String { Path.join(Path.parent(launcher), "rig-egress") }

    /// The runner's own folder, readable in the jail.
    package func runnerFolder(_ runtime: Interpreter.Runtime) -> String {
        Path.join(home, "runners/" + runtime.rawValue)
    }

    /// The file the interpreter is given.
    package func runner(_ runtime: Interpreter.Runtime) -> String {
        let file =
            switch runtime {
            case .python: "main.py"
            case .node: "main.cjs"
            }
        return Path.join(runnerFolder(runtime), file)
    }

    package func profile(_ runtime: Interpreter.Runtime) -> String {
        Path.join(home, "sandbox-profiles/\(runtime.rawValue).json")
    }

    /// Looks beside the program and upwards from it: an installed copy has `share/rig`, a checkout
    /// has the folders in its root. `home` (RIG_HOME) settles it.
    /// - Throws: the first path that should be there and is not.
    package static func find(
        program: String, home: String?
    ) throws(InstallationFault) -> Installation {
        let folder = Path.parent(program)
        let launcher = Path.join(folder, "rig-jail")
        guard File.isExecutable(launcher) else { throw InstallationFault(missing: launcher) }
        if let home, !home.isEmpty {
            guard isHome(home) else {
                throw InstallationFault(missing: Path.join(home, "runners"))
            }
            return Installation(launcher: launcher, home: home)
        }
        var candidate = folder
        while true {
            for home in [candidate, Path.join(candidate, "share/rig")] where isHome(home) {
                return Installation(launcher: launcher, home: home)
            }
            guard candidate != "/" else { break }
            candidate = Path.parent(candidate)
        }
        throw InstallationFault(missing: Path.join(folder, "../share/rig/runners"))
    }

    private static func isHome(_ path: String) -> Bool {
        do throws(Errno) {
            let runner = Path.join(path, "runners/python/main.py")
            let profile = Path.join(path, "sandbox-profiles/python.json")
            let hasRunner = try FileStatus.ifPresent(runner) != nil
            let hasProfile = try FileStatus.ifPresent(profile) != nil
            return hasRunner && hasProfile
        } catch {
            return false
        }
    }
}

/// A copy of RIG that is not whole.
package struct InstallationFault: Error, Sendable {
    package let missing: String
}
