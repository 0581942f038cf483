package import RIGLinux

/// The work directories of one sidecar: `.rig/work/<run>/<namespace>/<worker>/`.
///
/// Several processes may work on one RIG folder, a sidecar and a `rig call` beside it; each has a
/// run of its own and holds its lock as long as it lives, however it ends. What a killed one left
/// behind is swept by the next.
package final class WorkRun: Sendable {
    package let folder: String
    /// `.rig`.
    let stateFolder: String
    private let lock: FileLock

    private init(folder: String, stateFolder: String, lock: consuming FileLock) {
        self.folder = folder
        self.stateFolder = stateFolder
        self.lock = lock
    }

    /// Sweeps what ended runs left and begins one. Blocks.
    package static func begin(_ stateFolder: String) throws(Errno) -> WorkRun {
        let work = Path.join(stateFolder, "work")
        try Directory.makeAll(work)
        // Held while runs come and go, so that a sweep never meets one that is half made.
        let gate = try FileLock.acquire(Path.join(work, "lock"), waits: true)
        defer { withExtendedLifetime(gate) {} }
        try sweep(work)
        let folder = Path.join(work, Random.name())
        try File.makeDirectory(folder)
        guard let lock = try FileLock.acquire(Path.join(folder, "lock")) else { throw Errno.again }
        return WorkRun(folder: folder, stateFolder: stateFolder, lock: lock)
    }

    private static func sweep(_ work: String) throws(Errno) {
        for name in try Directory.names(work) where name != "lock" {
            let folder = Path.join(work, name)
            do throws(Errno) {
                guard try FileLock.acquire(Path.join(folder, "lock")) != nil else { continue }
                try Directory.removeTree(folder)
            } catch {
                // What an ended run left is no reason to serve nothing now; the next one tries.
                continue
            }
        }
    }

    /// Removes the run's directories; its workers have ended, or will in a moment. What cannot be
    /// removed is left to the next sweep: what a pack left in its directory must not turn an answer
    /// into an error.
    package func end() {
        do {
            try Directory.removeTree(folder)
        } catch {
            return
        }
    }
}
